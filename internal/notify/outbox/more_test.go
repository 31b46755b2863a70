package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/notify"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// moody is a bucket whose writes fail while told to.
type moody struct {
	outbox.Memory
	fails func() error
}

func (m *moody) Put(ctx context.Context, key string, value []byte) error {
	if m.fails != nil {
		if err := m.fails(); err != nil {
			return err
		}
	}
	return m.Memory.Put(ctx, key, value)
}

func TestNotifyFailsWhileNothingCanBeStored(t *testing.T) {
	inTime(t, func(t *testing.T) {
		full := errors.New("disk full")
		b := &moody{fails: func() error { return full }}
		p := &phone{}
		var n notify.Notifier
		o := start(t, b, outbox.Config{}, func(box *outbox.Outbox) { n = box.Wrap("oncall", "webhook", 0, p) })
		retry, err := n.Notify(first().context("a"), firing("a", "critical"))
		if !errors.Is(err, full) || !retry {
			t.Fatalf("%t, %v", retry, err)
		}
		synctest.Wait()
		if len(p.calls()) > 0 || len(o.box.Messages(outbox.Filter{})) > 0 {
			t.Fatal("what is not stored is sent")
		}
	})
}

// The outcome cannot be stored for a while: it is not sent again, and stored
// as soon as that is possible.
func TestOutcomeIsStoredLater(t *testing.T) {
	inTime(t, func(t *testing.T) {
		puts := 0
		b := &moody{}
		b.fails = func() error {
			if puts++; puts > 1 && puts < 6 {
				return errors.New("no")
			}
			return nil
		}
		p := &phone{}
		var n notify.Notifier
		o := start(t, b, outbox.Config{}, func(box *outbox.Outbox) { n = box.Wrap("oncall", "webhook", 0, p) })
		send(t, n, "a", firing("a", "critical"))
		time.Sleep(time.Minute)
		o.end()
		o = start(t, b, outbox.Config{}, func(box *outbox.Outbox) { box.Wrap("oncall", "webhook", 0, p) })
		time.Sleep(time.Minute)
		if d := one(t, o.box, outbox.Filter{}); d.State != outbox.Delivered || len(p.calls()) != 1 {
			t.Fatalf("%s after %d sends", d.State, len(p.calls()))
		}
	})
}

func TestRetention(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b, p := &outbox.Memory{}, &phone{}
		var n notify.Notifier
		c := outbox.Config{Delivery: outbox.Limits{Retention: 24 * time.Hour, MaxMessages: 100}}
		o := start(t, b, c, func(box *outbox.Outbox) { n = box.Wrap("oncall", "webhook", 0, p) })
		count := func() (kept int) {
			b.Each(t.Context(), func(string, []byte) error { kept++; return nil })
			return kept
		}
		for i := range 150 {
			send(t, n, fmt.Sprint(i), firing(fmt.Sprint(i), "warning"))
		}
		time.Sleep(2 * time.Minute)
		if got := o.box.Messages(outbox.Filter{}); len(got) != 100 || got[99].GroupKey != "50" || count() != 100 {
			t.Fatalf("%d kept, %d on disk", len(got), count())
		}
		p.set(errDown)
		send(t, n, "waits", firing("waits", "warning"))
		time.Sleep(23 * time.Hour)
		if count() == 1 {
			t.Fatal("deleted before its time")
		}
		time.Sleep(2 * time.Hour)
		if got := o.box.Messages(outbox.Filter{}); len(got) != 1 || got[0].GroupKey != "waits" || count() != 1 {
			t.Fatalf("%d kept, %d on disk", len(got), count())
		}
	})
}

func TestMessageOfAnIntegrationThatIsGone(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b, p := &outbox.Memory{}, &phone{err: errDown}
		var n notify.Notifier
		o := start(t, b, outbox.Config{}, func(box *outbox.Outbox) { n = box.Wrap("oncall", "webhook", 0, p) })
		send(t, n, "a", firing("a", "warning"))
		o.end()
		o = start(t, b, outbox.Config{}, nil)
		time.Sleep(3 * time.Minute)
		if d := one(t, o.box, outbox.Filter{}); d.State != outbox.Pending {
			t.Fatal("given up before the integrations are wrapped")
		}
		time.Sleep(10 * time.Minute)
		if d := one(t, o.box, outbox.Filter{State: outbox.Dead}); !strings.Contains(d.Attempts[len(d.Attempts)-1].Error, "no such integration") {
			t.Fatalf("%+v", d)
		}
	})
}

func TestReceiptsAreKeptOnce(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b, p := &outbox.Memory{}, &phone{}
		var n notify.Notifier
		wrap := func(box *outbox.Outbox) { n = box.Wrap("oncall", "sms", 0, p) }
		o := start(t, b, outbox.Config{}, wrap)
		send(t, n, "a", firing("a", "critical"))
		synctest.Wait()
		id := p.calls()[0].id
		for _, status := range []string{"sent", "delivered", "delivered"} {
			if err := o.box.Receipt(t.Context(), id, outbox.Receipt{Ref: "SM1", Status: status}); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.box.Receipt(t.Context(), "other", outbox.Receipt{}); !errors.Is(err, outbox.ErrUnknown) {
			t.Error(err)
		}
		o.end()
		o = start(t, b, outbox.Config{}, wrap)
		if d := one(t, o.box, outbox.Filter{AlertID: "a.1"}); len(d.Receipts) != 2 || d.Receipts[1].Status != "delivered" {
			t.Fatalf("%+v", d.Receipts)
		}
	})
}

func TestFilters(t *testing.T) {
	inTime(t, func(t *testing.T) {
		p := &phone{}
		var n, other notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(box *outbox.Outbox) {
			n, other = box.Wrap("oncall", "webhook", 0, p), box.Wrap("desk", "email", 0, p)
		})
		began := time.Now()
		a := firing("a", "critical")
		send(t, n, "a", a)
		time.Sleep(time.Minute)
		send(t, other, "b", firing("b", "critical"))
		synctest.Wait()
		for want, f := range map[string]outbox.Filter{
			"b a": {}, "a": {AlertID: "a.1"}, "b": {Receiver: "desk"}, "": {AlertID: "a.1", Receiver: "desk"},
			"a ": {Series: outbox.SeriesOf(a.Labels)}, " a": {To: began.Add(time.Second)}, " b": {From: began.Add(time.Second)},
			"  b": {Limit: 1}, "  a": {Before: 2}, "b  a": {State: outbox.Delivered}, "  ": {State: outbox.Dead},
		} {
			var got []string
			for _, d := range o.box.Messages(f) {
				got = append(got, d.GroupKey)
			}
			if fmt.Sprint(got) != fmt.Sprint(strings.Fields(want)) {
				t.Errorf("%+v: %v", f, got)
			}
		}
	})
}

func TestDamagedValueIsLeftOut(t *testing.T) {
	b := &outbox.Memory{}
	for key, value := range map[string]string{"m.1": "{", "m.2": "{}", "a.1": "[]", "a.2": "{}", "x": `{"id":"1","receiver":"r"}`, "s.1": "{", "s.2": "[{}]"} {
		b.Put(t.Context(), key, []byte(value))
	}
	o, err := outbox.New(t.Context(), outbox.Options{Bucket: b})
	if err != nil || len(o.Messages(outbox.Filter{})) != 0 || len(o.Acks(true)) != 0 {
		t.Fatal(err)
	}
}

// FuzzStored: whatever a value of the bucket holds, after a damaged disk or from
// another version, the outbox opens and answers.
func FuzzStored(f *testing.F) {
	f.Add("m.1", []byte(`{"id":"1","receiver":"r","alerts":[{"labels":{"alertname":"a"}}],"state":"pending"}`))
	f.Add("a.1", []byte(`{"id":"1","series":"x","at":"2026-01-01T00:00:00Z"}`))
	f.Add("s.1", []byte(`[{"id":"1","receiver":"r","alerts":[{"labels":{"alertname":"a"}}],"state":"delivered"},{"id":"1","seq":2,"receiver":"r","alerts":[{}]},null]`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		b := &outbox.Memory{}
		b.Put(t.Context(), key, value)
		o, err := outbox.New(t.Context(), outbox.Options{Bucket: b})
		if err != nil {
			t.Fatal(err)
		}
		o.Messages(outbox.Filter{})
		o.Loads()
	})
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"unexpected status code 404: The requested URL /hooks/T0KEN was not found. <p>/a</p>": "unexpected status code 404: The requested URL /… was not found. <p>/…</…>",
		"/etc/hms/hook.secret cannot be read":                                                 "/etc/hms/hook.secret cannot be read",
		`Post "https://u:p@hooks.slack.com/services/T1/B2/xyz?token=1": dial tcp`:             `Post "https://hooks.slack.com/…": dial tcp`,
		"smtp://user@host:25 refused":                                                         "smtp://host:25/… refused",
		"token=abc123 is wrong":                                                               "token=… is wrong",
		"Authorization: Bearer abcdef.ghi":                                                    "Authorization: …",
		"sent Basic dXNlcjpwYXNz":                                                             "sent Basic …",
		`{"api_key":"k123","code":7}`:                                                         `{"api_key":"…","code":7}`,
		"no such number +16175551234":                                                         "no such number +1••••••••34",
		"line\r\ntwo\x00":                                                                     "line  two ",
		"unexpected status code 503: overload":                                                "unexpected status code 503: overload",
	} {
		if got := outbox.Redact(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := outbox.Redact(strings.Repeat("ж", 1000)); len(got) > 400 {
		t.Errorf("%d bytes stay", len(got))
	}
}

func TestConfigFaults(t *testing.T) {
	bad := outbox.Config{
		Delivery: outbox.Limits{GiveUp: time.Second, Timeout: time.Hour, Retention: time.Minute, MaxMessages: 1},
		Fallbacks: []outbox.Fallback{
			{Receiver: "a", To: "b"}, {Receiver: "a", To: "c"}, {Receiver: "b", To: "a"}, {Receiver: "x", After: 1},
		},
		Escalations: []outbox.Escalation{{Receiver: "a", To: "a", After: time.Minute}, {Receiver: "b", To: "c"}},
	}
	got := bad.Validate([]string{"a", "b", "c"}).Err().Error()
	for _, want := range []string{
		"delivery.give_up: is 1s", "delivery.timeout: is 1h", "delivery.retention: is 1m", "delivery.max_messages: is 1",
		`fallbacks.1.receiver: "a" has a step`, "fallbacks.2.to: leads back", `fallbacks.3.receiver: there is no receiver "x"`,
		"fallbacks.3.to: name a receiver", "fallbacks.3.after: 1ns", "escalations.0.to: leads back", "escalations.1.after: say how long",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 11 {
		t.Errorf("%d faults:\n%s", n, got)
	}
	if err := chain().Validate(nil).Err(); err != nil {
		t.Error(err)
	}
}

func BenchmarkNotifyToSend(b *testing.B) {
	for _, waiting := range []int{0, 1000} {
		b.Run(fmt.Sprintf("kept=%d", waiting), func(b *testing.B) {
			box, err := outbox.New(b.Context(), outbox.Options{Bucket: &outbox.Memory{}})
			if err != nil {
				b.Fatal(err)
			}
			sent := make(chan time.Time, 1)
			n := box.Wrap("oncall", "webhook", 0, signal(sent))
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan struct{})
			go func() { box.Run(ctx); close(ended) }()
			one := func(i int) time.Duration {
				a := firing(fmt.Sprint(i), "critical")
				began := time.Now()
				if _, err := n.Notify(first().context(fmt.Sprint(i)), a); err != nil {
					b.Fatal(err)
				}
				return (<-sent).Sub(began)
			}
			for i := range waiting {
				one(-1 - i)
			}
			var total time.Duration
			for i := 0; b.Loop(); i++ {
				total += one(i)
			}
			b.ReportMetric(float64(total.Microseconds())/float64(b.N), "us-to-send")
			cancel()
			<-ended
		})
	}
}

package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

func TestOutageOfTenMinutesEndsInOrderOfSeverity(t *testing.T) {
	inTime(t, func(t *testing.T) {
		p := &phone{err: errDown}
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, p) })
		began := time.Now()
		w1, c1 := firing("w1", "warning"), firing("c1", "critical")
		send(t, n, "w1", w1)
		time.Sleep(time.Minute)
		send(t, n, "c1", c1)
		send(t, n, "i1", firing("i1", "info"))
		time.Sleep(time.Minute)
		send(t, n, "w2", firing("w2", "warning"))
		send(t, n, "c2", firing("c2", "critical"))
		send(t, n, "w1", resolved(w1))
		send(t, n, "c1", resolved(c1))
		time.Sleep(8 * time.Minute)
		if got := p.calls(); len(got) != 0 {
			t.Fatal("a receiver that is down got", got)
		}
		p.set(nil)
		time.Sleep(6 * time.Minute)
		// c1 fired and was resolved while the receiver was down: both arrive.
		expectNames(t, p, "c1:firing ", "c2:firing ", "c1:resolved ", "w1:firing ", "w2:firing ", "w1:resolved ", "i1:firing ")
		for _, c := range p.calls() {
			if late := c.at.Sub(began); late > 16*time.Minute {
				t.Errorf("%s arrived after %s", c.names, late)
			}
		}
		for _, d := range o.box.Messages(outbox.Filter{}) {
			last := d.Attempts[len(d.Attempts)-1]
			if d.State != outbox.Delivered || last.Outcome != outbox.OutcomeDelivered || last.Answer != "2xx" || d.Tries < len(d.Attempts) {
				t.Errorf("proof of %s: %+v", d.GroupKey, d)
			}
		}
	})
}

// A group's messages stay in order even where a later one is more urgent; it
// pulls those before it along.
func TestGroupKeepsItsOrder(t *testing.T) {
	inTime(t, func(t *testing.T) {
		p := &phone{err: errDown}
		var n notify.Notifier
		start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, p) })
		a := firing("a", "warning")
		send(t, n, "other", firing("other", "warning"))
		send(t, n, "group", a)
		send(t, n, "group", resolved(a), firing("b", "critical"))
		p.set(nil)
		time.Sleep(time.Minute)
		expectNames(t, p, "a:firing ", "a:resolved b:firing ", "other:firing ")
	})
}

// What is told of a series stays in order as well where its states are groups of
// their own, unless an older message goes through no more.
func TestSeriesKeepsItsOrder(t *testing.T) {
	for name, refused := range map[string]string{"down": "", "one refused": "warning"} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				p := &phone{err: errDown}
				var n notify.Notifier
				start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, p) })
				a := firing("a", "warning")
				send(t, n, "other", firing("other", "warning"))
				send(t, n, "warnings", a)
				send(t, n, "warnings", resolved(a))
				send(t, n, "critical", firing("a", "critical"))
				p.refuse(func(_ string, alerts []*alert.Alert) error {
					if alerts[0].Name() == "a" && string(alerts[0].Labels["severity"]) == refused {
						return errDown
					}
					return nil
				})
				p.set(nil)
				time.Sleep(time.Minute)
				want := []string{"a:firing ", "a:resolved ", "a:firing ", "other:firing "}
				if refused != "" {
					want = []string{"a:firing ", "other:firing "}
				}
				expectNames(t, p, want...)
			})
		})
	}
}

func TestSlowReceiverDelaysNoOther(t *testing.T) {
	inTime(t, func(t *testing.T) {
		slow, quick := &phone{hold: make(chan struct{})}, &phone{}
		var s, q notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) {
			s, q = b.Wrap("oncall", "webhook", 0, slow), b.Wrap("oncall", "webhook", 1, quick)
		})
		began := time.Now()
		for i := range 20 {
			send(t, s, fmt.Sprint(i), firing("a", "critical"))
			send(t, q, fmt.Sprint(i), firing("a", "critical"))
		}
		synctest.Wait()
		if n := len(quick.calls()); n != 20 || time.Since(began) != 0 {
			t.Fatalf("the quick one has %d after %s", n, time.Since(began))
		}
		time.Sleep(time.Minute)
		d := o.box.Messages(outbox.Filter{State: outbox.Pending})
		if len(d) != 20 || d[19].Tries == 0 || d[19].Attempts[0].Took != outbox.DefaultTimeout {
			t.Fatalf("the slow one: %+v", d[len(d)-1].Attempts)
		}
	})
}

// deaf ignores its context, as the e-mail notifier does towards a server that
// says nothing.
type deaf struct{ forever chan struct{} }

func (d deaf) Notify(context.Context, ...*alert.Alert) (bool, error) {
	<-d.forever
	return true, errDown
}

func TestNotifierThatNeverComesBack(t *testing.T) {
	inTime(t, func(t *testing.T) {
		d := deaf{make(chan struct{})}
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "email", 0, d) })
		send(t, n, "a", firing("a", "critical"))
		time.Sleep(10 * time.Minute)
		m := one(t, o.box, outbox.Filter{})
		if m.State != outbox.Pending || m.Tries == 0 || m.Tries > 3 {
			t.Fatalf("%d attempts pile up: %+v", m.Tries, m.Attempts)
		}
		close(d.forever)
	})
}

// One message that fails whenever it is tried must not hold up the others.
func TestMessageThatNeverGoesThrough(t *testing.T) {
	inTime(t, func(t *testing.T) {
		p := &phone{fail: func(_ string, alerts []*alert.Alert) error {
			if alerts[0].Labels["alertname"] == "poison" {
				return errors.New("unexpected status code 500: https://user:pw@example.org/hook/secret?token=x")
			}
			return nil
		}}
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, p) })
		send(t, n, "poison", firing("poison", "critical"))
		send(t, n, "good", firing("good", "warning"))
		time.Sleep(20 * time.Second)
		expectNames(t, p, "good:firing ")
		began := time.Now()
		send(t, n, "next", firing("next", "warning"))
		time.Sleep(2 * time.Second)
		expectNames(t, p, "good:firing ", "next:firing ")
		if late := p.calls()[1].at.Sub(began); late > time.Second {
			t.Errorf("a new message waited %s", late)
		}
		time.Sleep(25 * time.Hour)
		d := o.box.DeadLetters()
		if len(d) != 1 || d[0].GroupKey != "poison" || len(d[0].Attempts) > 20 || d[0].Tries < 200 {
			t.Fatalf("dead letters: %+v", d)
		}
		a := d[0].Attempts[0]
		if a.Answer != "500" || strings.Contains(a.Error, "pw") || strings.Contains(a.Error, "secret") || strings.Contains(a.Error, "token") {
			t.Errorf("attempt: %+v", a)
		}
	})
}

func TestDeadLetterIsRetriedByHand(t *testing.T) {
	inTime(t, func(t *testing.T) {
		p := &phone{err: errors.New("unexpected status code 401"), no: true}
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, p) })
		send(t, n, "a", firing("a", "critical"))
		time.Sleep(time.Second)
		d := one(t, o.box, outbox.Filter{State: outbox.Dead})
		if d.Tries != 1 || d.Attempts[0].Outcome != outbox.OutcomeRejected || d.Attempts[0].Answer != "401" {
			t.Fatalf("%+v", d)
		}
		if l := o.box.Loads(); len(l) != 1 || l[0].Dead != 1 || !l[0].FailingSince.IsZero() {
			t.Fatalf("loads: %+v", l)
		}
		p.set(nil)
		if _, err := o.box.Retry(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		d = one(t, o.box, outbox.Filter{AlertID: "a.1"})
		if d.State != outbox.Delivered || d.Tries != 2 {
			t.Fatalf("%+v", d)
		}
		if _, err := o.box.Retry(t.Context(), d.ID); !errors.Is(err, outbox.ErrNotOpen) {
			t.Errorf("retry of what was delivered: %v", err)
		}
		if _, err := o.box.Retry(t.Context(), "none"); !errors.Is(err, outbox.ErrUnknown) {
			t.Errorf("retry of nothing: %v", err)
		}
	})
}

func TestFinalRefusalOfAnSMTPServer(t *testing.T) {
	inTime(t, func(t *testing.T) {
		p := &phone{err: fmt.Errorf("send RCPT command: %w", &textproto.Error{Code: 550, Msg: "no such user"})}
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "email", 0, p) })
		send(t, n, "a", firing("a", "critical"))
		time.Sleep(5 * time.Minute)
		d := one(t, o.box, outbox.Filter{State: outbox.Dead})
		if d.Tries != 5 || d.Attempts[4].Answer != "550 no such user" {
			t.Fatalf("%+v", d)
		}
	})
}

func TestReloadChangesWhereMessagesGo(t *testing.T) {
	inTime(t, func(t *testing.T) {
		old, fresh := &phone{err: errDown}, &phone{}
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, old) })
		send(t, n, "a", firing("a", "critical"))
		time.Sleep(10 * time.Minute)
		o.box.Wrap("oncall", "webhook", 0, fresh)
		o.box.Use()
		synctest.Wait()
		expectNames(t, fresh, "a:firing ")
	})
}

func TestPanickingNotifierIsADeadLetter(t *testing.T) {
	inTime(t, func(t *testing.T) {
		var n notify.Notifier
		o := start(t, &outbox.Memory{}, outbox.Config{}, func(b *outbox.Outbox) { n = b.Wrap("oncall", "webhook", 0, panics{}) })
		send(t, n, "a", firing("a", "critical"))
		synctest.Wait()
		if d := o.box.DeadLetters(); len(d) != 1 || !strings.Contains(d[0].Attempts[0].Error, "panicked") {
			t.Fatalf("%+v", d)
		}
	})
}

type panics struct{}

func (panics) Notify(context.Context, ...*alert.Alert) (bool, error) { panic("oops") }

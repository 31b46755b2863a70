package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// phone is a receiver: it notes what it gets, and fails while told to.
type phone struct {
	mu   sync.Mutex
	err  error
	fail func(id string, alerts []*alert.Alert) error
	no   bool // what fails must not be tried again
	got  []call
	hold chan struct{} // answers wait for it, where not nil
}

type call struct {
	id, names string
	at        time.Time
}

func (p *phone) Notify(ctx context.Context, alerts ...*alert.Alert) (bool, error) {
	p.mu.Lock()
	err, hold := p.err, p.hold
	if p.fail != nil {
		err = errors.Join(err, p.fail(outbox.MessageID(ctx), alerts))
	}
	if err == nil {
		names := ""
		for _, a := range alerts {
			names += string(a.Labels["alertname"]) + ":" + string(a.Status()) + " "
		}
		p.got = append(p.got, call{outbox.MessageID(ctx), names, time.Now()})
	}
	retry := !p.no
	p.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return true, ctx.Err()
		}
	}
	return retry, err
}

func (p *phone) set(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

func (p *phone) refuse(fail func(id string, alerts []*alert.Alert) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

func (p *phone) calls() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]call(nil), p.got...)
}

func (p *phone) names() (all []string) {
	for _, c := range p.calls() {
		all = append(all, c.names)
	}
	return all
}

// office is an outbox at work, with what the Alertmanager's pipeline does
// before it.
type office struct {
	t   *testing.T
	box *outbox.Outbox
	// end stops it, as a SIGTERM would.
	end func()
}

func start(t *testing.T, bucket outbox.Bucket, config outbox.Config, wrap func(*outbox.Outbox)) *office {
	t.Helper()
	box, err := outbox.New(t.Context(), outbox.Options{Bucket: bucket, Config: config, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	if wrap != nil {
		wrap(box)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { box.Run(ctx) })
	o := &office{t: t, box: box, end: func() { cancel(); running.Wait() }}
	t.Cleanup(o.end)
	return o
}

// notified is the notification log's entry of a group at an integration.
type notified struct {
	reason notify.NotifyReason
	store  *nflog.Store
}

func first() notified { return notified{notify.ReasonFirstNotification, nflog.NewStore(nil)} }

func (n notified) context(group string) context.Context {
	ctx := notify.WithGroupKey(context.Background(), group)
	ctx = notify.WithGroupLabels(ctx, model.LabelSet{"alertname": model.LabelValue(group)})
	ctx = notify.WithReceiverName(ctx, "oncall")
	ctx = notify.WithRepeatInterval(ctx, 4*time.Hour)
	ctx = notify.WithNotificationReason(ctx, n.reason)
	return notify.WithNflogStore(ctx, n.store)
}

func send(t *testing.T, n notify.Notifier, group string, alerts ...*alert.Alert) {
	t.Helper()
	if retry, err := n.Notify(first().context(group), alerts...); err != nil {
		t.Fatalf("store: %v (retry %t)", err, retry)
	}
}

func firing(name, severity string) *alert.Alert {
	return &alert.Alert{Alert: model.Alert{
		Labels:      model.LabelSet{"alertname": model.LabelValue(name), "severity": model.LabelValue(severity)},
		Annotations: model.LabelSet{"alert_id": model.LabelValue(name + ".1")},
		StartsAt:    time.Now(),
	}}
}

func resolved(a *alert.Alert) *alert.Alert {
	over := *a
	over.EndsAt = time.Now()
	return &over
}

var errDown = errors.New("connection refused")

// inTime runs a test in a bubble where time passes only while all wait.
func inTime(t *testing.T, test func(t *testing.T)) { synctest.Test(t, test) }

func one(t *testing.T, o *outbox.Outbox, f outbox.Filter) outbox.Delivery {
	t.Helper()
	all := o.Messages(f)
	if len(all) != 1 {
		t.Fatalf("%d messages, want one: %v", len(all), all)
	}
	return all[0]
}

func expectNames(t *testing.T, p *phone, want ...string) {
	t.Helper()
	if got := p.names(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("received %q, want %q", got, want)
	}
}

// signal tells when a send begins.
type signal chan time.Time

func (s signal) Notify(context.Context, ...*alert.Alert) (bool, error) {
	s <- time.Now()
	return false, nil
}

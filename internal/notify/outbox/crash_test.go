package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/nflog/nflogpb"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

var errKilled = errors.New("killed")

// world is what a kill leaves: the disk and the receivers. At one of the steps
// that change it, before or after, everything else of the process ends.
type world struct {
	mu    sync.Mutex
	step  int // counts down
	after bool
	dead  bool
	// asks says that notifiers wait for their turn, so that they are called ahead.
	asks bool

	disk  outbox.Memory
	nflog outbox.Memory
	lines []*line
}

// line is one integration, with what its receiver got.
type line struct {
	*world
	index int
	got   []call
}

func newWorld(integrations, step int, after, asks bool) *world {
	w := &world{step: step, after: after, asks: asks}
	for i := range integrations {
		w.lines = append(w.lines, &line{world: w, index: i})
	}
	return w
}

// do takes a step, if the process lives to take it and to hear of it.
func (w *world) do(step func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead {
		return errKilled
	}
	w.step--
	w.dead = w.step == 0
	if !w.dead || w.after {
		step()
	}
	if w.dead {
		return errKilled
	}
	return nil
}

func (w *world) killed() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.dead }

// The outbox's bucket.

func (w *world) Put(ctx context.Context, key string, value []byte) error {
	return w.do(func() { w.disk.Put(ctx, key, value) })
}
func (w *world) Delete(ctx context.Context, key string) error {
	return w.do(func() { w.disk.Delete(ctx, key) })
}
func (w *world) Each(ctx context.Context, handle func(string, []byte) error) error {
	return w.disk.Each(ctx, handle)
}

// Notify is the receiver.
func (w *line) Notify(ctx context.Context, alerts ...*alert.Alert) (bool, error) {
	names := ""
	for _, a := range alerts {
		names += string(a.Labels["alertname"]) + ":" + string(a.Status()) + " "
	}
	if w.asks {
		if err := outbox.Current(ctx).Turn(ctx); err != nil {
			return true, err
		}
	}
	return true, w.do(func() { w.got = append(w.got, call{id: outbox.MessageID(ctx), names: names}) })
}

func (w *line) SendResolved() bool { return true }

// unique is what a receiver that knows the key shows: each message once, in
// the order of their first arrival.
func (w *line) unique() (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[string]bool{}
	for _, c := range w.got {
		if !seen[c.id] {
			names = append(names, c.names)
		}
		seen[c.id] = true
	}
	return names
}

// process is a run of the Alertmanager's own stages before an outbox.
type process struct {
	t *testing.T
	w *world
	// join is of the flush under way.
	join  func(context.Context) (context.Context, func())
	stage notify.FanoutStage
	box   *office
}

func boot(t *testing.T, w *world) *process {
	t.Helper()
	p := &process{t: t, w: w}
	p.box = start(t, w, outbox.Config{}, func(b *outbox.Outbox) {
		for _, l := range w.lines {
			p.stage = append(p.stage, p.joined(l, b.Wrap("oncall", "webhook", l.index, l)))
		}
	})
	return p
}

// joined are the stages of one integration, as one of a flush.
func (p *process) joined(l *line, n notify.Notifier) notify.Stage {
	registry := prometheus.NewRegistry()
	log, err := nflog.New(nflog.Options{Retention: 120 * time.Hour, Metrics: registry, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.t.Fatal(err)
	}
	key := fmt.Sprint(l.index) // one group: one entry for each integration
	l.nflog.Each(p.t.Context(), func(k string, value []byte) error {
		if k != key {
			return nil
		}
		return log.Merge(value)
	})
	log.SetBroadcast(func(b []byte) {
		l.do(func() { l.nflog.Put(context.Background(), key, bytes.Clone(b)) })
	})
	integration := notify.NewIntegration(n, l, "webhook", l.index, "oncall")
	receiver := &nflogpb.Receiver{GroupName: "oncall", Integration: "webhook", Idx: uint32(l.index)}
	stages := notify.MultiStage{
		notify.NewDedupStage(&integration, log, receiver),
		notify.NewRetryStage(integration, "oncall", notify.NewMetrics(registry, featurecontrol.NoopFlags{}), eventrecorder.NopRecorder()),
		notify.NewSetNotifiesStage(log, receiver),
	}
	return notify.StageFunc(func(ctx context.Context, log *slog.Logger, alerts ...*alert.Alert) (context.Context, []*alert.Alert, error) {
		ctx, leave := p.join(ctx)
		defer leave()
		return stages.Exec(ctx, log, alerts...)
	})
}

// flush is what the dispatcher does for a group; it ends with the process.
func (p *process) flush(alerts ...*alert.Alert) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	ctx = notify.WithGroupKey(ctx, "group")
	ctx = notify.WithReceiverName(ctx, "oncall")
	ctx = notify.WithRepeatInterval(ctx, 4*time.Hour)
	ctx = notify.WithNow(ctx, time.Now())
	p.join = p.box.box.Together(len(p.stage))
	_, _, err := p.stage.Exec(ctx, slog.New(slog.DiscardHandler), alerts...)
	if err != nil && !p.w.killed() {
		p.t.Errorf("flush: %v", err)
	}
}

// life is what happens to an alert, flush by flush. With each way of dying in
// it, a receiver that knows the key must show the same.
func life(t *testing.T, w *world) (kills int) {
	p := boot(t, w)
	flush := func(alerts ...*alert.Alert) {
		p.flush(alerts...)
		time.Sleep(time.Minute)
		if w.killed() {
			kills++
			p.box.end()
			w.mu.Lock()
			w.dead = false
			w.mu.Unlock()
			p = boot(t, w)
			p.flush(alerts...)
			time.Sleep(time.Minute)
		}
	}
	a, b := firing("a", "critical"), firing("b", "warning")
	flush(a)
	flush(a) // nothing new
	flush(a, b)
	time.Sleep(5 * time.Hour)
	flush(a, b) // repeated
	time.Sleep(5 * time.Hour)
	flush(a, b)
	over := resolved(a)
	flush(over, b)
	flush(over, resolved(b))
	time.Sleep(time.Minute)
	flush(firing("a", "critical")) // anew
	p.box.end()
	return kills
}

func TestKillAtEveryStepLosesAndRepeatsNothing(t *testing.T) {
	want := []string{
		"a:firing ", "a:firing b:firing ", "a:firing b:firing ", "a:firing b:firing ",
		"a:resolved b:firing ", "a:resolved b:resolved ", "a:firing ",
	}
	for _, c := range []struct {
		integrations int
		after, asks  bool
	}{{1, false, false}, {1, true, false}, {3, false, false}, {3, true, false}, {1, false, true}, {1, true, true}, {3, false, true}, {3, true, true}} {
		for step := 1; ; step++ {
			done := false
			t.Run(fmt.Sprintf("integrations=%d/after=%t/asks=%t/step=%d", c.integrations, c.after, c.asks, step), func(t *testing.T) {
				inTime(t, func(t *testing.T) {
					w := newWorld(c.integrations, step, c.after, c.asks)
					done = life(t, w) == 0
					for _, l := range w.lines {
						l.expect(t, done, want)
					}
				})
			})
			if done || t.Failed() {
				if step < 20*c.integrations && done {
					t.Fatalf("only %d steps", step)
				}
				break
			}
		}
	}
}

// expect checks what a receiver got, whose process was killed once or never.
func (w *line) expect(t *testing.T, never bool, want []string) {
	t.Helper()
	if got := w.unique(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("received %q,\n    want %q", got, want)
	}
	if extra := len(w.got) - len(want); extra > 1 || never && extra > 0 {
		t.Fatalf("%d messages came twice after one kill", extra)
	}
}

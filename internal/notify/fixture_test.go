package notify

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// memory is a Bucket whose writes can be made to fail.
type memory struct {
	mu      sync.Mutex
	entries map[string][]byte
	fail    error
	puts    int
}

func newMemory() *memory { return &memory{entries: map[string][]byte{}} }

func (m *memory) failWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.puts++
	m.entries[key] = slices.Clone(value)
	return nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
	return m.fail
}

func (m *memory) Each(_ context.Context, handle func(string, []byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, value := range m.entries {
		if err := handle(key, value); err != nil {
			return err
		}
	}
	return nil
}

// copy is what is on disk now.
func (m *memory) copy() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := newMemory()
	maps.Copy(c.entries, m.entries)
	return c
}

func (m *memory) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

// message is what an integration was given to send.
type message struct {
	receiver, integration string
	alerts                []amalert.Alert
	group                 string
	at                    time.Time
	repeat                time.Duration
}

// String is like "mail: firing case.rate/warning; resolved case.rate/critical".
func (m message) String() string {
	var parts []string
	for _, a := range m.alerts {
		parts = append(parts, fmt.Sprintf("%s %s/%s", a.Status(), a.Labels["alertname"], a.Labels["severity"]))
	}
	slices.Sort(parts)
	return m.receiver + ": " + strings.Join(parts, "; ")
}

// fakeOutbox remembers what it was given.
type fakeOutbox struct {
	mu    sync.Mutex
	sent  []message
	last  map[string]message // of each group
	fail  error
	heard func()
	// slow is how long it takes to put a message on disk.
	slow time.Duration
}

// told is what an outbox would know after a restart.
func (o *fakeOutbox) told(yield func(Told) bool) {
	for _, m := range o.last {
		t := Told{Receiver: m.receiver, Integration: m.integration, GroupKey: m.group, At: m.at, Repeat: m.repeat}
		for _, a := range m.alerts {
			t.Alerts = append(t.Alerts, &a)
		}
		if !yield(t) {
			return
		}
	}
}

func (o *fakeOutbox) wrap(receiver, integration string, _ int, _ amnotify.Notifier) amnotify.Notifier {
	return notifierFunc(func(ctx context.Context, alerts ...*amalert.Alert) (bool, error) {
		m := message{receiver: receiver, integration: integration, at: time.Now()}
		m.group, _ = amnotify.GroupKey(ctx)
		m.repeat, _ = amnotify.RepeatInterval(ctx)
		for _, a := range alerts {
			m.alerts = append(m.alerts, *a)
		}
		time.Sleep(o.slow)
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.fail != nil {
			return true, o.fail
		}
		o.sent = append(o.sent, m)
		o.last[m.receiver+m.group] = m
		if o.heard != nil {
			o.heard()
		}
		return false, nil
	})
}

type notifierFunc func(context.Context, ...*amalert.Alert) (bool, error)

func (f notifierFunc) Notify(ctx context.Context, alerts ...*amalert.Alert) (bool, error) {
	return f(ctx, alerts...)
}

// take gives what was sent since the last call.
func (o *fakeOutbox) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	texts := []string{}
	for _, m := range o.sent {
		texts = append(texts, m.String())
	}
	o.sent = nil
	return texts
}

// bench is a Service and what is around it.
type bench struct {
	*Service
	t                       testing.TB
	outbox                  *fakeOutbox
	notifications, silences *memory
	seq                     uint64
	posted                  []alert.Transition
}

func load(t testing.TB, conf string) *Routing {
	t.Helper()
	file := filepath.Join(t.TempDir(), "alertmanager.yml")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	r, faults := Load(Source{File: file})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// start makes a Service over the buckets of another, or over new ones.
func start(t testing.TB, conf string, before *bench, standing ...alert.Transition) *bench {
	t.Helper()
	b := &bench{t: t, outbox: &fakeOutbox{last: map[string]message{}}, notifications: newMemory(), silences: newMemory()}
	if before != nil {
		b.notifications, b.silences, b.seq = before.notifications.copy(), before.silences.copy(), before.seq
		b.outbox.last = before.outbox.last
	}
	var err error
	b.Service, err = New(t.Context(), Options{
		Routing: load(t, conf), Notifications: b.notifications, Silences: b.silences, Wrap: b.outbox.wrap, Told: b.outbox.told,
		External: func(_ context.Context, ts []alert.Transition) error {
			for _, posted := range ts {
				b.seq++
				posted.Position = alert.Position{Seq: b.seq, N: 1}
				b.posted = append(b.posted, posted)
				b.Take(posted)
			}
			return nil
		},
		Registry: prometheus.NewRegistry(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context(), standing); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.stop)
	return b
}

func (b *bench) stop() {
	if err := b.Stop(context.Background()); err != nil {
		b.t.Error(err)
	}
}

// change takes a transition of a series that now is in state.
func (b *bench) change(rule string, state, previous alert.State, tags ...event.Tag) alert.Transition {
	b.seq++
	now := time.Now().UnixMilli()
	t := alert.Transition{
		Position: alert.Position{Seq: b.seq, N: 1}, Kind: alert.KindThreshold, Rule: rule, Metric: "case.resolved.rate",
		Tags: tags, State: state, Previous: previous, Value: 1, Timestamp: now, At: now, Since: now, Condition: "below 2",
	}
	b.Take(t)
	return t
}

// sent waits until nothing moves and gives what was sent since the last call.
func (b *bench) sent(after time.Duration) []string {
	time.Sleep(after)
	synctest.Wait()
	return b.outbox.take()
}

func equal(t testing.TB, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

const (
	ok       = alert.OK
	warning  = alert.Warning
	critical = alert.Critical
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

type (
	amNotifier = amnotify.Notifier
	amAlert    = amalert.Alert
	ctxType    = context.Context
)

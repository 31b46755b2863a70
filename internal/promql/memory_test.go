package promql

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// memory is a store of events in memory, and the obvious reference for what is
// read from it.
type memory struct {
	mu     sync.Mutex
	events []event.Event
	// stored is how many of them can be read.
	stored int
	reads  int
	// during is called in the middle of a read.
	during func()
}

func (m *memory) Position() store.Position {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.Position{Seq: uint64(m.stored)}
}

func (m *memory) Samples(_ context.Context, q store.SampleQuery, yield func(store.Numbered) error) error {
	m.mu.Lock()
	m.reads++
	var n store.Numbered
	var b event.Builder
	for i, e := range m.events[:min(uint64(m.stored), q.Last)] {
		has := func(t event.Tag) bool { v, ok := e.Tag(t.Key); return ok && v == t.Value }
		if e.Time >= q.From && e.Time < q.To && slices.Contains(q.Metrics, e.Metric) && !slices.ContainsFunc(q.Tags, func(t event.Tag) bool { return !has(t) }) {
			n.Seqs = append(n.Seqs, uint64(i)+1)
			b.Append(e)
		}
	}
	m.mu.Unlock()
	if m.during != nil {
		m.during()
	}
	if b.Len() == 0 {
		return nil
	}
	n.Block = b.Block()
	return yield(n)
}

func (m *memory) Metrics(context.Context) (all []store.MetricInfo, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.events[:m.stored] {
		all = append(all, store.MetricInfo{Metric: e.Metric})
	}
	slices.SortFunc(all, func(a, b store.MetricInfo) int { return cmp.Compare(a.Metric, b.Metric) })
	return slices.CompactFunc(all, func(a, b store.MetricInfo) bool { return a.Metric == b.Metric }), nil
}

// apply numbers events and hands them to e; they are stored later.
func (m *memory) apply(e *Events, events ...event.Event) {
	m.mu.Lock()
	first := uint64(len(m.events)) + 1
	m.events = append(m.events, events...)
	m.mu.Unlock()
	e.Apply(first, event.Of(events...))
}

// store makes all events readable.
func (m *memory) store() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stored = len(m.events)
}

func ev(metric string, v float64, ms int64, tags ...string) event.Event {
	e := event.Event{Metric: metric, Value: v, Time: ms}
	for _, t := range tags {
		key, value, _ := strings.Cut(t, "=")
		e.Tags = append(e.Tags, event.Tag{Key: key, Value: value})
	}
	return e
}

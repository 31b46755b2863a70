package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// memory is a History that holds everything in plain slices, and the obvious
// answer to what a subscriber should get.
type memory struct {
	mu     sync.Mutex
	events []event.Event
	alerts []alert.Transition
}

func (m *memory) add(b Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.Block != nil {
		for i := range b.Block.Len() {
			e := b.Block.Row(i)
			e.Seq = b.FirstSeq + uint64(i)
			m.events = append(m.events, e)
		}
	}
	m.alerts = append(m.alerts, b.Alerts...)
}

func (m *memory) Replay(_ context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var seqs []uint64
	var b event.Builder
	flush := func() error {
		if len(seqs) == 0 {
			return nil
		}
		n := store.Numbered{Seqs: seqs, Block: b.Block()}
		b = event.Builder{}
		seqs = nil
		return yield(n)
	}
	for _, e := range m.events {
		if e.Seq <= seq || e.Seq > last || !matchNames(f.Metrics, e.Metric) || !matchTags(f.Tags, e.Tags) {
			continue
		}
		seqs = append(seqs, e.Seq)
		b.Append(e)
		if len(seqs) == 3 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (m *memory) AlertsAfter(_ context.Context, p alert.Position, yield func(alert.Transition) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.alerts {
		if !p.Before(t.Position) {
			continue
		}
		if err := yield(t); err != nil {
			return fmt.Errorf("reader: %w", err)
		}
	}
	return nil
}

func matchNames(patterns []string, name string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
		start, open := strings.CutSuffix(p, "*")
		return p == name || open && strings.HasPrefix(name, start)
	})
}

func matchTags(want, have []event.Tag) bool {
	return !slices.ContainsFunc(want, func(t event.Tag) bool { return !slices.Contains(have, t) })
}

// expect is the text that a subscriber with these wishes gets from after to
// the end.
func (m *memory) expect(metrics []string, tags []event.Tag, kinds []string, after alert.Position) string {
	var out strings.Builder
	points := len(kinds) == 0 || slices.Contains(kinds, "message")
	alerts := len(kinds) == 0 || slices.Contains(kinds, "alert")
	next := 0
	emitAlerts := func(before uint64) {
		for ; next < len(m.alerts) && m.alerts[next].Position.Seq < before; next++ {
			t := m.alerts[next]
			if alerts && after.Before(t.Position) && matchNames(metrics, t.Metric) && matchTags(tags, t.Tags) {
				data, _ := json.Marshal(t)
				fmt.Fprintf(&out, "event: alert\nid: %s\ndata: %s\n\n", t.Position, data)
			}
		}
	}
	for _, e := range m.events {
		emitAlerts(e.Seq)
		if points && e.Seq > after.Seq && matchNames(metrics, e.Metric) && matchTags(tags, e.Tags) {
			fmt.Fprintf(&out, "id: %d\ndata: %s\n\n", e.Seq, plainJSON(e))
		}
	}
	emitAlerts(1 << 63)
	return out.String()
}

// plainJSON is an event as encoding/json writes it.
func plainJSON(e event.Event) string {
	tags := make(map[string]string)
	for _, t := range e.Tags {
		tags[t.Key] = t.Value
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Metric    string            `json:"metricName"`
		Value     float64           `json:"value"`
		Tags      map[string]string `json:"tags"`
		Timestamp int64             `json:"timestamp"`
		ID        string            `json:"id,omitempty"`
		Source    string            `json:"source,omitempty"`
	}{e.Metric, e.Value, tags, e.Time, e.ID, e.Source})
	if err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

package realdata

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// definitions are what a configuration file defines, and the defaults.
type definitions struct {
	env            *kpi.Env
	file, defaults []*kpi.Definition
}

func configured(t testing.TB, path string) definitions {
	c, err := config.Load(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	env, err := c.KPIEnv()
	if err != nil {
		t.Fatal(err)
	}
	defaults, err := define.Defaults()
	if err != nil {
		t.Fatal(err)
	}
	return definitions{env, c.KPIs.List(), defaults}
}

// lane is an engine and the events that it was given.
type lane struct {
	*engine.Engine
	past memory
}

func newLane(t testing.TB) *lane {
	l := &lane{}
	l.Engine = engine.New(engine.Options{
		History: &l.past, Stored: func(context.Context) error { return nil },
		Watched: func(string) bool { return false }, Changed: func() {}, Logger: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func (l *lane) define(d definitions) { l.Configure(*d.env, d.file, d.defaults, 0) }

// give applies events as they come in live, so many at a time.
func (l *lane) give(events []event.Event, atOnce int) {
	for part := range slices.Chunk(events, atOnce) {
		l.Apply(l.past.add(part), event.Of(part...), math.MaxInt64)
	}
}

// live is an engine that has known its definitions from the first event on.
func live(t testing.TB, d definitions, events []event.Event) *lane {
	l := newLane(t)
	l.define(d)
	l.Filled()
	l.give(events, 1000)
	return l
}

// filled is an engine that gets its definitions amid the events: it reads those
// before from history while more are coming in.
func filled(t testing.TB, d definitions, events []event.Event) *lane {
	l := newLane(t)
	half := len(events) / 2
	l.give(events[:half], 4096)
	l.define(d)
	l.give(events[half:], 333)
	l.Filled()
	return l
}

// memory is a store of events.
type memory struct {
	mu     sync.Mutex
	events []event.Event
}

func (m *memory) add(events []event.Event) (first uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, events...)
	return uint64(len(m.events)-len(events)) + 1
}

// Position implements engine.History.
func (m *memory) Position() store.Position {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.Position{Seq: uint64(len(m.events))}
}

// Scan implements engine.History.
func (m *memory) Scan(_ context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	m.mu.Lock()
	events := slices.Clone(m.events[q.After:q.Last])
	m.mu.Unlock()
	through := q.After
	for part := range slices.Chunk(events, event.MaxRows) {
		through += uint64(len(part))
		if err := yield(through, event.Of(part...)); err != nil {
			return err
		}
	}
	return nil
}

// text is an answer as the API gives it.
func (l *lane) text(t testing.TB, name string, at int64, window time.Duration, by ...string) string {
	a, err := l.Value(engine.Question{KPI: name, At: at, Window: window, By: by, Now: math.MaxInt64})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// answer is what tests read of one series; F has the figures of its type.
type answer[F any] struct {
	Tags    map[string]string
	Value   *float64
	N       int
	Figures F
}

// ask gives the series of an answer, the total under "", groups by their one tag.
func ask[F any](t testing.TB, l *lane, name string, at int64, window time.Duration, by ...string) map[string]answer[F] {
	var a struct{ Series []answer[F] }
	if err := json.Unmarshal([]byte(l.text(t, name, at, window, by...)), &a); err != nil {
		t.Fatal(err)
	}
	all := map[string]answer[F]{}
	for _, s := range a.Series {
		key := ""
		for _, tag := range by {
			key += s.Tags[tag]
		}
		all[key] = s
	}
	return all
}

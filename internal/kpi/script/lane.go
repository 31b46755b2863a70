package script

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// lane is an engine with the events that it has been given.
type lane struct {
	engine *engine.Engine
	past   *memory
}

func newLane(env kpi.Env) *lane {
	l := &lane{past: &memory{}}
	l.engine = l.newEngine(env)
	return l
}

func (l *lane) newEngine(env kpi.Env) *engine.Engine {
	return engine.New(engine.Options{
		History: l.past, Stored: func(context.Context) error { return nil }, Env: env,
		Watched: func(string) bool { return false }, Changed: func() {}, Logger: quiet,
	})
}

func (l *lane) close() { _ = l.engine.Close() }

func (l *lane) define(env kpi.Env, defined []*kpi.Definition) error {
	l.engine.Configure(env, defined, nil, 0)
	l.engine.Filled()
	return nil
}

// give applies events one by one, so that each may correct what was.
func (l *lane) give(events ...event.Event) error {
	for _, e := range events {
		l.engine.Apply(l.past.add(e), event.Of(e), math.MaxInt64)
	}
	return nil
}

// restart is the lane as it comes up again from its checkpoint.
func (l *lane) restart(env kpi.Env, defined []*kpi.Definition) (*lane, error) {
	state, err := l.engine.Checkpoint(true, false)
	if err != nil {
		return nil, err
	}
	l.close()
	again := &lane{past: l.past}
	again.engine = again.newEngine(env)
	err = again.engine.Restore(func(name string) ([]byte, error) { return state[name], nil }, func(source []byte) (*kpi.Definition, error) {
		d, document := define.Parse("stored", source, &env)
		return d, document.Err()
	})
	if err != nil {
		return nil, err
	}
	if err := again.engine.CatchUp(context.Background()); err != nil {
		return nil, err
	}
	return again, again.define(env, defined)
}

// memory is a store of events in memory.
type memory struct {
	mu     sync.Mutex
	events []event.Event
}

func (m *memory) add(e event.Event) (seq uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, e)
	return uint64(len(m.events))
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
	for len(events) > 0 {
		n := min(len(events), event.MaxRows)
		if err := yield(q.Last-uint64(len(events)-n), event.Of(events[:n]...)); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

package backtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// maxReplayed bounds the events that are given to a KPI once more.
const maxReplayed = 2_000_000

// replay is a KPI that knows only what had come about by an instant, for rules
// that ask how things stand: a case that is closed by now was open then.
type replay struct {
	engine *engine.Engine
	events Events
	reads  []string

	rest  []event.Event // in the order of their time
	seq   uint64
	begun bool
}

// newReplay makes a KPI of a definition that has seen nothing yet.
func newReplay(d *kpi.Definition, env *kpi.Env, events Events) *replay {
	e := engine.New(engine.Options{
		History: nothing{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler), Env: *env,
	})
	e.Configure(*env, []*kpi.Definition{d}, nil, 0)
	e.Filled()
	return &replay{engine: e, events: events, reads: d.Spec.Reads(&d.Common).Metrics}
}

func (p *replay) close() { _ = p.engine.Close() }

// reach takes the events before an instant in; instants come in ascending order.
func (p *replay) reach(ctx context.Context, at, to int64) error {
	if !p.begun {
		p.begun = true
		if err := p.read(ctx, to); err != nil {
			return err
		}
	}
	n, _ := slices.BinarySearchFunc(p.rest, at, func(e event.Event, at int64) int { return cmp.Compare(e.Time, at) })
	for part := range slices.Chunk(p.rest[:n], 1000) {
		p.engine.Apply(p.seq+1, event.Of(part...), part[len(part)-1].Time)
		p.seq += uint64(len(part))
	}
	p.rest = p.rest[n:]
	return ctx.Err()
}

func (p *replay) read(ctx context.Context, to int64) error {
	q := store.SampleQuery{Filter: store.Filter{Metrics: p.reads}, From: math.MinInt64, To: to, Last: p.events.Position().Seq}
	err := p.events.Samples(ctx, q, func(n store.Numbered) error {
		if len(p.rest)+n.Block.Len() > maxReplayed {
			return errTooMany
		}
		for i := range n.Block.Times {
			p.rest = append(p.rest, n.Block.Row(i))
		}
		return nil
	})
	if errors.Is(err, errTooMany) {
		return fmt.Errorf("%w: the rule asks how cases stood, for which all events of %v before the end of the range are gone through; there are more than %d", ErrRange, p.reads, maxReplayed)
	}
	slices.SortStableFunc(p.rest, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return err
}

// nothing is a store without events.
type nothing struct{}

func (nothing) Position() store.Position { return store.Position{} }

func (nothing) Scan(context.Context, store.ScanQuery, func(uint64, *event.Block) error) error {
	return nil
}

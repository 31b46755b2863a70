package engine

import (
	"context"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Trial is a definition with all of history in it that is not in force: what it
// would say is seen before it is put. It answers as the engine does; what a
// question says of a KPI and a version does not matter.
type Trial struct {
	e *Engine
	v *version
}

// Try evaluates a definition over everything stored. It is for the caller to
// bound how long that may take, and how many do it at once.
func (e *Engine) Try(ctx context.Context, d *kpi.Definition) (*Trial, error) {
	v, err := e.afresh(ctx, Record{Origin: API, Source: d.Source, Basis: d.Basis}, d)
	if err != nil {
		return nil, err
	}
	v.ready.Store(true) // it is complete, though nothing live comes to it
	return &Trial{e, v}, nil
}

// Value answers a question.
func (t *Trial) Value(q Question) (Answer, error) {
	by, err := t.v.broken(q.By)
	if err != nil {
		return Answer{}, err
	}
	a, err := t.e.value(t.v, by, q)
	a.Seq = t.v.seq
	return a, err
}

// History answers a question at every step of a span.
func (t *Trial) History(ctx context.Context, q Question, span Span) (Answer, []Course, error) {
	by, err := t.v.broken(q.By)
	if err != nil {
		return Answer{}, nil, err
	}
	a, all, err := t.e.history(ctx, t.v, by, q, span)
	a.Seq = t.v.seq
	return a, all, err
}

// Diff compares the definition in force of its name with it, as Engine.Diff does
// two versions. What gives no verdicts on cases, or is new, cannot be compared.
func (t *Trial) Diff(from, to, at int64, limit int) (Diff, error) {
	t.e.mu.RLock()
	s, ok := t.e.byName[t.v.def.Name]
	var current *version
	if ok {
		current = s.current()
	}
	t.e.mu.RUnlock()
	switch {
	case !ok:
		return Diff{}, fmt.Errorf("%w: %q", ErrUnknown, t.v.def.Name)
	case !current.ready.Load():
		return Diff{}, fmt.Errorf("%w: %s still reads history", ErrQuestion, current.def.Name)
	}
	return t.e.compare(current, t.v, from, to, at, limit)
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Diff is what two versions of a definition say of the same cases.
type Diff struct {
	KPI    string `json:"kpi"`
	Before int    `json:"a"`
	After  int    `json:"b"`
	// Compared counts the cycles with a deadline or an end in the range under
	// either version, Flipped those whose verdict differs.
	Compared int `json:"compared"`
	Flipped  int `json:"flipped"`
	// Cases are the flipped ones, ordered by case, cut off at a limit.
	Cases []Flip `json:"cases"`
}

// Flip is a cycle of a case on which the versions differ. A version that has no
// such cycle says nothing: "".
type Flip struct {
	CaseID         string          `json:"caseId"`
	Goal           string          `json:"goal,omitempty"`
	Start          int64           `json:"start"`
	Before         kpi.CaseVerdict `json:"before"`
	After          kpi.CaseVerdict `json:"after"`
	DeadlineBefore *int64          `json:"deadlineBefore"`
	DeadlineAfter  *int64          `json:"deadlineAfter"`
	End            *int64          `json:"end"`
}

// Diff compares two versions over the cycles whose deadline or end is in
// [from, to), as of `at`; 0 stands for the version before the newest, and for
// the newest. A version that no longer goes on is evaluated anew.
func (e *Engine) Diff(ctx context.Context, name string, before, after int, from, to, at int64, limit int) (d Diff, err error) {
	e.mu.RLock()
	s, ok := e.byName[name]
	if !ok {
		e.mu.RUnlock()
		return Diff{}, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	newest := s.newest().Number
	if after == 0 {
		after = newest
	}
	if before == 0 {
		before = after - 1
	}
	a, b := s.number(before), s.number(after)
	e.mu.RUnlock()
	if a == nil || b == nil {
		return Diff{}, fmt.Errorf("%w: %s has the versions up to %d; %d and %d cannot be compared", ErrQuestion, name, newest, before, after)
	}
	if a, err = e.evaluated(ctx, a); err != nil {
		return Diff{}, err
	}
	if b, err = e.evaluated(ctx, b); err != nil {
		return Diff{}, err
	}
	return e.compare(a, b, from, to, at, limit)
}

// compare compares two versions with everything stored in them.
func (e *Engine) compare(before, after *version, from, to, at int64, limit int) (Diff, error) {
	type cycle struct {
		key   uint32
		goal  string
		start int64
	}
	name, tag := after.def.Name, ""
	flips := map[cycle]*Flip{}
	for i, v := range [2]*version{before, after} {
		view, ok := v.eval.(kpi.CaseView)
		if !ok {
			return Diff{}, fmt.Errorf("%w: version %d of %s is of type %s, which gives no verdicts on cases", ErrQuestion, v.Number, name, v.def.Type)
		}
		tag = view.CaseTag()
		v.lock()
		for c := range view.Cycles(from, to, at) {
			id := cycle{c.Key, c.Goal, c.Start}
			f := flips[id]
			if f == nil {
				f = &Flip{Goal: c.Goal, Start: c.Start}
				flips[id] = f
			}
			f.take(c, i == 1)
		}
		v.mu.Unlock()
	}
	d := Diff{KPI: name, Before: before.Number, After: after.Number, Compared: len(flips), Cases: []Flip{}}
	for id, f := range flips {
		if f.Before != f.After {
			f.CaseID = e.keys.Text(tag, id.key)
			d.Cases = append(d.Cases, *f)
		}
	}
	d.Flipped = len(d.Cases)
	slices.SortFunc(d.Cases, func(a, b Flip) int {
		if c := strings.Compare(a.CaseID, b.CaseID); c != 0 {
			return c
		}
		return int(max(-1, min(1, a.Start-b.Start)))
	})
	d.Cases = d.Cases[:min(limit, len(d.Cases))]
	return d, nil
}

func (f *Flip) take(c kpi.Cycle, after bool) {
	if c.Ended {
		f.End = new(c.End)
	}
	var deadline *int64
	if c.Bound {
		deadline = new(c.Deadline)
	}
	if after {
		f.After, f.DeadlineAfter = c.Verdict, deadline
	} else {
		f.Before, f.DeadlineBefore = c.Verdict, deadline
	}
}

// evaluated is a version with everything stored in it: itself where it goes on,
// otherwise a fresh one of the same definition.
func (e *Engine) evaluated(ctx context.Context, v *version) (*version, error) {
	if v.ready.Load() {
		return v, nil
	}
	return e.afresh(ctx, v.Record, v.def)
}

// afresh evaluates a definition over everything stored, beside what goes on.
func (e *Engine) afresh(ctx context.Context, r Record, d *kpi.Definition) (*version, error) {
	if err := e.o.Stored(ctx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fresh := e.version(r, d)
	defer fresh.end()
	stop := context.AfterFunc(ctx, fresh.end)
	defer stop()
	err := e.scan([]*version{fresh}, 0, e.o.History.Position().Seq)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return fresh, err
}

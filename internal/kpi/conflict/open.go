package conflict

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// Conflicts implements kpi.ConflictFinder.
func (e *Evaluator) Conflicts(at int64) []kpi.Conflict {
	var all []kpi.Conflict
	for l := range levels {
		for _, key := range e.openCases(l, at) {
			all = append(all, e.explain(l, key, at))
		}
	}
	slices.SortFunc(all, func(a, b kpi.Conflict) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Case, b.Case))
	})
	return all
}

// openCases looks back from at, further each time, until all cases are found
// that have an open conflict of a level: how many there are is known.
func (e *Evaluator) openCases(l level, at int64) (found []uint32) {
	total := e.index.Total()
	missing := open(total, l, at)
	decided := map[float64]bool{}
	for to, span := at, time.Hour.Milliseconds(); missing > 0 && to > math.MinInt64; span *= 4 {
		from := int64(math.MinInt64)
		if to > span {
			from = to - span
		}
		for _, o := range e.outcomes(e.walk(total, l, from, to)) {
			if net := o.settle(); net != 0 && !decided[o.key] {
				decided[o.key] = true
				if net > 0 {
					found = append(found, uint32(o.key))
					missing--
				}
			}
		}
		to = from
	}
	return found
}

// outcome is how some flips leave a case.
type outcome struct {
	key float64
	t   int64
	net int // of the flips at t
	was int // before
}

func (o *outcome) take(f flip) {
	if f.t != o.t {
		o.was, o.t, o.net = o.settle(), f.t, 0
	}
	if f.kind == closed {
		o.net--
	} else {
		o.net++
	}
}

// settle is above 0 with an open conflict, below 0 without one, and 0 where the
// flips cannot tell: what begins and ends in one instant leaves things as they
// were.
func (o *outcome) settle() int {
	if o.net != 0 {
		return o.net
	}
	return o.was
}

func (e *Evaluator) outcomes(flips []flip) (all []outcome) {
	e.round.begin(e.top)
	for _, f := range flips {
		at, ok := e.round.get(f.key)
		if !ok {
			at = len(all)
			e.round.set(f.key, at)
			all = append(all, outcome{key: f.key})
		}
		all[at].take(f)
	}
	return all
}

// trace is who is in the conflicts of a case, by level.
type trace [levels][]uint32

func (t *trace) start(l level) {
	if t != nil {
		t[l] = nil
	}
}

func (t *trace) note(l level, who ...uint32) {
	if t != nil {
		t[l] = append(t[l], who...)
	}
}

// explain runs through the events of a case up to at once more.
func (e *Evaluator) explain(l level, key uint32, at int64) kpi.Conflict {
	r, m, who := e.rules, machine{}, trace{}
	r.trace = &who
	defer func() { r.trace = nil }()
	var found []facts.Fact
	label := uint32(0)
	for _, ev := range e.cases.Events(key) {
		if ev.T < at {
			label = ev.Label
			found = r.Step(&m, ev, found)
		}
	}
	if l == coPresence {
		for i := range m.leases.n {
			if l := m.leases.at(i); l.t+r.lease >= at {
				who.note(coPresence, l.who)
			}
		}
	}
	found = r.advance(&m, at, found)

	c := kpi.Conflict{Key: e.spec.Key, Case: key, Level: levelNames[l], Tags: e.labels.Tags(label, e.by)}
	for _, f := range found {
		if f.Kind == started+l && f.T < at {
			c.Since = f.T
		}
	}
	for _, code := range who[l] {
		c.Agents = append(c.Agents, e.agents.Text(code))
	}
	slices.Sort(c.Agents)
	c.Agents = slices.Compact(c.Agents)
	return c
}

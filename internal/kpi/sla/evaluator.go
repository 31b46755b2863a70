package sla

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// Evaluator holds the clocks of all cases.
type Evaluator struct {
	spec   *Spec
	labels *facts.Labels // of events
	groups *groups       // of facts
	index  *facts.Index
	goals  []*goal
	usual  usual
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, env *kpi.Env) kpi.Evaluator {
	e := &Evaluator{spec: s, labels: facts.NewLabels(s.caseTags(c)), index: newIndex(len(c.By) > 0)}
	e.groups = newGroups(c, s, e.labels)
	for _, terms := range s.terms() {
		g := &goal{
			terms: terms, kinds: s.kinds(&terms), share: s.AtRisk,
			index: e.index, labels: e.labels, groups: &view{groups: e.groups, goal: terms.Name},
		}
		if env != nil {
			g.calendar = env.Calendars[terms.Calendar]
		}
		g.cases = fold.NewKeyed[clock](g, e.index)
		e.goals = append(e.goals, g)
	}
	return e
}

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	keys := b.Texts(e.spec.Key)
	codes, _ := b.Codes(e.spec.Key)
	e.labels.Use(b.Block)
	earliest := int64(math.MaxInt64)
	for _, g := range e.goals {
		earliest = g.apply(b, keys, codes, earliest)
	}
	e.usual.correct(earliest)
}

// Changes implements kpi.Evaluator.
func (e *Evaluator) Changes(from, to, window int64) bool {
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window) || e.riskMoves(from, to)
}

// Forget implements kpi.Evaluator.
func (e *Evaluator) Forget(t int64) {
	e.index.Forget(t)
	for _, g := range e.goals {
		g.cases.Forget(t)
	}
}

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	dst = e.groups.AppendBinary(e.labels.AppendBinary(dst))
	dst = e.index.AppendBinary(dst)
	for _, g := range e.goals {
		dst = g.cases.AppendBinary(g.values.AppendBinary(dst))
	}
	return dst
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.groups.Restore(r)
	e.index.Restore(r)
	for _, g := range e.goals {
		g.values.Restore(r)
		g.targets, g.groups.found, g.board = nil, [2][]uint32{}, board{}
		g.cases.Restore(r)
	}
	e.usual = usual{}
}

package sla

import (
	"encoding/binary"
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
	// newest is the latest event time, revision counts what changed the facts.
	newest   int64
	revision int

	// What is worth remembering between two questions.
	usual usual
	soon  soon
	last  lastCuts
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, env *kpi.Env) kpi.Evaluator {
	grouped := len(c.By) > 0 || s.Queue != "" || len(s.Goals) > 0
	e := &Evaluator{spec: s, newest: math.MinInt64, labels: facts.NewLabels(s.caseTags(c)), index: newIndex(grouped)}
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
	read := span{math.MaxInt64, math.MinInt64}
	for _, g := range e.goals {
		g.apply(b, keys, codes, &read)
	}
	e.newest = max(e.newest, read.latest)
	e.revision++
	e.usual.correct(read.earliest)
}

// span is from when to when events were.
type span struct{ earliest, latest int64 }

// Changes implements kpi.Evaluator.
func (e *Evaluator) Changes(from, to, window int64) bool {
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window) || e.soonMoves(from, to)
}

// Forget implements kpi.Evaluator. What is usual in a queue at t depends on the
// weeks before.
func (e *Evaluator) Forget(t int64) {
	t = fullHour(t) - usualDays
	e.index.Forget(t)
	e.revision++
	for _, g := range e.goals {
		g.cases.Forget(t)
	}
}

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	dst = binary.AppendVarint(dst, e.newest)
	dst = e.groups.AppendBinary(e.labels.AppendBinary(dst))
	dst = e.index.AppendBinary(dst)
	for _, g := range e.goals {
		dst = g.cases.AppendBinary(g.values.AppendBinary(dst))
	}
	return dst
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.newest = r.Varint()
	e.labels.Restore(r)
	e.groups.Restore(r)
	e.index.Restore(r)
	for _, g := range e.goals {
		g.values.Restore(r)
		g.targets, g.groups.found, g.board = nil, [2][]uint32{}, board{}
		g.cases.Restore(r)
	}
	e.usual, e.soon, e.last = usual{}, soon{}, lastCuts{}
}

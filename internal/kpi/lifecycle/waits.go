package lifecycle

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// The facts of first responses. All of a case lie at its first contact, and their
// number is when something became so: what is not before an instant is not so as
// of that instant.
const (
	// waits end when the case is answered, cancelled or, for this group, given
	// tags of another one by its answer.
	waits facts.Kind = iota
	answered
	gone // cancelled without an answer
	lost // an event that is of no case known; at its own time, and not wide
)

func newResponseIndex(grouped bool) *facts.Index {
	return facts.NewIndex([]bool{waits: true, answered: true, gone: true, lost: false}, grouped)
}

// wait is what is remembered of a case.
type wait struct {
	since int64
	label uint32
	phase phase
}

type phase uint8

const (
	unheard phase = iota
	waiting
	over
)

type responseRules struct{ rules }

// Resting implements fold.Rules: a wait that began before the horizon counts in no
// window, and may be forgotten.
func (responseRules) Resting(*wait) bool { return true }

// Step implements fold.Rules.
func (r responseRules) Step(w *wait, e fold.Event, found []facts.Fact) []facts.Fact {
	add := func(k facts.Kind, t int64, end int64) {
		found = append(found, facts.Fact{Kind: k, Group: w.label, T: t, X: float64(end)})
	}
	switch {
	case w.phase == unheard && e.Kind == started:
		*w = wait{since: e.T, label: e.Label, phase: waiting}
	case w.phase == unheard:
		found = append(found, facts.Fact{Kind: lost, Group: e.Label, T: e.T})
	case w.phase != waiting || e.Kind == started:
	case e.Kind == responded:
		add(waits, w.since, e.T)
		w.label = r.labels.Fill(w.label, e.Label)
		add(answered, w.since, e.T)
		w.phase = over
	case e.Kind == cancelled:
		add(waits, w.since, e.T)
		add(gone, w.since, e.T)
		w.phase = over
	}
	return found
}

// Pending implements fold.Rules.
func (responseRules) Pending(w *wait, found []facts.Fact) []facts.Fact {
	if w.phase == waiting {
		found = append(found, facts.Fact{Kind: waits, Group: w.label, T: w.since, X: math.Inf(1)})
	}
	return found
}

package calls

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// The kinds of facts. How a call ended is a fact at the time of its offer, with
// the time of the end for a number: as of an earlier time it was not so yet.
const (
	offered facts.Kind = iota
	answeredWithin
	answeredLate
	abandonedShort
	abandonedLong
	// waited is an answer, at its own time, with the wait for a number.
	waited
	// unmatched is the end of a call whose offer is not known; it counts at its
	// own time, as its offer, too.
	unmatched
	// repeated is the end of a call that had ended.
	repeated
	// invalid is a wait that is none.
	invalid

	kindCount
)

func wide() []bool {
	wide := make([]bool, kindCount)
	for _, kind := range []facts.Kind{answeredWithin, answeredLate, abandonedShort, abandonedLong, waited} {
		wide[kind] = true
	}
	return wide
}

// Events, in the order in which they come within an instant. The A of an end is
// the wait in microseconds, or noWait, and B its kind.
const (
	eventOffered uint8 = iota + 1
	eventAnswered
	eventAbandoned
)

// noWait is the wait of an event whose value is none.
const noWait = -1

// call is what has to be remembered of a call.
type call struct {
	offeredAt int64
	label     uint32
	known     bool
	// waiting: it was offered and has not ended.
	waiting bool
}

// rules implement fold.Rules.
type rules struct {
	labels *facts.Labels
}

func (*rules) Rank(kind uint8) int     { return int(kind) }
func (r *rules) Labels() *facts.Labels { return r.labels }
func (*rules) People() *facts.Dict     { return nil }

// Step: each offer begins a call, so that a call passed on to another queue is
// one in each; the first answer or abandonment after it ends it.
func (r *rules) Step(m *call, e fold.Event, found []facts.Fact) []facts.Fact {
	if e.Kind == eventOffered {
		*m = call{offeredAt: e.T, label: e.Label, known: true, waiting: true}
		return append(found, facts.Fact{Kind: offered, Group: e.Label, T: e.T})
	}
	switch {
	case !m.known:
		*m = call{offeredAt: e.T, label: e.Label, known: true}
		// It must have been offered once: its end stands for that, too.
		found = append(found, facts.Fact{Kind: unmatched, Group: e.Label, T: e.T}, facts.Fact{Kind: offered, Group: e.Label, T: e.T})
	case !m.waiting:
		return append(found, facts.Fact{Kind: repeated, Group: r.labels.Fill(m.label, e.Label), T: e.T})
	}
	m.waiting = false
	return end(found, e, m.offeredAt, m.label, r.labels.Fill(m.label, e.Label))
}

// end appends the facts of the end of a call offered at a time: its place in the
// service level is the offer's, its wait may have tags that only an answer has.
func end(found []facts.Fact, e fold.Event, at int64, label, filled uint32) []facts.Fact {
	switch kind := facts.Kind(e.B); kind {
	case answeredWithin, answeredLate, abandonedShort, abandonedLong:
		found = append(found, facts.Fact{Kind: kind, Group: label, T: at, X: float64(e.T)})
	}
	switch {
	case e.A == noWait:
		found = append(found, facts.Fact{Kind: invalid, Group: filled, T: e.T})
	case e.Kind == eventAnswered:
		found = append(found, facts.Fact{Kind: waited, Group: filled, T: e.T, X: float64(e.A)})
	}
	return found
}

// Pending: every fact of a call stands, whatever follows.
func (*rules) Pending(_ *call, found []facts.Fact) []facts.Fact { return found }

// Resting: the events say it all.
func (*rules) Resting(*call) bool { return true }

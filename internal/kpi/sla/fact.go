package sla

import "github.com/hms-ops/hms-monitor/internal/kpi/facts"

// The facts. Each is +1 at an instant, so that any figure as of any instant is a
// sum of ranks: what has entered a state before it, less what has left. A fact
// may lie ahead: an open cycle misses its deadline unless something happens.
//
// A cycle goes through the states on track, at risk, breached and paused. A
// deadline that passes unmet takes a cycle from at risk to breached, so that
// every due fact without a met one has a risk fact before it.
const (
	// entered: a cycle with a deadline is open. It is left by closedMet,
	// closedLate, dropped or left.
	entered facts.Kind = iota
	left
	// due stands at the deadline, met as well if the cycle ended by it.
	due
	met
	// closedMet and closedLate stand at the stop and keep how long the cycle took,
	// in groups that tell the queue.
	closedMet
	closedLate
	// dropped: cancelled before the deadline.
	dropped
	// risk begins, and calmed ends otherwise than by a breach.
	risk
	calmed
	// overdueIn and overdueOut correct breached where a cycle leaves it other
	// than by its stop: when it is cancelled, or gets another group.
	overdueIn
	overdueOut
	pauseBegan
	pauseEnded
	// goalless stands at the start of a cycle without a deadline.
	goalless
	// unmatched stops had no start before them; repeated are starts of an open
	// cycle and stops of an ended one; keyless events name no case.
	unmatched
	repeated
	keyless

	kindCount
)

func newIndex(grouped bool) *facts.Index {
	wide := make([]bool, kindCount)
	wide[closedMet], wide[closedLate] = true, true
	return facts.NewIndex(wide, grouped)
}

// counter counts the facts of one series.
type counter struct{ facts.Cut }

// live are the open cycles by state, those at risk by the share left alone.
func (c counter) live(at int64) Live {
	n := func(k facts.Kind) int { return c.Rank(k, at) }
	missed, late := n(due)-n(met), n(closedLate)
	l := Live{
		Paused:   n(pauseBegan) - n(pauseEnded),
		Breached: missed + n(overdueIn) - n(overdueOut) - late,
		AtRisk:   n(risk) - n(calmed) - missed,
	}
	open := n(entered) - n(left) - n(dropped) - n(closedMet) - late
	l.OnTrack = open - l.Paused - l.Breached - l.AtRisk
	return l
}

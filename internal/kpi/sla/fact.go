package sla

import "github.com/hms-ops/hms-monitor/internal/kpi/facts"

// The facts. Each is +1 at an instant, so that any figure as of any instant is a
// sum of ranks: what has entered a state before it, less what has left. A fact
// may lie ahead: an open cycle misses its deadline unless something happens.
//
// A cycle goes through the states on track, at risk, breached and paused. A
// missed deadline takes a cycle from at risk to breached, so that every missed
// fact has a risk fact before it.
const (
	// entered: a cycle with a deadline is open. It is left by closedMet,
	// closedLate, dropped or left.
	entered facts.Kind = iota
	left
	// metDeadline and missedDeadline stand at the deadline.
	metDeadline
	missedDeadline
	// closedMet and closedLate stand at the stop.
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

	// The kinds from here on are asked for by queue only. calm and calmOver keep
	// when a cycle began to be on track and when that ended, at its deadline;
	// handled keeps how long a cycle took, at its end.
	calm
	calmOver
	handled

	kindCount
)

func newIndex(grouped bool) *facts.Index {
	wide := make([]bool, kindCount)
	wide[calm], wide[calmOver], wide[handled] = true, true, true
	x := facts.NewIndex(wide, grouped)
	x.Apart(calm, calmOver, handled)
	return x
}

// counter counts the facts of one series.
type counter struct{ facts.Cut }

// live are the open cycles by state, those at risk by the share left alone.
type live struct{ breached, atRisk, onTrack, paused int }

func (c counter) live(at int64) live {
	n := func(k facts.Kind) int { return c.Rank(k, at) }
	missed, late := n(missedDeadline), n(closedLate)
	l := live{
		paused:   n(pauseBegan) - n(pauseEnded),
		breached: missed + n(overdueIn) - n(overdueOut) - late,
		atRisk:   n(risk) - n(calmed) - missed,
	}
	open := n(entered) - n(left) - n(dropped) - n(closedMet) - late
	l.onTrack = open - l.paused - l.breached - l.atRisk
	return l
}

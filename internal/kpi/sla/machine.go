package sla

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// Rank implements fold.Rules.
func (*goal) Rank(means uint8) int { return int(means) }

// Labels implements fold.Rules.
func (g *goal) Labels() *facts.Labels { return g.labels }

// People implements fold.Rules: Who of an event is a value of the target's tag.
func (g *goal) People() *facts.Dict { return &g.values }

// Resting implements fold.Rules.
func (*goal) Resting(c *clock) bool { return c.phase == idle }

// Step implements fold.Rules.
func (g *goal) Step(c *clock, e fold.Event, found []facts.Fact) []facts.Fact {
	w := writer{g, c, found}
	w.step(e)
	return w.found
}

// Pending implements fold.Rules.
func (g *goal) Pending(c *clock, found []facts.Fact) []facts.Fact {
	w := writer{g, c, found}
	switch {
	case c.phase == idle:
	case !c.bound:
		w.add(goalless, c.start)
	case c.phase == running:
		w.add(due, c.deadline)
		if !c.risked {
			w.add(risk, c.risk)
		}
	}
	return w.found
}

// writer takes events in and writes down the facts that follow.
type writer struct {
	*goal
	*clock
	found []facts.Fact
}

func (w *writer) add(k facts.Kind, t int64) {
	w.found = append(w.found, facts.Fact{Kind: k, Group: w.groups.plain(w.label), T: t})
}

func (w *writer) addClosed(k facts.Kind, t int64) {
	w.found = append(w.found, facts.Fact{Kind: k, Group: w.groups.byQueue(w.label), T: t, X: float64(w.used)})
}

func (w *writer) step(e fold.Event) {
	if e.Kind == changed && e.Who != 0 {
		w.value = e.Who
	}
	if w.phase == idle {
		w.outside(e)
		return
	}
	w.join(e)
	switch e.Kind {
	case started, reopened:
		w.add(repeated, e.T)
	case changed:
		w.retarget(e.T)
	case paused:
		w.pause(e.T)
	case resumed:
		w.resume(e.T)
	case stopped:
		w.stop(e.T)
	case cancelled:
		w.cancel(e.T)
	}
}

// outside takes an event in that finds no open cycle.
func (w *writer) outside(e fold.Event) {
	switch e.Kind {
	case started, reopened:
		w.begin(e)
	case stopped:
		k := unmatched
		if w.known {
			k = repeated
		}
		w.label = w.labels.Fill(e.Label, w.before)
		w.add(k, e.T)
	}
}

func (w *writer) begin(e fold.Event) {
	if e.Who != 0 {
		w.value = e.Who
	}
	w.phase, w.known = running, true
	w.start, w.since, w.used = e.T, e.T, 0
	w.own, w.label = e.Label, w.labels.Fill(e.Label, w.before)
	deadline, given := unpackDue(e.T, e.A)
	w.bind(w.clock, e.T, deadline, given)
	if w.bound {
		w.add(entered, e.T)
	}
}

// end closes the books of a cycle.
func (w *writer) end() {
	if !w.bound {
		w.add(goalless, w.start)
	}
	w.phase, w.before = idle, w.label
}

// stretch ends the running stretch at t. If the cycle came to be at risk before,
// that is no longer pending.
func (w *writer) stretch(t int64) (atRisk bool) {
	if !w.bound {
		w.count(w.clock, t)
		return false
	}
	atRisk = w.risk < t || w.breached(t)
	if atRisk && !w.risked {
		w.add(risk, w.risk)
		w.risked = true
	}
	w.count(w.clock, t)
	return atRisk
}

// calmly ends the running stretch of a cycle that leaves the state at risk, if it
// is in it.
func (w *writer) calmly(t int64) {
	if w.stretch(t) {
		w.add(calmed, t)
	}
	w.risked = false
}

// pause stops the clock, unless it stands or the deadline has passed.
func (w *writer) pause(t int64) {
	if w.phase != running || w.breached(t) {
		return
	}
	w.calmly(t)
	w.phase = standing
	if w.bound {
		w.add(pauseBegan, t)
	}
}

// resume lets the clock run again, if it stands.
func (w *writer) resume(t int64) {
	if w.phase != standing {
		return
	}
	lasted := t - w.since
	w.phase, w.since = running, t
	if !w.bound {
		return
	}
	w.add(pauseEnded, t)
	if lasted > 0 {
		w.aim(w.clock, t)
	} else { // it never stood: a deadline that was given stays to the letter
		w.risk = w.riskFrom(w.clock, t)
	}
}

// retarget gives a cycle the target of the value now in force, unless its
// deadline was given or has passed.
func (w *writer) retarget(t int64) {
	if !w.bound || w.given || w.breached(t) {
		return
	}
	target := w.targetOf(w.value)
	if target == w.target {
		return
	}
	if w.phase == running {
		w.calmly(t)
	}
	w.target = target
	if w.phase == running {
		w.aim(w.clock, t)
	}
}

func (w *writer) stop(t int64) {
	w.resume(t)
	switch {
	case !w.bound:
		w.stretch(t)
	case w.breached(t):
		w.stretch(t)
		w.add(due, w.deadline)
		w.addClosed(closedLate, t)
	default:
		w.calmly(t)
		w.add(due, w.deadline)
		w.add(met, w.deadline)
		w.addClosed(closedMet, t)
	}
	w.end()
}

// cancel drops a cycle; one whose deadline is not before t any more missed it.
func (w *writer) cancel(t int64) {
	switch {
	case w.phase == standing:
		if w.bound {
			w.add(pauseEnded, t)
			w.add(dropped, t)
		}
	case !w.bound:
		w.stretch(t)
	case w.breached(t) || w.deadline == t:
		w.stretch(t)
		if !w.risked {
			w.add(risk, w.risk)
		}
		w.add(due, w.deadline)
		w.add(overdueOut, t)
		w.add(left, t)
	default:
		w.calmly(t)
		w.add(dropped, t)
	}
	w.end()
}

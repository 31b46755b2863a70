package sla

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// chooser offers the clocks of a goal that a list asks for.
type chooser struct {
	*listing
	*goal
	// matching and soon are what is known of labels so far: whether the list asks
	// for them (1) or not (2), and before which deadline a cycle is at risk.
	matching []uint8
	soon     []int64

	events []fold.Event // scratch
}

func (l *listing) chooser(g *goal) *chooser {
	return &chooser{listing: l, goal: g, matching: make([]uint8, l.Evaluator.labels.Len()), soon: make([]int64, l.Evaluator.labels.Len())}
}

// matches reports whether the list asks for cycles of a label.
func (c *chooser) matches(label uint32) bool {
	if len(c.Tags) == 0 {
		return true
	}
	if c.matching[label] == 0 {
		c.matching[label] = 1
		labels := c.Evaluator.labels
		for i, key := range labels.Keys {
			if want, ok := c.Tags[key]; ok {
				if got, there := labels.Text(label, i); !there || got != want {
					c.matching[label] = 2
				}
			}
		}
	}
	return c.matching[label] == 1
}

// state is how an open clock stands.
func (c *chooser) state(o *openClock) kpi.CaseState {
	switch {
	case !o.bound:
		return kpi.CaseWithoutGoal
	case o.phase == standing:
		return kpi.CasePaused
	case o.late || o.deadline < c.At:
		return kpi.CaseBreached
	case o.risk < c.At || o.deadline < c.soonBefore(o.label):
		return kpi.CaseAtRisk
	}
	return kpi.CaseOnTrack
}

func (c *chooser) soonBefore(label uint32) int64 {
	if c.soon[label] == 0 {
		c.soon[label] = c.Evaluator.soonBefore(c.goal, label, c.At)
	}
	return c.soon[label]
}

// open offers a clock of the board.
func (c *chooser) open(place int, o *openClock) {
	if o.start >= c.At || !c.matches(o.label) {
		return
	}
	if c.State != "" && c.State != c.state(o) {
		return
	}
	x := candidate{chooser: c, key: o.key, at: place}
	if c.Order == kpi.ByAge {
		x.sort = o.start
	} else {
		x.class, x.sort = c.urgency(o)
	}
	c.offer(x)
}

// urgency is the place of an open clock in the order of the next breach.
func (c *chooser) urgency(o *openClock) (class uint8, sort int64) {
	switch {
	case !o.bound:
		return classGoalless, o.start
	case o.phase == standing:
		return classPaused, o.deadline
	case o.late || o.deadline < c.At:
		if c.mixed {
			return classBreached, -c.between(o.deadline, c.At)
		}
		return classBreached, o.deadline
	}
	if c.mixed {
		return classRunning, c.between(c.At, o.deadline)
	}
	return classRunning, o.deadline
}

// closed offers the cases that are not open. It reads the events of each, but
// follows only those that may have ended late enough to be listed.
func (c *chooser) closed() {
	for key := range uint32(c.cases.Len()) {
		if int(key) < len(c.board.places) && c.board.places[key] > 0 {
			continue
		}
		c.events = c.cases.AppendEvents(c.events[:0], key)
		n := len(c.events)
		if n == 0 {
			continue
		}
		x := candidate{chooser: c, key: key, class: classClosed, sort: -c.events[n-1].T, at: -1}
		if len(c.best) >= c.Limit && (c.Limit <= 0 || c.compare(&x, &c.best[0]) > 0) {
			continue
		}
		if end, label, ok := c.lastEnd(c.events); ok && c.matches(label) {
			x.sort = -end
			c.offer(x)
		}
	}
}

// lastEnd is when the last cycle of a case that is not open ended.
func (g *goal) lastEnd(events []fold.Event) (end int64, label uint32, ok bool) {
	for r := range g.replay(events) {
		if r.ended() {
			end, label, ok = r.e.T, r.after.label, true
		}
	}
	return end, label, ok
}

package sla

import (
	"math"
	"time"
)

// phase says what a clock does.
type phase uint8

const (
	idle phase = iota // no cycle is open
	running
	standing // the cycle is paused
)

// clock is what is remembered of a case between its events: 72 bytes.
type clock struct {
	// start is when the cycle began. since is when the running or the paused
	// stretch did, and used is the time counted before it (ms of open time).
	start, since, used int64
	// target is how long the cycle may take, deadline when it has to end, as far
	// as is known, and risk when it begins to be at risk.
	target, deadline, risk int64
	// own are the tags of the cycle's events, before those of the cycle before,
	// label both: the group.
	own, before, label uint32
	// value of the target's tag that is in force.
	value uint32
	phase phase
	// known: there has been a cycle.
	known bool
	// bound: the cycle has a deadline; given: it came with the start; late: it had
	// passed when it was set; risked: that it is at risk has been said.
	bound, given, late, risked bool
}

// breached reports whether the deadline passed before t. Nothing moves a deadline
// once it has, so an event at t finds the final one. A paused cycle has none.
func (c *clock) breached(t int64) bool {
	return c.bound && c.phase == running && (c.late || c.deadline < t)
}

// add is the instant d ms of open time after t.
func (g *goal) add(t, d int64) int64 {
	return g.calendar.Add(t, time.Duration(min(d, math.MaxInt64/int64(time.Millisecond)))*time.Millisecond)
}

// between is the open time between two instants in ms.
func (g *goal) between(from, to int64) int64 { return g.calendar.Between(from, to).Milliseconds() }

// count takes the time up to t in.
func (g *goal) count(c *clock, t int64) {
	c.used += g.between(c.since, t)
	c.since = t
}

// bind gives a cycle that begins at t its deadline: its own, or by its target.
func (g *goal) bind(c *clock, t, deadline int64, given bool) {
	c.bound, c.given, c.late, c.risked = true, given, false, false
	switch {
	case given && deadline < t:
		c.target, c.deadline, c.risk, c.late = 0, t, t, true
	case given:
		c.target, c.deadline = g.between(t, deadline), deadline
		c.risk = g.riskFrom(c, t)
	case g.terms.Target.none():
		c.bound = false
	default:
		c.target = g.targetOf(c.value)
		g.aim(c, t)
	}
}

// aim sets the deadline by what is left at t. Where that is less than nothing the
// deadline has passed by now; it is never put before t.
func (g *goal) aim(c *clock, t int64) {
	c.risked = false
	rest := c.target - c.used
	if rest < 0 {
		c.deadline, c.risk, c.late = t, t, true
		return
	}
	c.deadline = g.add(t, rest)
	c.risk = g.riskFrom(c, t)
}

// riskFrom is when no more than the share at_risk of the target is left, from t on.
func (g *goal) riskFrom(c *clock, t int64) int64 {
	rest := c.target - c.used - int64(g.share*float64(c.target))
	if rest <= 0 {
		return t
	}
	return min(g.add(t, rest), c.deadline)
}

package sla

import (
	"iter"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// moment is an event of a case, and its clock before and after it.
type moment struct {
	e             fold.Event
	before, after clock
	found         []facts.Fact
	// no counts the cycles, the one that the event begins or ends included.
	no int
}

// replay goes through the events of a case again.
func (g *goal) replay(events []fold.Event) iter.Seq[*moment] {
	return func(yield func(*moment) bool) {
		m := &moment{}
		for _, e := range events {
			m.e, m.before = e, m.after
			m.found = g.Step(&m.after, e, m.found[:0])
			if m.began() {
				m.no++
			}
			if !yield(m) {
				return
			}
		}
	}
}

func (m *moment) began() bool { return m.before.phase == idle && m.after.phase != idle }
func (m *moment) ended() bool { return m.before.phase != idle && m.after.phase == idle }

// verdict on the cycle that the event ended, and how.
func (m *moment) verdict() (kpi.CaseVerdict, kpi.CaseState) {
	state := kpi.CaseClosed
	if m.e.Kind == cancelled {
		state = kpi.CaseCancelled
	}
	for _, f := range m.found {
		switch f.Kind {
		case closedMet:
			return kpi.CycleMet, state
		case closedLate, overdueOut:
			return kpi.CycleMissed, state
		}
	}
	return kpi.CycleExcluded, state
}

// standing of an open clock as of at: what came of its cycle so far.
func (c *clock) verdict(at int64) kpi.CaseVerdict {
	switch {
	case !c.bound:
		return kpi.CycleExcluded
	case c.breached(at):
		return kpi.CycleMissed
	}
	return kpi.CyclePending
}

// cycle is a cycle in a replay.
func (m *moment) cycle(key uint32, g *goal, c *clock) kpi.Cycle {
	return kpi.Cycle{
		Key: key, Goal: g.terms.Name, No: m.no, Start: c.start,
		Deadline: c.deadline, Bound: c.bound && c.phase != standing,
	}
}

// Cycles implements kpi.CaseView.
func (e *Evaluator) Cycles(from, to, at int64) iter.Seq[kpi.Cycle] {
	return func(yield func(kpi.Cycle) bool) {
		var events []fold.Event
		for _, g := range e.goals {
			for key := range uint32(g.cases.Len()) {
				events = upTo(g.cases.AppendEvents(events[:0], key), at)
				if !g.cycles(key, events, from, to, at, yield) {
					return
				}
			}
		}
	}
}

// upTo leaves out the events from at on.
func upTo(events []fold.Event, at int64) []fold.Event {
	n := len(events)
	for n > 0 && events[n-1].T >= at {
		n--
	}
	return events[:n]
}

// cycles yields the cycles of one case that were due or ended in [from, to).
func (g *goal) cycles(key uint32, events []fold.Event, from, to, at int64, yield func(kpi.Cycle) bool) bool {
	in := func(t int64) bool { return from <= t && t < to }
	var last *moment
	for m := range g.replay(events) {
		last = m
		if !m.ended() {
			continue
		}
		c := m.cycle(key, g, &m.after)
		c.Ended, c.End = true, m.e.T
		c.Verdict, _ = m.verdict()
		if c.Verdict == kpi.CycleExcluded {
			c.Bound = false
		}
		if (in(c.End) || c.Bound && in(c.Deadline)) && !yield(c) {
			return false
		}
	}
	if last == nil || last.after.phase == idle {
		return true
	}
	c := last.cycle(key, g, &last.after)
	c.Verdict = last.after.verdict(at)
	return !c.Bound || !in(c.Deadline) || yield(c)
}

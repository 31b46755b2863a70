package sla

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Account implements kpi.CaseView.
func (e *Evaluator) Account(key uint32, at int64) (all []kpi.CycleAccount) {
	for _, g := range e.goals {
		a := accountant{Evaluator: e, g: g}
		for m := range g.replay(upTo(g.cases.Events(key), at)) {
			a.take(m)
		}
		a.settle(at)
		all = append(all, a.cycles...)
	}
	return all
}

// accountant keeps the account of one case under one goal.
type accountant struct {
	*Evaluator
	g      *goal
	cycles []kpi.CycleAccount
	// clock as of the last event, at.
	clock clock
	at    int64
}

// open is the account of the cycle that goes on.
func (a *accountant) open() *kpi.CycleAccount { return &a.cycles[len(a.cycles)-1] }

// take books an event.
func (a *accountant) take(m *moment) {
	if m.before.phase != idle {
		a.spans(m.e.T)
	}
	a.clock, a.at = m.after, m.e.T
	switch {
	case m.began():
		a.cycles = append(a.cycles, kpi.CycleAccount{
			Goal: a.g.terms.Name, Cycle: m.no, Start: m.e.T, Calendar: a.g.calendar.Name(),
			Targets: []kpi.TargetInForce{}, Spans: []kpi.ClockSpan{},
		})
		if a.clock.given {
			a.open().GivenBy = a.g.terms.DueTag
		}
		a.target()
	case m.ended():
		a.end(m)
	case m.after.target != m.before.target:
		a.target()
	}
}

// target books the target that is in force from now on.
func (a *accountant) target() {
	c := &a.clock
	if !c.bound {
		return
	}
	t := kpi.TargetInForce{From: a.at, TargetMs: c.target}
	if tag := a.g.terms.Target.Tag; tag != "" && !c.given {
		t.Tag, t.Value = tag, a.g.values.Text(c.value)
	}
	a.open().Targets = append(a.open().Targets, t)
}

// end closes the account of a cycle.
func (a *accountant) end(m *moment) {
	o, c := a.open(), &m.after
	o.End, o.EndedBy, o.UsedMs = new(m.e.T), a.g.nameOf(m.e.Kind), c.used
	o.Verdict, o.State = m.verdict()
	switch {
	case !c.bound || m.before.phase == standing && o.State == kpi.CaseCancelled:
	default:
		o.Deadline = new(c.deadline)
		o.RemainingMs, o.OverrunMs = a.g.spare(c, m.e.T)
	}
}

// settle books what is open as of at.
func (a *accountant) settle(at int64) {
	if a.clock.phase == idle {
		return
	}
	a.spans(at)
	o, c := a.open(), &a.clock
	o.Verdict, o.State = c.verdict(at), a.state(at)
	o.UsedMs = c.used
	if c.phase == running {
		o.UsedMs += a.g.between(c.since, at)
	}
	switch o.State {
	case kpi.CaseWithoutGoal:
	case kpi.CasePaused:
		o.RemainingMs, o.OverrunMs = balance(c.target - c.used)
	default:
		o.Deadline = new(c.deadline)
		o.RemainingMs, o.OverrunMs = a.g.spare(c, at)
	}
}

// state is how the clock stands as of at.
func (a *accountant) state(at int64) kpi.CaseState {
	c := &a.clock
	switch {
	case !c.bound:
		return kpi.CaseWithoutGoal
	case c.phase == standing:
		return kpi.CasePaused
	case c.breached(at):
		return kpi.CaseBreached
	case c.risk < at:
		return kpi.CaseAtRisk
	}
	if c.deadline < a.soonBefore(a.g, c.label, at) {
		return kpi.CaseAtRisk
	}
	return kpi.CaseOnTrack
}

// spans books the time from the last event to t.
func (a *accountant) spans(t int64) {
	c := &a.clock
	switch {
	case c.phase == standing:
		a.span(kpi.ClockSpan{From: a.at, To: t, State: kpi.ClockPaused})
	case !c.bound:
		a.hours(a.at, t, kpi.ClockRunning)
	default:
		a.hours(a.at, min(t, c.deadline), kpi.ClockRunning)
		a.hours(max(a.at, c.deadline), t, kpi.ClockOverdue)
	}
}

// hours books a stretch of a running clock by the hours of its calendar.
func (a *accountant) hours(from, to int64, state kpi.ClockState) {
	if from >= to {
		return
	}
	for _, s := range a.g.calendar.Spans(from, to) {
		span := kpi.ClockSpan{From: s.From, To: s.To, State: state, Why: s.Why, CountedMs: s.To - s.From, ShiftMs: s.Shift.Milliseconds()}
		if !s.Open {
			span.State, span.CountedMs = kpi.ClockClosed, 0
		}
		a.span(span)
	}
}

// span books a stretch of time, as a part of the one before if it is the same.
func (a *accountant) span(s kpi.ClockSpan) {
	spans := &a.open().Spans
	if n := len(*spans); n > 0 && s.From < s.To {
		if last := &(*spans)[n-1]; last.To == s.From && last.State == s.State && last.Why == s.Why {
			last.To, last.CountedMs, last.ShiftMs = s.To, last.CountedMs+s.CountedMs, last.ShiftMs+s.ShiftMs
			return
		}
	}
	if s.From < s.To {
		*spans = append(*spans, s)
	}
}

// nameOf is the event of a kind.
func (g *goal) nameOf(means uint8) string {
	for metric, m := range g.kinds {
		if m == means {
			return metric
		}
	}
	return ""
}

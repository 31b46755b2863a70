package sla

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// row makes what is shown of a candidate.
func (l *listing) row(c candidate) kpi.CaseRow {
	r := kpi.CaseRow{
		Key: c.key, CaseID: l.text(&c), Goal: c.terms.Name,
		Cursor: kpi.CaseCursor{At: l.At, Class: c.class, Sort: c.sort, Case: l.text(&c), Goal: c.terms.Name},
	}
	if c.at >= 0 {
		c.openRow(&r, &c.board.open[c.at])
	} else {
		c.closedRow(&r)
	}
	return r
}

func (c *chooser) openRow(r *kpi.CaseRow, o *openClock) {
	r.Tags, r.Opened, r.State = c.caseTags(o.label), o.start, c.state(o)
	switch r.State {
	case kpi.CaseWithoutGoal:
	case kpi.CasePaused:
		r.RemainingMs, r.OverrunMs = balance(o.deadline)
	case kpi.CaseBreached:
		r.Deadline, r.Met = new(o.deadline), new(false)
		r.OverrunMs = new(c.between(o.deadline, c.At))
	default:
		r.Deadline, r.RemainingMs = new(o.deadline), new(c.between(c.At, o.deadline))
	}
}

func (c *chooser) closedRow(r *kpi.CaseRow) {
	for m := range c.replay(c.cases.Events(r.Key)) {
		if !m.ended() {
			continue
		}
		verdict, state := m.verdict()
		is := &m.after
		r.Tags, r.State, r.Opened, r.Ended = c.caseTags(is.label), state, is.start, new(m.e.T)
		r.Deadline, r.Met, r.RemainingMs, r.OverrunMs = nil, nil, nil, nil
		if verdict == kpi.CycleExcluded {
			continue
		}
		r.Deadline, r.Met = new(is.deadline), new(verdict == kpi.CycleMet)
		r.RemainingMs, r.OverrunMs = c.spare(is, m.e.T)
	}
}

func (g *goal) caseTags(label uint32) map[string]string {
	tags := map[string]string{}
	for _, t := range g.labels.Tags(label, len(g.labels.Keys)) {
		tags[t.Key] = t.Value
	}
	return tags
}

// spare is the open time between t and the deadline: what is left, or what was
// overrun.
func (g *goal) spare(c *clock, t int64) (remaining, overrun *int64) {
	if c.late || c.deadline < t {
		return nil, new(g.between(c.deadline, t))
	}
	return new(g.between(t, c.deadline)), nil
}

// balance tells what is left from what is overdrawn.
func balance(rest int64) (remaining, overrun *int64) {
	if rest < 0 {
		return nil, new(-rest)
	}
	return new(rest), nil
}

package sla

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// chosen is what only the evaluator can tell of a row.
type chosen struct {
	opened, deadline int64 // as the board has them
	state            kpi.CaseState
	tags             map[string]string
	closed           *kpi.CaseRow // all of a closed one's
}

// choose notes how the best stand, so that the list can be made without the
// evaluator.
func (l *listing) choose() {
	l.chosen = make([]chosen, len(l.best))
	tags := map[uint32]map[string]string{}
	for i := range l.best {
		c, is := &l.best[i], &l.chosen[i]
		if c.at < 0 {
			is.closed = c.closedRow(c.key)
		} else {
			o := &c.board.open[c.at]
			if tags[o.label] == nil {
				tags[o.label] = c.caseTags(o.label)
			}
			*is = chosen{opened: o.start, deadline: o.deadline, state: c.state(o), tags: tags[o.label]}
		}
		c.at = i
	}
}

// rows makes the list. It must look at nothing that events change.
func (l *listing) rows() []kpi.CaseRow {
	slices.SortFunc(l.best, func(a, b candidate) int { return l.compare(&a, &b) })
	rows := make([]kpi.CaseRow, len(l.best))
	for i := range l.best {
		c, r := &l.best[i], &rows[i]
		if is := &l.chosen[c.at]; is.closed != nil {
			*r = *is.closed
		} else {
			c.openRow(r, is)
		}
		r.Key, r.CaseID, r.Goal = c.key, l.text(c), c.terms.Name
		r.Cursor = kpi.CaseCursor{At: l.At, Class: c.class, Sort: c.sort, Case: r.CaseID, Goal: r.Goal}
	}
	return rows
}

func (c *chooser) openRow(r *kpi.CaseRow, is *chosen) {
	r.Tags, r.Opened, r.State = is.tags, is.opened, is.state
	switch r.State {
	case kpi.CaseWithoutGoal:
	case kpi.CasePaused:
		r.RemainingMs, r.OverrunMs = balance(is.deadline)
	case kpi.CaseBreached:
		r.Deadline, r.Met = new(is.deadline), new(false)
		r.OverrunMs = new(c.between(is.deadline, c.At))
	default:
		r.Deadline, r.RemainingMs = new(is.deadline), new(c.between(c.At, is.deadline))
	}
}

func (c *chooser) closedRow(key uint32) *kpi.CaseRow {
	r := &kpi.CaseRow{}
	for m := range c.replay(c.cases.Events(key)) {
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
	return r
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

package sla

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// A cycle is at risk, too, if it has less time left than cycles of its queue and
// goal usually take: the median of those that ended in the 28 days before the
// last full hour, if they were ten at least. The full hour lets a median serve
// for an hour; what it is still depends on the events alone.
//
// Which cycles are open with how much time left is only known of now. As of an
// instant that lies further back than events may be ahead of their time, this
// rule says nothing, and the share of the target alone decides.
const (
	hour      = 3_600_000
	usualDays = 28 * 24 * hour
	usualMin  = 10
	// ahead is how far the newest event may lie ahead of now: clocks differ.
	ahead = 10 * 60_000
)

// usual is how long cycles take, as of the full hour until.
type usual struct {
	known bool
	until int64
	leads map[pair]lead
	// groups are the leads of groups by code, as far as they have been looked up.
	groups []lead
}

// lead is how much time should be left; that of a group without one has no goal.
type lead struct {
	goal   *goal
	median int64
}

// correct makes what is known be counted again if an event came in at t.
func (u *usual) correct(t int64) { u.known = u.known && t >= u.until }

func fullHour(at int64) int64 {
	rest := at % hour
	if rest < 0 {
		rest += hour
	}
	return at - rest
}

// leads tells how much time should be left as of at, by group.
func (e *Evaluator) leads(at int64) []lead {
	u := &e.usual
	if until := fullHour(at); !u.known || u.until != until {
		*u = usual{known: true, until: until, leads: e.medians(until)}
	}
	for code := len(u.groups); code < e.groups.Len(); code++ {
		p, _ := e.groups.pair(uint32(code))
		u.groups = append(u.groups, u.leads[p])
	}
	return u.groups
}

func (e *Evaluator) medians(until int64) map[pair]lead {
	byPair := map[pair][]uint32{}
	for code := range uint32(e.groups.Len()) {
		if p, ok := e.groups.pair(code); ok && e.index.Has(code) {
			byPair[p] = append(byPair[p], code)
		}
	}
	leads := map[pair]lead{}
	var took []float64
	for p, codes := range byPair {
		took = took[:0]
		for _, k := range [2]facts.Kind{closedMet, closedLate} {
			for _, ms := range e.index.Groups(codes).Range(k, until-usualDays, until) {
				took = append(took, ms)
			}
		}
		if len(took) < usualMin {
			continue
		}
		if l := (lead{e.goalOf(codes[0]), int64(stats.Quantile(took, 0.5))}); l.matters() {
			leads[p] = l
		}
	}
	return leads
}

// goalOf is the goal of a group that tells it.
func (e *Evaluator) goalOf(code uint32) *goal {
	name, _ := e.groups.Text(code, e.groups.pairAt[1])
	for _, g := range e.goals {
		if g.terms.Name == name {
			return g
		}
	}
	return e.goals[0]
}

// matters reports whether a cycle can have less time left than the median while
// more than the share at_risk of its target is.
func (l lead) matters() bool {
	return l.goal.terms.DueTag != "" || l.median > int64(l.goal.share*float64(l.goal.terms.Target.least()))
}

// soonBefore is the deadline before which a running cycle is at risk by what is
// usual, as of at; at itself where nothing is.
func (e *Evaluator) soonBefore(g *goal, label uint32, at int64) int64 {
	code := g.groups.byQueue(label) // which may be new to the leads
	if l := e.leads(at)[code]; l.goal != nil {
		return g.add(at, l.median)
	}
	return at
}

package lifecycle

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// The facts of a backlog. A cycle may come to belong to another group while it
// goes on, for an event of it carries a tag that none did before. It then counted
// for the one group until that event, and counts for the other from there on.
const (
	// spans go from when the cycle began to when it ended or left the group.
	spans facts.Kind = iota
	// before go from when a cycle began to when it came into the group: it has a
	// span from the beginning, too, of which this is taken off.
	before
	again    // it began by a reopening
	done     // it ended: resolved
	undone   // it ended: cancelled
	entered  // it came into the group
	left     // it left the group
	strays   // an event that is of no case known
	reported // the source's own count
)

func newBacklogIndex(grouped bool) *facts.Index {
	wide := []bool{spans: true, before: true, reported: true}
	x := facts.NewIndex(wide, grouped)
	x.Spans(spans)
	x.Spans(before)
	x.Apart(reported)
	x.Levels(reported)
	return x
}

type backlogRules struct{ rules }

// Resting implements fold.Rules.
func (backlogRules) Resting(c *cycle) bool { return !c.open }

// Step implements fold.Rules.
func (r backlogRules) Step(c *cycle, e fold.Event, found []facts.Fact) []facts.Fact {
	was := *c
	turn := c.take(r.labels, e)
	at := func(k facts.Kind, group uint32) { found = append(found, facts.Fact{Kind: k, Group: group, T: e.T}) }
	span := func(k facts.Kind, group uint32) {
		found = append(found, facts.Fact{Kind: k, Group: group, T: c.since, X: float64(e.T)})
	}
	if was.open && c.label != was.label {
		at(left, was.label)
		at(entered, c.label)
		span(spans, was.label)
		span(before, c.label)
	}
	switch turn {
	case openedAgain:
		at(again, c.label)
	case resolved:
		at(done, c.label)
		span(spans, c.label)
	case dropped:
		at(undone, c.label)
		span(spans, c.label)
	case unmatched:
		at(strays, c.label)
	}
	return found
}

// Pending implements fold.Rules.
func (backlogRules) Pending(c *cycle, found []facts.Fact) []facts.Fact {
	if c.open {
		found = append(found, facts.Fact{Kind: spans, Group: c.label, T: c.since, X: math.Inf(1)})
	}
	return found
}

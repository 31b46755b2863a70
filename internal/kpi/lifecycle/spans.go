package lifecycle

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// The facts of a backlog. A cycle may come to belong to another group while it
// goes on, for an event of it carries a tag that none did before. It then counted
// for the one group until that event, and counts for the other from there on.
const (
	// began stands where a cycle began, for the group that it had then. Of cycles
	// that go on, standing does, too, for the group that they have now.
	began facts.Kind = iota
	standing
	// done, undone, left and entered carry when the cycle began, with its sign
	// turned: those begun before an instant are then those above a number.
	done     // it ended: resolved
	undone   // it ended: cancelled
	left     // it left the group
	entered  // it came into the group
	again    // it began by a reopening
	strays   // an event that is of no case known
	reported // the source's own count
)

func newBacklogIndex(grouped bool) *facts.Index {
	wide := []bool{done: true, undone: true, left: true, entered: true, reported: true}
	x := facts.NewIndex(wide, grouped)
	x.Standing(standing)
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
	of := func(k facts.Kind, group uint32) {
		found = append(found, facts.Fact{Kind: k, Group: group, T: e.T, X: -float64(c.since)})
	}
	if was.open && c.label != was.label {
		of(left, was.label)
		of(entered, c.label)
	}
	switch turn {
	case opened:
		at(began, c.label)
	case openedAgain:
		at(began, c.label)
		at(again, c.label)
	case resolved:
		of(done, c.label)
	case dropped:
		of(undone, c.label)
	case unmatched:
		at(strays, c.label)
	}
	return found
}

// Pending implements fold.Rules.
func (backlogRules) Pending(c *cycle, found []facts.Fact) []facts.Fact {
	if c.open {
		found = append(found, facts.Fact{Kind: standing, Group: c.label, T: c.since})
	}
	return found
}

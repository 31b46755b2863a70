package lifecycle

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// cycle is what is remembered of a case: from each time that it is opened until
// it ends, it goes through a cycle.
type cycle struct {
	since int64
	// own are the tags of the cycle's events, before those of the cycle before,
	// label both: the group.
	own, before, label uint32
	open, known        bool
}

// turn is what an event does to a case.
type turn uint8

const (
	nothing   turn = iota // it was so already
	unmatched             // it ends what never began
	opened
	openedAgain
	resolved
	dropped
)

// take takes an event in.
func (c *cycle) take(l *facts.Labels, e fold.Event) turn {
	begins := e.Kind == started || e.Kind == reopened
	switch {
	case c.open:
		// Tags that the cycle has not had yet become its own.
		c.own = l.Fill(c.own, e.Label)
		c.label = l.Fill(c.own, c.before)
		if begins {
			return nothing
		}
		c.open, c.before = false, c.label
		return turnOf(e.Kind)
	case begins:
		c.open, c.known, c.since = true, true, e.T
		c.own, c.label = e.Label, l.Fill(e.Label, c.before)
		return turnOf(e.Kind)
	case c.known:
		return nothing
	}
	c.label = e.Label
	return unmatched
}

func turnOf(means uint8) turn {
	switch means {
	case started:
		return opened
	case reopened:
		return openedAgain
	case stopped:
		return resolved
	}
	return dropped
}

// rules are what folds of cases have in common.
type rules struct{ labels *facts.Labels }

// Rank implements fold.Rules.
func (rules) Rank(means uint8) int { return int(means) }

// Labels implements fold.Rules.
func (r rules) Labels() *facts.Labels { return r.labels }

// People implements fold.Rules.
func (rules) People() *facts.Dict { return nil }

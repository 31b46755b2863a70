package sla

import "slices"

// board holds the open clocks of a goal so that a million of them can be ordered
// in a moment. It is made when it is first asked for: who never lists cases does
// not pay for it.
type board struct {
	made bool
	open []openClock
	// places are those in open by case: index+1, 0 for none.
	places []uint32
}

// openClock is what the order of open cases depends on.
type openClock struct {
	start, since, risk int64
	// deadline of a running clock; of a paused one the time that is left.
	deadline   int64
	key, label uint32
	phase      phase
	bound      bool
	late       bool
}

// clocks are the open clocks of the goal.
func (g *goal) clocks() []openClock {
	if !g.board.made {
		g.board = board{made: true}
		for key, c := range g.cases.Active {
			g.board.put(key, c)
		}
	}
	return g.board.open
}

// put notes how the clock of a case stands.
func (b *board) put(key uint32, c *clock) {
	if n := int(key) + 1 - len(b.places); n > 0 {
		b.places = append(b.places, make([]uint32, n)...)
	}
	place := b.places[key]
	if c.phase == idle {
		if place > 0 {
			b.remove(place)
		}
		return
	}
	o := openClock{
		start: c.start, since: c.since, risk: c.risk, deadline: c.deadline,
		key: key, label: c.label, phase: c.phase, bound: c.bound, late: c.late,
	}
	if c.phase == standing {
		o.deadline = c.target - c.used
	}
	if place == 0 {
		b.open = append(b.open, o)
		b.places[key] = uint32(len(b.open))
		return
	}
	b.open[place-1] = o
}

// remove fills the place with the last clock.
func (b *board) remove(place uint32) {
	last := len(b.open) - 1
	b.places[b.open[place-1].key] = 0
	if int(place-1) != last {
		b.open[place-1] = b.open[last]
		b.places[b.open[last].key] = place
	}
	b.open = slices.Delete(b.open, last, last+1)
}

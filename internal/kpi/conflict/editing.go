package conflict

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// hands bounds the edits that are followed at once on one case: each is held
// against each.
const hands = 16

// edit is one that was begun.
type edit struct {
	who, id uint32
	start   int64
	seen    int64 // when it was last said to begin: it expires from there
	// excused is the handover by which the agent took over from edits begun until
	// then.
	excused int64
}

func (r *rules) startEdit(m *machine, e fold.Event) {
	r.disturb(m, e.Who, e.T)
	n := edit{who: e.Who, id: uint32(e.A), start: e.T, seen: e.T, excused: math.MinInt64} //nolint:gosec // it was made from one
	if at := m.edits.find(func(o edit) bool { return o.who == n.who && o.id == n.id }); at >= 0 {
		n = m.edits.at(at)
		n.seen = e.T
		m.edits.set(at, n)
		return
	}
	if m.hand.given(n.who, math.MinInt64) {
		n.excused = m.hand.t
	}
	r.change(m, e.T, func() {
		if m.edits.n == hands {
			m.edits.set(m.edits.least(func(o edit) int64 { return o.seen }), n)
		} else {
			m.edits.add(n)
		}
	})
}

// endEdit ends an agent's edit and the one without an id, or all of theirs where
// no id is given.
func (r *rules) endEdit(m *machine, who uint32, id, t int64) {
	if m.edits.n > 0 {
		r.change(m, t, func() {
			m.edits.keep(func(o edit) bool { return o.who != who || id != 0 && o.id != 0 && int64(o.id) != id })
		})
	}
}

// change makes a change to the edits at t. A near miss that it parts was alive
// until then.
func (r *rules) change(m *machine, t int64, do func()) {
	before := m.near.open && hot(&m.edits)
	do()
	if before && !hot(&m.edits) {
		m.near.last, m.near.who = t, survivor(&m.edits)
	}
}

// disturb takes note that an agent begins to edit, or saves: a near miss that was
// dying down goes on, unless it is the agent left with the case.
func (r *rules) disturb(m *machine, who uint32, t int64) {
	if n := &m.near; n.open && n.who != who && !m.hand.given(who, n.last) {
		n.last, n.who = t, who
		r.trace.note(nearMiss, who)
	}
}

// expireEdits takes in what time brings to the edits up to t.
func (r *rules) expireEdits(m *machine, t int64, found []facts.Fact) []facts.Fact {
	if m.edits.n > 0 {
		o := r.overlaps(&m.edits)
		if o.any && !m.near.open && o.detected < t {
			m.near = lull{open: true, group: m.group, last: o.detected}
			found = append(found, r.start(nearMiss, m.group, o.detected))
			r.noteEdits(m)
		}
		if o.any && m.near.open && o.until <= t {
			m.edits.keep(func(e edit) bool { return e.seen+r.expiry > o.until })
			m.near.last, m.near.who = o.until, survivor(&m.edits)
		}
		m.edits.keep(func(e edit) bool { return e.seen+r.expiry > t })
	}
	if m.near.open && !hot(&m.edits) {
		found = r.settle(nearMiss, &m.near, t, found)
	}
	return found
}

// pendingEdits appends the facts of L1 that stand if nothing follows.
func (r *rules) pendingEdits(m *machine, found []facts.Fact) []facts.Fact {
	near := m.near
	if m.edits.n > 1 {
		if o := r.overlaps(&m.edits); o.any {
			if !near.open && o.detected < never {
				near = lull{open: true, group: m.group}
				found = append(found, r.fact(started+nearMiss, m.group, o.detected))
			}
			near.last = o.until
		}
	}
	if near.open {
		found = append(found, r.quiet(nearMiss, &near))
	}
	return found
}

// never is an instant that does not come.
const never = math.MaxInt64

// overlap is what the edits under way come to if nothing follows.
type overlap struct {
	any      bool  // some are in each other's way
	detected int64 // when the first two have been for long enough
	until    int64 // when the last two part
}

func (r *rules) overlaps(edits *few[edit]) overlap {
	o := overlap{detected: never, until: math.MinInt64}
	for i := 1; i < edits.n; i++ {
		a := edits.at(i)
		for k := range i {
			b := edits.at(k)
			if !inWay(&a, &b) {
				continue
			}
			since, until := max(a.start, b.start), min(a.seen, b.seen)+r.expiry
			o.any, o.until = true, max(o.until, until)
			if until-since > r.near {
				o.detected = min(o.detected, since+r.near)
			}
		}
	}
	return o
}

// inWay reports whether two edits are of different agents, neither of whom took
// over from the other.
func inWay(a, b *edit) bool {
	return a.who != b.who && a.start > b.excused && b.start > a.excused
}

// hot reports whether any edits are in each other's way.
func hot(edits *few[edit]) bool {
	for i := 1; i < edits.n; i++ {
		a := edits.at(i)
		for k := range i {
			if b := edits.at(k); inWay(&a, &b) {
				return true
			}
		}
	}
	return false
}

// survivor is the agent of all edits there are; 0 where they are of several or
// of none.
func survivor(edits *few[edit]) (who uint32) {
	for i := range edits.n {
		switch e := edits.at(i); who {
		case 0:
			who = e.who
		case e.who:
		default:
			return 0
		}
	}
	return who
}

func (r *rules) noteEdits(m *machine) {
	if r.trace != nil {
		for i := range m.edits.n {
			r.trace.note(nearMiss, m.edits.at(i).who)
		}
	}
}

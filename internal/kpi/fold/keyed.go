package fold

import (
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// Keyed holds the events of every thing and keeps an Index in step with them. A
// thing takes eight bytes and some ten more for each of its events: its state is
// had again from them, but for things of many events, which keep it.
type Keyed[M any] struct {
	rules  Rules[M]
	aware  Aware // rules, nil where they are not
	index  *facts.Index
	things []piece // by the key's code: where the events are
	arena  arena
	longs  []*long[M]
	// tooLate counts the events that came too late for a thing of more than
	// maxAgain events, and were left out.
	tooLate int

	// last is the state of the thing that took the last event in.
	last *M

	state      M // scratch, as are:
	events     []Event
	data       []byte
	old, fresh []facts.Fact
	runs       runs
}

// isLong is the size of a piece whose place is one of longs.
const isLong = math.MaxUint8

// NewKeyed keeps index in step with the events added.
func NewKeyed[M any](rules Rules[M], index *facts.Index) *Keyed[M] {
	aware, _ := rules.(Aware)
	return &Keyed[M]{rules: rules, aware: aware, index: index}
}

// TooLate counts the events left out: those that came behind 65,536 or more
// later ones of the same thing.
func (k *Keyed[M]) TooLate() int { return k.tooLate }

// Add takes an event of the thing with this code in.
func (k *Keyed[M]) Add(key uint32, e Event) {
	p := k.reach(key)
	if p.size == isLong {
		k.addLong(k.longs[p.place], e)
		k.last = &k.longs[p.place].state
		return
	}
	data := k.arena.bytes(*p)
	k.events = k.decode(data, 0)
	k.reset(&k.state)
	k.old, k.fresh = k.old[:0], k.fresh[:0]
	if n := len(k.events); n == 0 || !k.before(e, k.events[n-1]) {
		k.data = append(k.data[:0], data...)
		k.next(e)
	} else {
		k.data = k.data[:0]
		k.again(e)
	}
	k.index.Replace(k.old, k.fresh)
	k.keep(p, k.data)
	k.last = &k.state
}

// reach is the thing with this code, which events are about to be added to.
func (k *Keyed[M]) reach(key uint32) *piece {
	if n := int(key) + 1 - len(k.things); n > 0 {
		k.things = append(k.things, make([]piece, n)...)
	}
	if k.aware != nil {
		k.aware.Thing(key)
	}
	return &k.things[key]
}

// Last is the state of the thing that the last event was of, rested or not. It
// is good until anything else is asked of k.
func (k *Keyed[M]) Last() *M { return k.last }

// keep makes data the events of a thing that is not long yet.
func (k *Keyed[M]) keep(p *piece, data []byte) {
	if len(data) <= maxShort {
		k.arena.put(p, data)
		return
	}
	k.arena.put(p, nil)
	*p = piece{uint32(len(k.longs)), isLong} //nolint:gosec // memory ends before
	k.longs = append(k.longs, k.wake(data))
}

func (k *Keyed[M]) reset(m *M) {
	var zero M
	*m = zero
}

// next goes on from the events there are: the usual case.
func (k *Keyed[M]) next(e Event) {
	var last int64
	for _, e := range k.events {
		k.fresh = k.rules.Step(&k.state, e, k.fresh[:0])
		last = e.T
	}
	if len(k.events) > 0 {
		k.old = k.rules.Pending(&k.state, k.old)
	}
	k.fresh = k.rules.Step(&k.state, e, k.fresh[:0])
	k.fresh = k.rules.Pending(&k.state, k.fresh)
	k.data = e.append(k.data, last)
}

// again begins anew with e put in where it belongs.
func (k *Keyed[M]) again(e Event) {
	k.old = k.run(&k.state, k.old)
	k.insert(e)
	k.reset(&k.state)
	k.fresh = k.run(&k.state, k.fresh)
	var last int64
	for _, e := range k.events {
		k.data = e.append(k.data, last)
		last = e.T
	}
}

// run appends all facts of the events there are, from a state on.
func (k *Keyed[M]) run(m *M, found []facts.Fact) []facts.Fact {
	for _, e := range k.events {
		found = k.rules.Step(m, e, found)
	}
	return k.rules.Pending(m, found)
}

func (k *Keyed[M]) insert(e Event) {
	at, _ := slices.BinarySearchFunc(k.events, e, k.compare)
	k.events = slices.Insert(k.events, at, e)
}

// decode reads events that this package wrote.
func (k *Keyed[M]) decode(data []byte, t int64) []Event {
	events, err := decode(data, t, k.events[:0])
	if err != nil {
		panic("fold: events that were written cannot be read: " + err.Error())
	}
	return events
}

// bytes are the events of a thing.
func (k *Keyed[M]) bytes(p piece) []byte {
	if p.size == isLong {
		return k.longs[p.place].events
	}
	return k.arena.bytes(p)
}

// Events gives the events of one thing, in order.
func (k *Keyed[M]) Events(key uint32) []Event { return k.AppendEvents(nil, key) }

// AppendEvents appends the events of one thing to dst, in order.
func (k *Keyed[M]) AppendEvents(dst []Event, key uint32) []Event {
	if int(key) >= len(k.things) {
		return dst
	}
	k.events = k.decode(k.bytes(k.things[key]), 0)
	return append(dst, k.events...)
}

// Len is one more than the largest key that there may be events of.
func (k *Keyed[M]) Len() int { return len(k.things) }

// Active walks over the things that something goes on with. A state is good
// until the next one is given.
func (k *Keyed[M]) Active(yield func(key uint32, m *M) bool) {
	m := new(M)
	for key, p := range k.things {
		if p.size > 0 && k.find(p, m) && !yield(uint32(key), m) { //nolint:gosec // an index
			return
		}
	}
}

// State is what goes on with one thing, nil where nothing does.
func (k *Keyed[M]) State(key uint32) *M {
	if int(key) >= len(k.things) || k.things[key].size == 0 {
		return nil
	}
	m := new(M)
	if !k.find(k.things[key], m) {
		return nil
	}
	return m
}

// find makes m the state of a thing; false where nothing goes on with it.
func (k *Keyed[M]) find(p piece, m *M) bool {
	if p.size == isLong {
		*m = k.longs[p.place].state
	} else {
		k.reset(m)
		k.events = k.decode(k.arena.bytes(p), 0)
		for _, e := range k.events {
			k.fresh = k.rules.Step(m, e, k.fresh[:0])
		}
	}
	return !k.rules.Resting(m)
}

// Forget drops the things that rest and whose events and facts are all before t.
// An event that comes for one of them nevertheless begins it anew. It looks at
// every thing: call it rarely.
func (k *Keyed[M]) Forget(t int64) {
	ahead := func(f facts.Fact) bool { return f.T >= t }
	for i := range k.things {
		p := &k.things[i]
		if p.size == 0 {
			continue
		}
		k.events = k.decode(k.bytes(*p), 0)
		k.reset(&k.state)
		k.fresh = k.run(&k.state, k.fresh[:0])
		if k.events[len(k.events)-1].T >= t || !k.rules.Resting(&k.state) || slices.ContainsFunc(k.fresh, ahead) {
			continue
		}
		if p.size == isLong {
			k.longs[p.place] = nil
			*p = piece{}
		} else {
			k.arena.put(p, nil)
		}
	}
}

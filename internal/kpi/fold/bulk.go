package fold

import (
	"math/bits"
	"slices"
)

// Arrival is an event and the code of the thing that it is of.
type Arrival struct {
	Key uint32
	Event
}

// manyAtOnce is from where on several events of one thing are likely enough to
// look for them.
const manyAtOnce = 256

// AddAll is Add of all. Of many it is sooner: what there is of a thing is read and
// written once, and what follows from an event until the next of the same thing
// never becomes a fact. After, unless nil, is told the state that a thing has come
// to, rested or not.
func (k *Keyed[M]) AddAll(all []Arrival, after func(key uint32, m *M)) {
	if len(all) >= manyAtOnce {
		// Where few things repeat, facts in the order of time are worth more.
		if k.runs.of(all); len(k.runs.all) <= len(all)*2/3 {
			k.addRuns(all, after)
			return
		}
	}
	for _, a := range all {
		k.Add(a.Key, a.Event)
		if after != nil {
			after(a.Key, k.last)
		}
	}
}

// run is the events of one thing among many arrivals: the first and the last.
type run struct {
	key         uint32
	first, last int32
}

// runs are the arrivals by thing, in the order of first arrival.
type runs struct {
	all   []run
	next  []int32 // by arrival: the next of the same thing, 0 for none
	slots []int32 // a hash table of the things: one more than the place in all
	some  []Arrival
}

func (r *runs) of(all []Arrival) {
	width := bits.Len(uint(2 * len(all)))
	r.slots = slices.Grow(r.slots[:0], 1<<width)[:1<<width]
	clear(r.slots)
	r.all, r.next = r.all[:0], slices.Grow(r.next[:0], len(all))[:len(all)]
	clear(r.next)
	for i := range all {
		arrival, key := int32(i), all[i].Key //nolint:gosec // a block has fewer rows
		slot := r.slot(key, width)
		if *slot == 0 {
			r.all = append(r.all, run{key, arrival, arrival})
			*slot = int32(len(r.all)) //nolint:gosec // as above
			continue
		}
		known := &r.all[*slot-1]
		r.next[known.last], known.last = arrival, arrival
	}
}

// slot is where a thing is, or the free one where it belongs.
func (r *runs) slot(key uint32, width int) *int32 {
	mask := len(r.slots) - 1
	for i := int(key * 0x9E3779B9 >> (32 - width)); ; i = (i + 1) & mask { // Fibonacci hashing
		if n := r.slots[i]; n == 0 || r.all[n-1].key == key {
			return &r.slots[i]
		}
	}
}

// events are those of a run. They are good until the next are asked for.
func (r *runs) events(of run, all []Arrival) []Arrival {
	r.some = append(r.some[:0], all[of.first])
	for i := r.next[of.first]; i != 0; i = r.next[i] {
		r.some = append(r.some, all[i])
	}
	return r.some
}

// addRuns takes things in by their first event: most facts are then in order, too.
func (k *Keyed[M]) addRuns(all []Arrival, after func(key uint32, m *M)) {
	for _, r := range k.runs.all {
		if r.first == r.last {
			k.Add(r.key, all[r.first].Event)
		} else {
			k.addSome(r.key, k.runs.events(r, all))
		}
		if after != nil {
			after(r.key, k.last)
		}
	}
}

// addSome takes several events of one thing in.
func (k *Keyed[M]) addSome(key uint32, some []Arrival) {
	p := k.reach(key)
	if p.size == isLong {
		for _, a := range some {
			k.addLong(k.longs[p.place], a.Event)
		}
		k.last = &k.longs[p.place].state
		return
	}
	data := k.arena.bytes(*p)
	k.events = k.decode(data, 0)
	k.reset(&k.state)
	k.old, k.fresh = k.old[:0], k.fresh[:0]
	known, behind := len(k.events), true
	for _, a := range some {
		behind = behind && (len(k.events) == 0 || !k.before(a.Event, k.events[len(k.events)-1]))
		k.events = append(k.events, a.Event)
	}
	if behind {
		k.goOn(known)
	} else {
		k.beginAnew(known)
	}
	k.data = k.data[:0]
	var last int64
	for _, e := range k.events {
		k.data = e.append(k.data, last)
		last = e.T
	}
	k.index.Replace(k.old, k.fresh)
	k.keep(p, k.data)
	k.last = &k.state
}

// goOn takes the events from the known ones on in.
func (k *Keyed[M]) goOn(known int) {
	for _, e := range k.events[:known] {
		k.fresh = k.rules.Step(&k.state, e, k.fresh[:0])
	}
	if known > 0 {
		k.old = k.rules.Pending(&k.state, k.old)
	}
	k.fresh = k.fresh[:0]
	for _, e := range k.events[known:] {
		k.fresh = k.rules.Step(&k.state, e, k.fresh)
	}
	k.fresh = k.rules.Pending(&k.state, k.fresh)
}

// beginAnew puts the events behind the known ones where they belong among them.
func (k *Keyed[M]) beginAnew(known int) {
	all := k.events
	if k.events = all[:known]; known > 0 {
		k.old = k.run(&k.state, k.old)
	}
	k.events = all
	slices.SortStableFunc(k.events, k.compare)
	k.reset(&k.state)
	k.fresh = k.run(&k.state, k.fresh)
}

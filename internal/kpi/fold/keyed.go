package fold

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

const (
	// markEvery is how many events lie between two marks: a late event runs
	// through at most twice as many again, unless it is later than that.
	markEvery = 128
	// maxAgain bounds how many events are run through again for one that comes
	// later than the marks reach.
	maxAgain = 1 << 16
)

// Keyed holds the events of every thing and keeps an Index in step with them. A
// thing that rests takes as many bytes as its events, some ten each.
type Keyed[M any] struct {
	rules Rules[M]
	index *facts.Index
	slots []slot[M] // by the key's code
	// tooLate counts the events that came too late for a thing of more than
	// maxAgain events, and were left out.
	tooLate int

	// spare is the memory of what came to rest, for what wakes next.
	spare      *active[M]
	events     []Event // scratch
	old, fresh []facts.Fact
}

// slot is one thing: never heard of, resting (its events alone) or active.
type slot[M any] struct {
	rest   []byte
	active *active[M]
}

type active[M any] struct {
	mark[M]
	events []byte
	// from is where the newest event begins in events.
	from int
	// marks are two earlier states of a thing with many events, the older first.
	marks *[2]mark[M]
}

// mark is the state after the first n events, events[:end].
type mark[M any] struct {
	state M
	end   int
	n     int
	last  int64 // the time of the event before
}

// NewKeyed keeps index in step with the events added.
func NewKeyed[M any](rules Rules[M], index *facts.Index) *Keyed[M] {
	return &Keyed[M]{rules: rules, index: index}
}

// TooLate counts the events left out: those that came behind 65,536 or more
// later ones of the same thing.
func (k *Keyed[M]) TooLate() int { return k.tooLate }

// Add takes an event of the thing with this code in.
func (k *Keyed[M]) Add(key uint32, e Event) {
	for int(key) >= len(k.slots) {
		k.slots = append(k.slots, slot[M]{})
	}
	s := &k.slots[key]
	if s.active == nil {
		s.active, s.rest = k.wake(s.rest), nil
	}
	a := s.active
	if a.n == 0 || e.T > a.last || e.T == a.last && k.compare(e, a.newest()) >= 0 {
		k.next(a, e)
	} else {
		k.correct(a, e)
	}
	if a.marks == nil && k.rules.Resting(&a.state) {
		s.rest, s.active = slices.Clone(a.events), nil
		k.spare = a
	}
}

// next goes on from what was: the usual case.
func (k *Keyed[M]) next(a *active[M], e Event) {
	k.old, k.fresh = k.old[:0], k.fresh[:0]
	if a.n > 0 {
		k.old = k.rules.Pending(&a.state, k.old)
	}
	k.fresh = k.step(a, e, k.fresh)
	k.fresh = k.rules.Pending(&a.state, k.fresh)
	k.index.Replace(k.old, k.fresh)
}

// step takes e in behind all others, and sets a mark now and then.
func (k *Keyed[M]) step(a *active[M], e Event, found []facts.Fact) []facts.Fact {
	if a.n > 0 && a.n%markEvery == 0 {
		switch {
		case a.marks == nil:
			a.marks = &[2]mark[M]{a.mark, a.mark}
		case a.marks[1].n != a.n:
			a.marks[0], a.marks[1] = a.marks[1], a.mark
		}
	}
	found = k.rules.Step(&a.state, e, found)
	a.from = len(a.events)
	a.events = e.append(a.events, a.last)
	a.end, a.last = len(a.events), e.T
	a.n++
	return found
}

// newest is the last of the events.
func (a *active[M]) newest() Event {
	e, _ := decode(a.events[a.from:], nil)
	e[0].T = a.last
	return e[0]
}

// correct begins anew, from a mark where there is one early enough, with an
// event put in where it belongs.
func (k *Keyed[M]) correct(a *active[M], e Event) {
	var start mark[M]
	var marks *[2]mark[M]
	if a.marks != nil {
		for _, m := range a.marks {
			if e.T > m.last {
				start, marks = m, &[2]mark[M]{a.marks[0], m}
			}
		}
	}
	if a.n-start.n > maxAgain {
		k.tooLate++
		return
	}
	k.events = k.decode(a.events[start.end:], start.last)
	again := active[M]{mark: start, events: a.events[:start.end:start.end], marks: marks}

	before := start.state
	k.old = k.old[:0]
	for _, e := range k.events {
		k.old = k.rules.Step(&before, e, k.old)
	}
	k.old = k.rules.Pending(&before, k.old)

	at, _ := slices.BinarySearchFunc(k.events, e, k.compare)
	k.events = slices.Insert(k.events, at, e)
	k.fresh = k.fresh[:0]
	for _, e := range k.events {
		k.fresh = k.step(&again, e, k.fresh)
	}
	k.fresh = k.rules.Pending(&again.state, k.fresh)
	k.index.Replace(k.old, k.fresh)
	*a = again
}

// wake makes the state of a thing from its events.
func (k *Keyed[M]) wake(events []byte) *active[M] {
	a := k.spare
	if a == nil {
		a = &active[M]{}
	}
	k.spare = nil
	*a = active[M]{events: a.events[:0]}
	for _, e := range k.decode(events, 0) {
		k.fresh = k.step(a, e, k.fresh[:0])
	}
	return a
}

// decode reads events that this package wrote.
func (k *Keyed[M]) decode(data []byte, last int64) []Event {
	events, err := decode(data, k.events[:0])
	if err != nil {
		panic("fold: events that were written cannot be read: " + err.Error())
	}
	for i := range events {
		events[i].T += last
	}
	k.events = events
	return events
}

// Events gives the events of one thing, in order.
func (k *Keyed[M]) Events(key uint32) []Event { return k.AppendEvents(nil, key) }

// AppendEvents appends the events of one thing to dst, in order.
func (k *Keyed[M]) AppendEvents(dst []Event, key uint32) []Event {
	if int(key) >= len(k.slots) {
		return dst
	}
	return append(dst, k.decode(k.slots[key].bytes(), 0)...)
}

// Len is one more than the largest key that there may be events of.
func (k *Keyed[M]) Len() int { return len(k.slots) }

func (s *slot[M]) bytes() []byte {
	if s.active != nil {
		return s.active.events
	}
	return s.rest
}

// Active walks over the things that something goes on with.
func (k *Keyed[M]) Active(yield func(key uint32, m *M) bool) {
	for key := range k.slots {
		if m := k.State(uint32(key)); m != nil && !yield(uint32(key), m) { //nolint:gosec // an index
			return
		}
	}
}

// State is what goes on with one thing, nil where nothing does.
func (k *Keyed[M]) State(key uint32) *M {
	if int(key) >= len(k.slots) {
		return nil
	}
	a := k.slots[key].active
	if a == nil || k.rules.Resting(&a.state) {
		return nil
	}
	return &a.state
}

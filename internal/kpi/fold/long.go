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

// long is a thing of many events.
type long[M any] struct {
	mark[M]
	events []byte
	// from is where the newest event begins in events.
	from int
	// marks are two earlier states, the older first.
	marks *[2]mark[M]
}

// mark is the state after the first n events, events[:end].
type mark[M any] struct {
	state M
	end   int
	n     int
	last  int64 // the time of the event before
}

func (k *Keyed[M]) addLong(a *long[M], e Event) {
	k.old, k.fresh = k.old[:0], k.fresh[:0]
	if e.T > a.last || e.T == a.last && !k.before(e, k.newest(a)) {
		k.old = k.rules.Pending(&a.state, k.old)
		k.fresh = k.step(a, e, k.fresh)
		k.fresh = k.rules.Pending(&a.state, k.fresh)
	} else if !k.correct(a, e) {
		k.tooLate++
		return
	}
	k.index.Replace(k.old, k.fresh)
}

// step takes e in behind all others, and sets a mark now and then.
func (k *Keyed[M]) step(a *long[M], e Event, found []facts.Fact) []facts.Fact {
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
func (k *Keyed[M]) newest(a *long[M]) Event {
	k.events = k.decode(a.events[a.from:], 0)
	e := k.events[0]
	e.T = a.last
	return e
}

// correct begins anew, from a mark where there is one early enough, with an
// event put in where it belongs; false where too many would have to be run
// through again.
func (k *Keyed[M]) correct(a *long[M], e Event) bool {
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
		return false
	}
	k.events = k.decode(a.events[start.end:], start.last)
	k.state = start.state
	k.old = k.run(&k.state, k.old)
	k.insert(e)
	again := &long[M]{mark: start, events: slices.Clone(a.events[:start.end]), marks: marks}
	for _, e := range k.events {
		k.fresh = k.step(again, e, k.fresh)
	}
	k.fresh = k.rules.Pending(&again.state, k.fresh)
	*a = *again
	return true
}

// wake makes the state of a thing from its events.
func (k *Keyed[M]) wake(data []byte) *long[M] {
	a := &long[M]{events: make([]byte, 0, len(data)+maxShort)}
	k.events = k.decode(data, 0)
	for _, e := range k.events {
		k.fresh = k.step(a, e, k.fresh[:0])
	}
	return a
}

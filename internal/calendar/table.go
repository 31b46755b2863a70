package calendar

import "math"

// The years that calendars cover, in ms since 1970 UTC. Outside them they are
// closed.
const (
	firstYear         = 1900
	lastYear          = 2199
	horizonFrom int64 = -2208988800000 // 1900-01-01T00:00:00Z
	horizonTo   int64 = 7258118400000  // 2200-01-01T00:00:00Z
)

// table holds every open interval of the covered years with the open time
// before it, so that open time is a difference of two look-ups and a deadline a
// search. 300 years of five days a week are about 80,000 slots, 1.5 MB.
type table struct {
	// slots begin with an empty one at the start of the covered years and end
	// with one at their end, so that every instant is at or after some slot.
	slots []slot
	// starts gives, for each stretch of 2^stride ms, the last slot at or before
	// the stretch's first instant.
	starts []int32
}

// slot is an open interval: where it starts, and the open time before it. It
// lasts as long as the open time grows until the next slot.
type slot struct{ at, open int64 }

// stride makes a stretch 37 hours long: a handful of slots at most.
const stride = 27

// newTable takes intervals in order, apart from each other and inside the
// covered years.
func newTable(intervals []interval) table {
	slots := make([]slot, 0, len(intervals)+2)
	slots = append(slots, slot{at: horizonFrom})
	var open int64
	for _, i := range intervals {
		slots = append(slots, slot{at: i.from, open: open})
		open += i.to - i.from
	}
	slots = append(slots, slot{at: horizonTo, open: open})

	starts := make([]int32, (horizonTo-horizonFrom)>>stride+1)
	last := 0
	for n := range starts {
		at := horizonFrom + int64(n)<<stride
		for last+1 < len(slots) && slots[last+1].at <= at {
			last++
		}
		starts[n] = int32(last)
	}
	return table{slots, starts}
}

// slotAt is the last slot at or before an instant inside the covered years.
func (t *table) slotAt(at int64) int {
	i := int(t.starts[(at-horizonFrom)>>stride])
	for t.slots[i+1].at <= at {
		i++
	}
	return i
}

// until is the open time from the start of the covered years until an instant.
func (t *table) until(at int64) int64 {
	if at <= horizonFrom {
		return 0
	}
	if at >= horizonTo {
		return t.total()
	}
	i := t.slotAt(at)
	return min(t.slots[i].open+at-t.slots[i].at, t.slots[i+1].open)
}

func (t *table) total() int64 { return t.slots[len(t.slots)-1].open }

// after is the first instant until which there are ms more open than until from.
func (t *table) after(from, ms int64) int64 {
	from = min(max(from, horizonFrom), horizonTo)
	open := t.until(from) + ms
	if open > t.total() {
		return Never
	}
	// Most deadlines are a few slots away, so the search goes in growing steps.
	near := t.slotAt(min(from, horizonTo-1))
	step := 1
	for near+step < len(t.slots) && t.slots[near+step].open < open {
		near += step
		step *= 2
	}
	return t.reach(open, near, min(near+step, len(t.slots)-1))
}

// before is the last instant until which there are ms less open than until to.
func (t *table) before(to, ms int64) int64 {
	open := t.until(to) - ms
	if open < 0 {
		return math.MinInt64
	}
	// The last instant with that much is where one more would begin.
	return t.reach(open+1, 0, len(t.slots)-1) - 1
}

// reach is the first instant until which there is that much open time, given a
// slot before which there is less and one before which there is not.
func (t *table) reach(open int64, less, enough int) int64 {
	for enough-less > 1 {
		if middle := (less + enough) / 2; t.slots[middle].open < open {
			less = middle
		} else {
			enough = middle
		}
	}
	return t.slots[less].at + open - t.slots[less].open
}

package facts

import (
	"math"
	"slices"
)

// chunkRows bounds a chunk: a late fact moves half of one on average.
const chunkRows = 512

// chunk holds up to chunkRows facts within 49 days of lo.
type chunk struct {
	lo  int64
	off []uint32
	x   []float64 // nil in a narrow series
	// max is no less than any of x, so that a walk can pass a chunk over; loose
	// means that it may be more.
	max   float64
	loose bool
}

// newChunk is empty; the room for a full one is there where it is sure to fill.
func newChunk(lo int64, fills, wide bool) chunk {
	c := chunk{lo: lo, max: math.Inf(-1)}
	if fills {
		c.off = make([]uint32, 0, chunkRows)
		if wide {
			c.x = make([]float64, 0, chunkRows)
		}
	}
	return c
}

func (c *chunk) at(i int) int64 { return c.lo + int64(c.off[i]) }

// fits reports whether t can be in a chunk that starts where this one does.
func (c *chunk) fits(t int64) bool { return t >= c.lo && uint64(t)-uint64(c.lo) <= math.MaxUint32 }

// startsAfter reports whether the first fact belongs behind (t, x).
func (c *chunk) startsAfter(t int64, x float64) bool {
	return len(c.off) > 0 && (c.at(0) > t || c.at(0) == t && c.x[0] > x)
}

// endsAfter reports whether the last fact belongs behind (t, x).
func (c *chunk) endsAfter(t int64, x float64, wide bool) bool {
	last := c.at(len(c.off) - 1)
	return last > t || wide && last == t && c.x[len(c.off)-1] > x
}

// extend puts a fact behind all others; false where it does not belong there or
// the chunk is full.
func (c *chunk) extend(t int64, x float64, wide bool) bool {
	n := len(c.off)
	if n == 0 || n >= chunkRows || !c.fits(t) {
		return false
	}
	o := uint32(t - c.lo)
	if last := c.off[n-1]; o < last || wide && o == last && x < c.x[n-1] {
		return false
	}
	c.off = append(c.off, o)
	if wide {
		c.x = append(c.x, x)
		c.max = max(c.max, x)
	}
	return true
}

func (c *chunk) insert(t int64, x float64, wide bool) {
	o := uint32(t - c.lo)
	at := below(c.off, o)
	for wide && at < len(c.off) && c.off[at] == o && c.x[at] < x {
		at++
	}
	c.off = slices.Insert(c.off, at, o)
	if wide {
		c.x = slices.Insert(c.x, at, x)
		c.max = max(c.max, x)
	}
}

// find is the place of a fact.
func (c *chunk) find(t int64, x float64, wide bool) (int, bool) {
	if !c.fits(t) {
		return 0, false
	}
	o := uint32(t - c.lo)
	at := below(c.off, o)
	for wide && at < len(c.off) && c.off[at] == o && c.x[at] != x {
		at++
	}
	return at, at < len(c.off) && c.off[at] == o
}

func (c *chunk) remove(at int, wide bool) {
	c.off = slices.Delete(c.off, at, at+1)
	if wide {
		c.loose = c.loose || c.x[at] == c.max
		c.x = slices.Delete(c.x, at, at+1)
	}
}

// revise changes the number of the only fact at t; false where it is not that.
func (c *chunk) revise(t int64, from, to float64) bool {
	at, ok := c.find(t, from, true)
	if !ok || at > 0 && c.off[at-1] == c.off[at] || at+1 == len(c.off) || c.off[at+1] == c.off[at] {
		return false
	}
	c.x[at] = to
	c.loose = c.loose || from == c.max
	c.max = max(c.max, to)
	return true
}

// most is the greatest number. It is found anew only where it is asked for.
func (c *chunk) most() float64 {
	if c.loose {
		c.max, c.loose = slices.Max(c.x), false
	}
	return c.max
}

// rank counts the facts of the chunk before t.
func (c *chunk) rank(t int64) int {
	if t <= c.lo {
		return 0
	}
	if !c.fits(t) {
		return len(c.off)
	}
	return below(c.off, uint32(t-c.lo))
}

// below counts the offsets below o. No branch depends on what they are, for half
// of those would be predicted wrong: the sign of a difference is the condition.
func below(off []uint32, o uint32) int {
	at, n := 0, len(off)
	for n > 1 {
		half := n / 2
		at += half & int((int64(off[at+half-1])-int64(o))>>63)
		n -= half
	}
	if n == 1 && off[at] < o {
		at++
	}
	return at
}

// rebase makes t, which is before its start, the start of a chunk that has room;
// false where its last fact would be out of reach.
func (c *chunk) rebase(t int64) bool {
	if len(c.off) >= chunkRows || uint64(c.at(len(c.off)-1))-uint64(t) > math.MaxUint32 {
		return false
	}
	shift := uint32(c.lo - t)
	for i := range c.off {
		c.off[i] += shift
	}
	c.lo = t
	return true
}

// cut takes the facts from place at on out, into a chunk of their own.
func (c *chunk) cut(at int, wide bool) chunk {
	next := newChunk(c.at(at), true, wide)
	for _, o := range c.off[at:] {
		next.off = append(next.off, o-c.off[at])
	}
	c.off = c.off[:at]
	if wide {
		next.x = append(next.x, c.x[at:]...)
		c.x = c.x[:at]
		next.max, c.max, c.loose = slices.Max(next.x), slices.Max(c.x), false
	}
	return next
}

// join takes the facts of the next chunk in; they are within reach.
func (c *chunk) join(next *chunk, wide bool) {
	shift := uint32(next.lo - c.lo)
	for _, o := range next.off {
		c.off = append(c.off, o+shift)
	}
	if wide {
		c.x = append(c.x, next.x...)
		c.max, c.loose = max(c.max, next.max), c.loose || next.loose
	}
}

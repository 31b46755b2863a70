// Package facts keeps what a KPI counts: instants, and instants with a number,
// each in order of event time, by kind and by group. Every figure over any
// window at any past or present instant is then a difference of ranks or a walk
// over a range, and a correction is a fact taken out again. It knows times and
// numbers, not what they mean; the types of KPI use it.
package facts

import (
	"iter"
	"math"
	"slices"
	"sort"
)

// chunkRows bounds a chunk: a late fact moves half of one on average.
const chunkRows = 512

// Series is a multiset of instants (ms since 1970 UTC), each with a number where
// the series is wide, ordered by time and then by number. What it holds does not
// depend on the order in which it came. The zero value is empty and narrow.
//
// A Series is for one goroutine at a time, its queries included: ranks are
// brought up to date when they are asked for.
type Series struct {
	wide   bool
	n      int
	chunks []chunk
	// before[i] counts the facts in chunks[:i]; right up to before[counted].
	before  []int
	counted int
}

// chunk holds up to chunkRows facts within 49 days of lo.
type chunk struct {
	lo  int64
	off []uint32
	x   []float64 // nil in a narrow series
	max float64   // of x, so that a walk can pass a chunk over; never too low
}

// Wide makes an empty series of instants with numbers.
func Wide() Series { return Series{wide: true} }

// Len is how many facts there are.
func (s *Series) Len() int { return s.n }

// Add puts a fact in. A narrow series takes no notice of x.
func (s *Series) Add(t int64, x float64) {
	s.n++
	i := s.chunkOf(t)
	if i < 0 || !s.chunks[i].fits(t) {
		// Before the first chunk, or too far behind the start of this one.
		if i < 0 && len(s.chunks) > 0 && s.chunks[0].rebase(t) {
			i = 0
		} else {
			i++
			s.chunks = slices.Insert(s.chunks, i, chunk{lo: t, max: math.Inf(-1)})
			s.before = append(s.before, 0)
		}
	}
	// Of equal times over several chunks the numbers are in order, too.
	for s.wide && i > 0 && s.chunks[i].lo == t && s.chunks[i].first() > x && s.chunks[i-1].fits(t) {
		i--
	}
	if len(s.chunks[i].off) >= chunkRows {
		i = s.split(i, t, x)
	}
	s.counted = min(s.counted, i)
	s.chunks[i].insert(t, x, s.wide)
}

// Remove takes a fact out; false when it is not there.
func (s *Series) Remove(t int64, x float64) bool {
	i := s.chunkOf(t)
	// Equal times may reach back over several chunks.
	for ; i >= 0; i-- {
		c := &s.chunks[i]
		if at, ok := c.find(t, x, s.wide); ok {
			c.off = slices.Delete(c.off, at, at+1)
			if s.wide {
				c.x = slices.Delete(c.x, at, at+1)
			}
			s.n--
			s.counted = min(s.counted, i)
			if len(c.off) == 0 {
				s.chunks = slices.Delete(s.chunks, i, i+1)
				s.before = s.before[:len(s.chunks)]
				s.counted = min(s.counted, max(0, len(s.chunks)-1))
			}
			return true
		}
		if c.lo < t {
			return false
		}
	}
	return false
}

// Rank counts the facts before t.
func (s *Series) Rank(t int64) int {
	// The last chunk that starts before t: those after hold nothing before t.
	i := sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i].lo >= t }) - 1
	if i < 0 {
		return 0
	}
	for ; s.counted < i; s.counted++ {
		s.before[s.counted+1] = s.before[s.counted] + len(s.chunks[s.counted].off)
	}
	return s.before[i] + s.chunks[i].rank(t)
}

// Count counts the facts in [from, to).
func (s *Series) Count(from, to int64) int {
	if to <= from {
		return 0
	}
	return s.Rank(to) - s.Rank(from)
}

// Next is the first fact at t or after.
func (s *Series) Next(t int64) (int64, bool) {
	i := max(0, sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i].lo >= t })-1)
	for ; i < len(s.chunks); i++ {
		c := &s.chunks[i]
		if at := c.rank(t); at < len(c.off) {
			return c.at(at), true
		}
	}
	return 0, false
}

// At is the i-th instant in order, counted from 0.
func (s *Series) At(i int) int64 {
	for k := range s.chunks {
		if n := len(s.chunks[k].off); i < n {
			return s.chunks[k].at(i)
		} else {
			i -= n
		}
	}
	panic("facts: a place beyond the end of a series")
}

// Range walks over the facts in [from, to), in order.
func (s *Series) Range(from, to int64) iter.Seq2[int64, float64] {
	return s.RangeAbove(from, to, math.Inf(-1))
}

// RangeAbove walks over the facts in [from, to) but may pass over some whose
// number is not at least min; it passes over whole chunks of such.
func (s *Series) RangeAbove(from, to int64, least float64) iter.Seq2[int64, float64] {
	return func(yield func(int64, float64) bool) {
		i := max(0, sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i].lo >= from })-1)
		for ; i < len(s.chunks) && s.chunks[i].lo < to; i++ {
			c := &s.chunks[i]
			if s.wide && c.max < least {
				continue
			}
			for at := c.rank(from); at < len(c.off); at++ {
				t, x := c.at(at), 0.0
				if t >= to {
					return
				}
				if s.wide {
					x = c.x[at]
				}
				if !yield(t, x) {
					return
				}
			}
		}
	}
}

// Forget drops the facts before t.
func (s *Series) Forget(t int64) {
	for len(s.chunks) > 0 && s.chunks[0].lo < t {
		c := &s.chunks[0]
		n := c.rank(t)
		s.n -= n
		s.counted = 0
		if n < len(c.off) {
			c.off = slices.Clone(c.off[n:])
			if s.wide {
				c.x = slices.Clone(c.x[n:])
			}
			return
		}
		s.chunks = slices.Delete(s.chunks, 0, 1)
		s.before = s.before[:len(s.chunks)]
	}
}

// chunkOf is the last chunk that may hold t, -1 where all start after it.
func (s *Series) chunkOf(t int64) int {
	if n := len(s.chunks); n > 0 && s.chunks[n-1].lo <= t {
		return n - 1 // facts mostly come in order
	}
	return sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i].lo > t }) - 1
}

// split makes two chunks of a full one and tells which of them takes t. A fact
// behind all others begins a new chunk, so that facts in order fill theirs.
func (s *Series) split(i int, t int64, x float64) int {
	c := &s.chunks[i]
	half := len(c.off) / 2
	if last := c.at(len(c.off) - 1); t > last || t == last && !s.wide {
		half = len(c.off)
	}
	next := chunk{lo: t, max: math.Inf(-1)}
	if half < len(c.off) {
		next.lo = c.at(half)
		for _, o := range c.off[half:] {
			next.off = append(next.off, uint32(c.lo+int64(o)-next.lo)) //nolint:gosec // within the chunk
		}
		if s.wide {
			next.x = slices.Clone(c.x[half:])
			c.x = slices.Clone(c.x[:half])
			next.max, c.max = slices.Max(next.x), slices.Max(c.x)
		}
		c.off = slices.Clone(c.off[:half])
	}
	s.chunks = slices.Insert(s.chunks, i+1, next)
	s.before = append(s.before, 0)
	s.counted = min(s.counted, i)
	if t > next.lo || t == next.lo && !(s.wide && len(next.x) > 0 && x < next.x[0]) {
		return i + 1
	}
	return i
}

// first is the number of the first fact.
func (c *chunk) first() float64 {
	if len(c.x) == 0 {
		return math.Inf(-1)
	}
	return c.x[0]
}

func (c *chunk) at(i int) int64 { return c.lo + int64(c.off[i]) }

func (c *chunk) fits(t int64) bool { return t >= c.lo && t-c.lo <= math.MaxUint32 }

// rebase makes t the start of a chunk that begins later, where it reaches.
func (c *chunk) rebase(t int64) bool {
	if len(c.off) == 0 || c.at(len(c.off)-1)-t > math.MaxUint32 {
		return false
	}
	shift := uint32(c.lo - t) //nolint:gosec // checked above
	for i := range c.off {
		c.off[i] += shift
	}
	c.lo = t
	return true
}

// rank counts the facts of the chunk before t.
func (c *chunk) rank(t int64) int {
	if t <= c.lo {
		return 0
	}
	if t-c.lo > math.MaxUint32 {
		return len(c.off)
	}
	at, _ := slices.BinarySearch(c.off, uint32(t-c.lo)) //nolint:gosec // checked above
	return at
}

func (c *chunk) place(t int64, x float64, wide bool) int {
	o := uint32(t - c.lo) //nolint:gosec // the caller checked that t fits
	if n := len(c.off); n == 0 || o > c.off[n-1] || !wide && o == c.off[n-1] {
		return n
	}
	at, _ := slices.BinarySearch(c.off, o)
	for wide && at < len(c.off) && c.off[at] == o && c.x[at] < x {
		at++
	}
	return at
}

func (c *chunk) insert(t int64, x float64, wide bool) {
	at := c.place(t, x, wide)
	c.off = slices.Insert(c.off, at, uint32(t-c.lo)) //nolint:gosec // the caller checked that t fits
	if wide {
		c.x = slices.Insert(c.x, at, x)
		c.max = max(c.max, x)
	}
}

func (c *chunk) find(t int64, x float64, wide bool) (int, bool) {
	if !c.fits(t) || len(c.off) == 0 {
		return 0, false
	}
	o := uint32(t - c.lo) //nolint:gosec // it fits
	at, ok := slices.BinarySearch(c.off, o)
	if !ok {
		return 0, false
	}
	for wide && at < len(c.off) && c.off[at] == o && c.x[at] != x {
		at++
	}
	return at, at < len(c.off) && c.off[at] == o
}

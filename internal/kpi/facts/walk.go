package facts

import (
	"iter"
	"math"
	"sort"
)

// Rank counts the facts before t, forgotten ones included: it is right for any t
// at the horizon or after.
func (s *Series) Rank(t int64) int {
	s.settle()
	i := s.startingBefore(t) - 1
	if i < 0 {
		return s.horizon.below
	}
	s.count(i)
	return s.horizon.below + s.before[i] + s.chunks[i].rank(t)
}

// count brings before up to date as far as before[i].
func (s *Series) count(i int) {
	for ; s.counted < i; s.counted++ {
		s.before[s.counted+1] = s.before[s.counted] + len(s.chunks[s.counted].off)
	}
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
	s.settle()
	for i := max(0, s.startingBefore(t)-1); i < len(s.chunks); i++ {
		c := &s.chunks[i]
		if at := c.rank(t); at < len(c.off) {
			return c.at(at), true
		}
	}
	return 0, false
}

// Last is the last fact before t.
func (s *Series) Last(t int64) (at int64, x float64, ok bool) {
	s.settle()
	for i := s.startingBefore(t) - 1; i >= 0; i-- {
		c := &s.chunks[i]
		if n := c.rank(t); n > 0 {
			if s.wide {
				x = c.x[n-1]
			}
			return c.at(n - 1), x, true
		}
	}
	return 0, 0, false
}

// At is the i-th instant in order, counted from 0, forgotten ones left out.
func (s *Series) At(i int) int64 {
	s.settle()
	if i < 0 || i >= s.n {
		panic("facts: a place beyond the end of a series")
	}
	s.count(len(s.chunks) - 1)
	k := sort.Search(len(s.chunks), func(k int) bool { return s.before[k] > i }) - 1
	return s.chunks[k].at(i - s.before[k])
}

// Range walks over the facts in [from, to), in order.
func (s *Series) Range(from, to int64) iter.Seq2[int64, float64] {
	return s.RangeAbove(from, to, math.Inf(-1))
}

// RangeAbove walks over the facts in [from, to) whose number is not below least.
// It passes whole chunks over where all are. A narrow series has no numbers, and
// leaves none out.
func (s *Series) RangeAbove(from, to int64, least float64) iter.Seq2[int64, float64] {
	return func(yield func(int64, float64) bool) {
		s.settle()
		for i := max(0, s.startingBefore(from)-1); i < len(s.chunks) && s.chunks[i].lo < to; i++ {
			c := &s.chunks[i]
			if s.wide && c.most() < least {
				continue
			}
			end := c.rank(to)
			for at := c.rank(from); at < end; at++ {
				x := 0.0
				if s.wide {
					if x = c.x[at]; x < least {
						continue
					}
				}
				if !yield(c.at(at), x) {
					return
				}
			}
		}
	}
}

package facts

import (
	"iter"
	"math"
)

// Cut is a part of an index that is answered as one: the total, or the groups
// that share the values asked for.
type Cut struct {
	parts [][]Series
}

// Total is everything.
func (x *Index) Total() Cut { return Cut{[][]Series{x.total}} }

// Has reports whether a group has a fact, forgotten or not. One whose facts were
// all taken out again has none: whether it ever had any is a matter of the order
// in which events came.
func (x *Index) Has(g uint32) bool {
	if int(g) >= len(x.groups) {
		return false
	}
	for i := range x.groups[g] {
		if s := &x.groups[g][i]; s.n > 0 || s.horizon.below > 0 {
			return true
		}
	}
	return false
}

// Groups is the union of some groups.
func (x *Index) Groups(groups []uint32) Cut {
	var c Cut
	for _, g := range groups {
		if x.Has(g) {
			c.parts = append(c.parts, x.groups[g])
		}
	}
	return c
}

// Rank counts the facts of a kind before t.
func (c Cut) Rank(k Kind, t int64) (n int) {
	for _, p := range c.parts {
		n += p[k].Rank(t)
	}
	return n
}

// Count counts the facts of a kind in [from, to).
func (c Cut) Count(k Kind, from, to int64) (n int) {
	for _, p := range c.parts {
		n += p[k].Count(from, to)
	}
	return n
}

// Len counts all facts of a kind.
func (c Cut) Len(k Kind) (n int) {
	for _, p := range c.parts {
		n += p[k].Len()
	}
	return n
}

// Last walks over the last fact of a kind before t of each group, or of the
// total.
func (c Cut) Last(k Kind, t int64) iter.Seq2[int64, float64] {
	return func(yield func(int64, float64) bool) {
		for _, p := range c.parts {
			if at, x, ok := p[k].Last(t); ok && !yield(at, x) {
				return
			}
		}
	}
}

// Range walks over the facts of a kind in [from, to), ordered within each group.
func (c Cut) Range(k Kind, from, to int64) iter.Seq2[int64, float64] {
	return c.RangeAbove(k, from, to, math.Inf(-1))
}

// RangeAbove is Range, but may pass over facts whose number is below least.
func (c Cut) RangeAbove(k Kind, from, to int64, least float64) iter.Seq2[int64, float64] {
	return func(yield func(int64, float64) bool) {
		for _, p := range c.parts {
			for t, x := range p[k].RangeAbove(from, to, least) {
				if !yield(t, x) {
					return
				}
			}
		}
	}
}

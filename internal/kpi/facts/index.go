package facts

import (
	"iter"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// Kind says what a fact counts; each type of KPI numbers its own from 0 on.
type Kind uint8

// Fact is one thing that counts at an instant, for one group. An instant may lie
// ahead: a deadline that passes unless something happens is a fact already.
type Fact struct {
	Kind  Kind
	Group uint32
	T     int64
	X     float64 // in wide kinds only
}

// Index holds the facts of one KPI: a Series for each kind, in total and for
// each group. Group 0 is the group without tags, which the total includes.
type Index struct {
	wide  []bool
	total []Series
	// groups[g] is nil for a group without facts. It is nil as a whole where the
	// KPI has no groups: the total is all there is.
	groups  [][]Series
	grouped bool
	// Missing counts the facts that should have been there to be taken out. It
	// stays 0 unless there is a defect; tests hold it to that.
	Missing int
}

// NewIndex makes an index of len(wide) kinds; wide tells which carry a number.
func NewIndex(wide []bool, grouped bool) *Index {
	x := &Index{wide: wide, grouped: grouped}
	x.total = x.kinds()
	return x
}

func (x *Index) kinds() []Series {
	all := make([]Series, len(x.wide))
	for i, wide := range x.wide {
		all[i].wide = wide
	}
	return all
}

func (x *Index) group(g uint32) []Series {
	for int(g) >= len(x.groups) {
		x.groups = append(x.groups, nil)
	}
	if x.groups[g] == nil {
		x.groups[g] = x.kinds()
	}
	return x.groups[g]
}

// Add puts a fact in.
func (x *Index) Add(f Fact) {
	x.total[f.Kind].Add(f.T, f.X)
	if x.grouped {
		x.group(f.Group)[f.Kind].Add(f.T, f.X)
	}
}

// Remove takes a fact out that was put in.
func (x *Index) Remove(f Fact) {
	ok := x.total[f.Kind].Remove(f.T, f.X)
	if x.grouped && !x.group(f.Group)[f.Kind].Remove(f.T, f.X) {
		ok = false
	}
	if !ok {
		x.Missing++
	}
}

// Replace takes out what is in old only and puts in what is in fresh only.
func (x *Index) Replace(old, fresh []Fact) {
	for _, f := range fresh {
		if i := slices.Index(old, f); i >= 0 {
			last := len(old) - 1
			old[i] = old[last]
			old = old[:last]
			continue
		}
		x.Add(f)
	}
	for _, f := range old {
		x.Remove(f)
	}
}

// Changes reports whether a fact lies in [from, to): whether a figure as of to
// may differ from the same figure as of from.
func (x *Index) Changes(from, to int64) bool {
	for i := range x.total {
		if t, ok := x.total[i].Next(from); ok && t < to {
			return true
		}
	}
	return false
}

// Forget drops the facts before t.
func (x *Index) Forget(t int64) {
	for i := range x.total {
		x.total[i].Forget(t)
	}
	for _, g := range x.groups {
		for i := range g {
			g[i].Forget(t)
		}
	}
}

// Cut is a part of an index that is answered as one: the total, or the groups
// that share the values asked for.
type Cut struct {
	parts [][]Series
}

// Total is everything.
func (x *Index) Total() Cut { return Cut{[][]Series{x.total}} }

// Has reports whether a group has ever had a fact.
func (x *Index) Has(g uint32) bool { return int(g) < len(x.groups) && x.groups[g] != nil }

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

// AppendBinary appends what Restore reads.
func (x *Index) AppendBinary(dst []byte) []byte {
	dst = appendKinds(dst, x.total)
	dst = bin.AppendUint(dst, len(x.groups))
	for _, g := range x.groups {
		if g == nil {
			dst = append(dst, 0)
			continue
		}
		dst = appendKinds(append(dst, 1), g)
	}
	return dst
}

func appendKinds(dst []byte, kinds []Series) []byte {
	for i := range kinds {
		dst = kinds[i].AppendBinary(dst)
	}
	return dst
}

// Restore replaces the facts.
func (x *Index) Restore(r *bin.Reader) {
	x.total = x.kinds()
	restoreKinds(x.total, r)
	n := r.Len()
	if n > 0 && !x.grouped {
		r.Fail("groups where there should be none")
		return
	}
	x.groups = make([][]Series, n)
	for g := range x.groups {
		if r.Byte() == 1 {
			x.groups[g] = x.kinds()
			restoreKinds(x.groups[g], r)
		}
	}
}

func restoreKinds(kinds []Series, r *bin.Reader) {
	for i := range kinds {
		kinds[i].Restore(r)
	}
}

package facts

import (
	"cmp"
	"slices"
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
	keeps []retention
	apart []bool
	total []Series
	// groups[g] is nil for a group without facts. It is nil as a whole where the
	// KPI has no groups: the total is all there is.
	groups  [][]Series
	grouped bool
}

// NewIndex makes an index of len(wide) kinds; wide tells which carry a number.
func NewIndex(wide []bool, grouped bool) *Index {
	x := &Index{wide: wide, keeps: make([]retention, len(wide)), apart: make([]bool, len(wide)), grouped: grouped}
	x.total = x.kinds()
	return x
}

// Standing marks a kind whose facts are of what goes on: they are taken out when
// it is over, and Forget keeps them.
func (x *Index) Standing(k Kind) { x.keeps[k] = standing }

// Levels marks a kind whose facts are readings, which are never taken out: each is
// in force until the next one of its group. Forget keeps the one in force.
func (x *Index) Levels(k Kind) { x.keeps[k] = inForce }

// retention is what Forget keeps of what lies before its instant.
type retention uint8

const (
	none retention = iota
	standing
	inForce
)

// Apart marks kinds that are only ever asked for by group: the total leaves them
// out, and an index without groups has groups for them.
func (x *Index) Apart(kinds ...Kind) {
	for _, k := range kinds {
		x.apart[k] = true
	}
}

func (x *Index) kinds() []Series {
	all := make([]Series, len(x.wide))
	for i, wide := range x.wide {
		all[i].wide = wide
		if x.total != nil && x.keeps[i] == none {
			all[i].horizon = x.total[i].horizon
			all[i].horizon.below = 0
		}
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
	apart := x.apart[f.Kind]
	if !apart {
		x.total[f.Kind].Put(f.T, f.X)
	}
	if x.grouped || apart {
		x.group(f.Group)[f.Kind].Put(f.T, f.X)
	}
}

// Remove takes a fact out that was put in.
func (x *Index) Remove(f Fact) {
	apart := x.apart[f.Kind]
	if !apart {
		x.total[f.Kind].Take(f.T, f.X)
	}
	if x.grouped || apart {
		x.group(f.Group)[f.Kind].Take(f.T, f.X)
	}
}

// revise gives a fact that was put in another number.
func (x *Index) revise(f Fact, to float64) {
	apart := x.apart[f.Kind]
	if !apart {
		x.total[f.Kind].Change(f.T, f.X, to)
	}
	if x.grouped || apart {
		x.group(f.Group)[f.Kind].Change(f.T, f.X, to)
	}
}

// Missing counts the facts that should have been there to be taken out. It
// stays 0 unless there is a defect; tests hold it to that.
func (x *Index) Missing() (n int) {
	for _, kinds := range append([][]Series{x.total}, x.groups...) {
		for i := range kinds {
			n += kinds[i].Missing()
		}
	}
	return n
}

// Replace takes out what is in old only and puts in what is in fresh only. It
// may reorder both.
func (x *Index) Replace(old, fresh []Fact) {
	same := 0
	for same < len(old) && same < len(fresh) && old[same] == fresh[same] {
		same++
	}
	old, fresh = old[same:], fresh[same:]
	if len(old)*len(fresh) > manyPairs {
		x.merge(old, fresh)
		return
	}
	for _, f := range fresh {
		i := slices.Index(old, f)
		if i < 0 && x.wide[f.Kind] {
			i = slices.IndexFunc(old, func(o Fact) bool { return o.Kind == f.Kind && o.T == f.T && o.Group == f.Group })
			if i >= 0 {
				x.revise(old[i], f.X)
			}
		}
		if i < 0 {
			x.Add(f)
			continue
		}
		last := len(old) - 1
		old[i] = old[last]
		old = old[:last]
	}
	for _, f := range old {
		x.Remove(f)
	}
}

// manyPairs is where sorting costs less than comparing each with each.
const manyPairs = 256

func (x *Index) merge(old, fresh []Fact) {
	slices.SortFunc(old, compareFact)
	slices.SortFunc(fresh, compareFact)
	for len(old) > 0 || len(fresh) > 0 {
		var order int
		switch {
		case len(old) == 0:
			order = 1
		case len(fresh) == 0:
			order = -1
		default:
			order = compareFact(old[0], fresh[0])
		}
		if order < 0 {
			x.Remove(old[0])
		} else if order > 0 {
			x.Add(fresh[0])
		}
		if order <= 0 {
			old = old[1:]
		}
		if order >= 0 {
			fresh = fresh[1:]
		}
	}
}

func compareFact(a, b Fact) int {
	return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Group, b.Group), cmp.Compare(a.X, b.X))
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

// Forget drops the facts before t, but for their number: ranks stay right for
// instants from t on, whatever is corrected later.
func (x *Index) Forget(t int64) {
	x.forget(x.total, t)
	for _, g := range x.groups {
		x.forget(g, t)
	}
}

func (x *Index) forget(kinds []Series, t int64) {
	for i := range kinds {
		switch x.keeps[i] {
		case standing:
		case inForce:
			kinds[i].ForgetReplaced(t)
		default:
			kinds[i].Forget(t)
		}
	}
}

package facts

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

const (
	narrow Kind = iota
	numbered
	span
	level
)

var allKinds = []Kind{narrow, numbered, span, level}

func newIndex(grouped bool) *Index {
	x := NewIndex([]bool{narrow: false, numbered: true, span: true, level: true}, grouped)
	x.Standing(span)
	x.Levels(level)
	return x
}

func genFact(t *rapid.T) Fact {
	f := Fact{
		Kind: rapid.SampledFrom(allKinds).Draw(t, "kind"), Group: uint32(rapid.IntRange(0, 3).Draw(t, "group")),
		T: rapid.Int64Range(0, 30).Draw(t, "t"),
	}
	switch f.Kind {
	case numbered, level:
		f.X = rapid.SampledFrom([]float64{0.5, 1, 7}).Draw(t, "x")
	case span:
		f.X = rapid.SampledFrom([]float64{float64(f.T), float64(f.T + 10), math.Inf(1)}).Draw(t, "end")
	}
	return f
}

func TestIndexHoldsWhatWasReplaced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grouped := rapid.Bool().Draw(t, "grouped")
		x := newIndex(grouped)
		var all []Fact // all there should be, forgotten ones included
		floor := int64(0)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 8).Draw(t, "op") {
			case 0:
				again := newIndex(grouped)
				r := bin.NewReader(x.AppendBinary(nil))
				again.Restore(r)
				if err := r.End(); err != nil {
					t.Fatal(err)
				}
				x = again
			case 1:
				floor = max(floor, rapid.Int64Range(0, 30).Draw(t, "floor"))
				x.Forget(floor)
			default:
				all = replace(t, x, all)
			}
			if x.Missing() != 0 {
				t.Fatalf("%d facts are missing", x.Missing())
			}
			compareIndex(t, x, all, floor, grouped)
		}
	})
}

// replace changes some facts for others.
func replace(t *rapid.T, x *Index, all []Fact) []Fact {
	fresh := rapid.SliceOfN(rapid.Custom(genFact), 0, 40).Draw(t, "fresh")
	drop := rapid.SliceOfN(rapid.IntRange(0, 2), len(all), len(all)).Draw(t, "drop")
	var old, rest []Fact
	for i, f := range all {
		switch d := drop[i]; {
		case f.Kind == level: // readings are not taken out
			rest = append(rest, f)
		case d == 0:
			old = append(old, f)
		case d == 1: // given as both old and fresh: it stays
			old, fresh = append(old, f), append(fresh, f)
		default:
			rest = append(rest, f)
		}
	}
	rest = append(rest, fresh...)
	x.Replace(slices.Clone(old), slices.Clone(fresh))
	return rest
}

func compareIndex(t *rapid.T, x *Index, all []Fact, floor int64, grouped bool) {
	groups := [][]uint32{nil}
	if grouped {
		groups = append(groups, []uint32{0}, []uint32{1, 3}, []uint32{0, 1, 2, 3})
	}
	for _, g := range groups {
		c := x.Total()
		if g != nil {
			c = x.Groups(g)
		}
		in := func(f Fact) bool { return g == nil || slices.Contains(g, f.Group) }
		for _, k := range allKinds {
			for at := floor; at < 45; at += 5 {
				rank, ahead := 0, 0
				var open []float64
				for _, f := range all {
					if f.Kind != k || !in(f) {
						continue
					}
					if f.T < at {
						rank++
					}
					if f.T >= floor && f.T < at {
						ahead++
					}
					if f.T < at && f.X >= float64(at) {
						open = append(open, f.X)
					}
				}
				if c.Rank(k, at) != rank || c.Count(k, floor, at) != ahead {
					t.Fatalf("kind %d of %v before %d: rank %d, want %d; %d from %d on, want %d", k, g, at, c.Rank(k, at), rank, c.Count(k, floor, at), floor, ahead)
				}
				if k == level {
					compareLast(t, c, all, g, at)
				}
				if k != span {
					continue
				}
				var got []float64
				for _, end := range c.RangeAbove(k, 0, at, float64(at)) {
					got = append(got, end)
				}
				slices.Sort(got)
				slices.Sort(open)
				if !slices.Equal(got, open) {
					t.Fatalf("open at %d: %v, want %v", at, got, open)
				}
			}
		}
	}
	for at := floor; at < 40; at++ {
		want := slices.ContainsFunc(all, func(f Fact) bool { return f.T >= at && f.T < at+3 })
		if got := x.Changes(at, at+3); got != want {
			t.Fatalf("changes from %d: %v", at, got)
		}
	}
}

// compareLast holds that the last reading before t is known, of each group.
func compareLast(t *rapid.T, c Cut, all []Fact, groups []uint32, at int64) {
	last := map[uint32]fact{}
	for _, f := range all {
		g := f.Group
		if groups == nil {
			g = 0
		} else if !slices.Contains(groups, g) {
			continue
		}
		was, ok := last[g]
		if is := (fact{f.T, f.X}); f.Kind == level && f.T < at && (!ok || compareFacts(was, is) < 0) {
			last[g] = is
		}
	}
	sum, want := 0.0, 0.0
	for _, x := range c.Last(level, at) {
		sum += x
	}
	for _, f := range last {
		want += f.x
	}
	if sum != want {
		t.Fatalf("the last readings of %v before %d add up to %v, want %v", groups, at, sum, want)
	}
}

func TestTakingOutWhatIsNotThereIsSeen(t *testing.T) {
	x := newIndex(true)
	x.Add(Fact{Kind: narrow, T: 5, Group: 1})
	x.Remove(Fact{Kind: narrow, T: 5, Group: 2})
	if x.Missing() != 1 {
		t.Fatalf("%d missing", x.Missing())
	}
}

func FuzzIndexRestore(f *testing.F) {
	for _, grouped := range []bool{false, true} {
		x := newIndex(grouped)
		for i := range 50 {
			x.Add(Fact{Kind: Kind(i % 4), Group: uint32(i % 4), T: int64(i), X: float64(i) * 1.5})
		}
		x.Forget(20)
		f.Add(grouped, x.AppendBinary(nil))
	}
	f.Fuzz(func(t *testing.T, grouped bool, data []byte) {
		x := newIndex(grouped)
		r := bin.NewReader(data)
		x.Restore(r)
		for _, c := range []Cut{x.Total(), x.Groups([]uint32{0, 1, 2})} {
			for k := range Kind(4) {
				c.Rank(k, 10)
				c.Len(k)
				for range c.RangeAbove(k, 0, 100, 3) {
				}
			}
		}
		x.Changes(0, 10)
		x.Replace([]Fact{{T: 5}}, []Fact{{T: 9, Group: 1}})
		x.Forget(50)
	})
}

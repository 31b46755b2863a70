package facts

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

type fact struct {
	t int64
	x float64
}

func compareFacts(a, b fact) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.x, b.x)) }

// model is a Series that is obviously right: a sorted slice.
type model struct {
	all  []fact
	wide bool
}

func (m *model) add(t int64, x float64) {
	if !m.wide {
		x = 0
	}
	at, _ := slices.BinarySearchFunc(m.all, fact{t, x}, compareFacts)
	m.all = slices.Insert(m.all, at, fact{t, x})
}

func (m *model) remove(t int64, x float64) bool {
	if !m.wide {
		x = 0
	}
	at, ok := slices.BinarySearchFunc(m.all, fact{t, x}, compareFacts)
	if ok {
		m.all = slices.Delete(m.all, at, at+1)
	}
	return ok
}

func (m *model) rank(t int64) int {
	return len(m.between(math.MinInt64, t))
}

func (m *model) between(from, to int64) (found []fact) {
	for _, f := range m.all {
		if f.t >= from && f.t < to {
			found = append(found, f)
		}
	}
	return found
}

func collect(s *Series, from, to int64, least float64) (found []fact) {
	for t, x := range s.RangeAbove(from, to, least) {
		found = append(found, fact{t, x})
	}
	return found
}

// genTime draws times that are often equal, often near and sometimes years apart.
func genTime(t *rapid.T) int64 {
	return 1_700_000_000_000 + rapid.OneOf(
		rapid.Int64Range(0, 3),
		rapid.Int64Range(-1000, 1000),
		rapid.Int64Range(-1e11, 1e11),
		rapid.SampledFrom([]int64{math.MaxUint32 - 1, math.MaxUint32, math.MaxUint32 + 1, -math.MaxUint32, -math.MaxUint32 - 1}),
	).Draw(t, "time")
}

func genNumber(t *rapid.T) float64 {
	return rapid.OneOf(
		rapid.SampledFrom([]float64{0, 1, 2, math.Inf(1), math.Inf(-1)}),
		rapid.Float64Range(-100, 100),
	).Draw(t, "number")
}

func TestSeriesIsASortedMultiset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.Bool().Draw(t, "wide")
		s, m := Series{wide: wide}, model{wide: wide}
		add := func(at int64, x float64) { s.Add(at, x); m.add(at, x) }
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) { add(genTime(t), genNumber(t)) },
			"many at one instant": func(t *rapid.T) {
				at, x := genTime(t), genNumber(t)
				step := rapid.SampledFrom([]float64{0, 1, -1}).Draw(t, "step")
				for i := range rapid.IntRange(1, 700).Draw(t, "n") {
					add(at, x+step*float64(i%7))
				}
			},
			"many in order": func(t *rapid.T) {
				at, gap := genTime(t), rapid.SampledFrom([]int64{-1, 1, 1000, 1 << 23}).Draw(t, "gap")
				for i := range rapid.IntRange(1, 700).Draw(t, "n") {
					add(at+int64(i)*gap, float64(i%11))
				}
			},
			"remove": func(t *rapid.T) {
				if len(m.all) == 0 {
					return
				}
				first := rapid.IntRange(0, len(m.all)-1).Draw(t, "first")
				for _, f := range slices.Clone(m.all[first:min(len(m.all), first+rapid.IntRange(1, 600).Draw(t, "n"))]) {
					if !s.Remove(f.t, f.x) {
						t.Fatalf("%v is not there", f)
					}
					m.remove(f.t, f.x)
				}
			},
			"revise": func(t *rapid.T) {
				if len(m.all) == 0 || !wide {
					return
				}
				first := rapid.IntRange(0, len(m.all)-1).Draw(t, "first")
				to := genNumber(t)
				for _, f := range slices.Clone(m.all[first:min(len(m.all), first+rapid.IntRange(1, 40).Draw(t, "n"))]) {
					if !s.Revise(f.t, f.x, to) {
						t.Fatalf("%v is not there", f)
					}
					m.remove(f.t, f.x)
					m.add(f.t, to)
				}
				if s.Revise(m.all[0].t, 1e9, 1) {
					t.Fatal("revised what is not there")
				}
			},
			"remove what may be there": func(t *rapid.T) {
				at, x := genTime(t), genNumber(t)
				if got, want := s.Remove(at, x), m.remove(at, x); got != want {
					t.Fatalf("removed %v: %v, want %v", fact{at, x}, got, want)
				}
			},
			"forget": func(t *rapid.T) {
				if rapid.IntRange(0, 4).Draw(t, "rarely") > 0 {
					return
				}
				at := genTime(t)
				s.Forget(at)
				s.horizon = horizon{} // what lies behind it is another test's
				m.all = slices.DeleteFunc(m.all, func(f fact) bool { return f.t < at })
			},
			"restore": func(t *rapid.T) {
				again := Series{wide: wide}
				r := bin.NewReader(s.AppendBinary(nil))
				again.Restore(r)
				if err := r.End(); err != nil {
					t.Fatal(err)
				}
				s = again
			},
			"": func(t *rapid.T) { check(t, &s, &m) },
		})
	})
}

// check compares all answers.
func check(t *rapid.T, s *Series, m *model) {
	if s.Len() != len(m.all) {
		t.Fatalf("%d facts, want %d", s.Len(), len(m.all))
	}
	if got := collect(s, math.MinInt64, math.MaxInt64, math.Inf(-1)); !slices.Equal(got, m.all) {
		t.Fatalf("facts %v, want %v", got, m.all)
	}
	from, to := genTime(t), genTime(t)
	if len(m.all) > 0 && rapid.Bool().Draw(t, "of a fact") {
		i := rapid.IntRange(0, len(m.all)-1).Draw(t, "i")
		from = m.all[i].t
		if got := s.At(i); got != from {
			t.Fatalf("fact %d is at %d, want %d", i, got, from)
		}
	}
	if got, want := s.Rank(from), m.rank(from); got != want {
		t.Fatalf("rank of %d is %d, want %d", from, got, want)
	}
	want := m.between(from, to)
	if got := s.Count(from, to); got != len(want) {
		t.Fatalf("%d in [%d, %d), want %d", got, from, to, len(want))
	}
	if got := collect(s, from, to, math.Inf(-1)); !slices.Equal(got, want) {
		t.Fatalf("[%d, %d) holds %v, want %v", from, to, got, want)
	}
	least := genNumber(t)
	low := func(f fact) bool { return m.wide && f.x < least }
	got := collect(s, from, to, least)
	if !slices.Equal(got, slices.DeleteFunc(want, low)) {
		t.Fatalf("[%d, %d) above %v is wrong", from, to, least)
	}
	earlier := m.between(math.MinInt64, from)
	if at, x, ok := s.Last(from); ok != (len(earlier) > 0) || ok && (fact{at, x}) != earlier[len(earlier)-1] {
		t.Fatalf("last before %d: %v, want that of %v", from, fact{at, x}, earlier)
	}
	next, ok := s.Next(from)
	after := m.between(from, math.MaxInt64)
	if ok != (len(after) > 0) || ok && next != after[0].t {
		t.Fatalf("next after %d: %d %v, want the first of %v", from, next, ok, after)
	}
}

// What lies before the instant that was forgotten is a number: it can be added
// to, taken from, and is a part of every rank.
func TestForgottenFactsAreCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := Series{}, model{}
		floor := int64(math.MinInt64)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			at := rapid.Int64Range(0, 50).Draw(t, "t")
			switch rapid.IntRange(0, 5).Draw(t, "op") {
			case 0:
				s.Forget(at)
				floor = max(floor, at)
			case 1:
				if m.remove(at, 0) && !s.Remove(at, 0) {
					t.Fatalf("%d is not there", at)
				}
			case 2:
				again := Series{}
				r := bin.NewReader(s.AppendBinary(nil))
				again.Restore(r)
				if err := r.End(); err != nil {
					t.Fatal(err)
				}
				s = again
			default:
				s.Add(at, 0)
				m.add(at, 0)
			}
		}
		for at := max(0, floor); at < 60; at++ {
			if got, want := s.Rank(at), m.rank(at); got != want {
				t.Fatalf("rank of %d is %d, want %d", at, got, want)
			}
		}
	})
}

func FuzzSeriesRestore(f *testing.F) {
	for _, wide := range []bool{false, true} {
		s := Series{wide: wide}
		for i := range 600 {
			s.Add(int64(i*i), float64(i%3)/2)
		}
		f.Add(wide, s.AppendBinary(nil))
	}
	f.Fuzz(func(t *testing.T, wide bool, data []byte) {
		s := Series{wide: wide}
		r := bin.NewReader(data)
		s.Restore(r)
		if r.Err() != nil {
			return
		}
		n := 0
		for range s.Range(math.MinInt64, math.MaxInt64) {
			n++
		}
		if n > s.Len() {
			t.Fatalf("%d of %d facts", n, s.Len())
		}
		s.Rank(0)
		s.Next(0)
		s.Forget(5)
		s.Remove(7, 0)
	})
}

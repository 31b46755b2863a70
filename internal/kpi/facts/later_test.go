package facts

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What waits is seen by every question, whenever it is asked.
func TestChangesThatWaitAreSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.Bool().Draw(t, "wide")
		s, m := Series{wide: wide}, model{wide: wide}
		gap := rapid.SampledFrom([]int64{0, 1, 1000, 1 << 22}).Draw(t, "gap")
		put := func(at int64, x float64) { s.Put(at, x); m.add(at, x) }
		for i := range int64(fewChunks * chunkRows) {
			put(1_700_000_000_000+i*gap, float64(i%11))
		}
		missing := 0
		take := func(f fact) {
			s.Take(f.t, f.x)
			if !m.remove(f.t, f.x) {
				missing++
			}
		}
		some := func(t *rapid.T) []fact {
			first := rapid.IntRange(0, len(m.all)-1).Draw(t, "first")
			return slices.Clone(m.all[first:min(len(m.all), first+rapid.IntRange(1, 400).Draw(t, "n"))])
		}
		near := func(t *rapid.T) int64 {
			return rapid.OneOf(rapid.Just(m.all[rapid.IntRange(0, len(m.all)-1).Draw(t, "at")].t), rapid.Custom(genTime)).Draw(t, "time")
		}
		forgotten := false
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				at, step := near(t), rapid.SampledFrom([]int64{-7, 0, 3, 100_000}).Draw(t, "step")
				for i := range rapid.Int64Range(1, 700).Draw(t, "n") {
					put(at+i*step, float64(i%5))
				}
			},
			"take": func(t *rapid.T) {
				for _, f := range some(t) {
					take(f)
				}
				put(1_700_000_000_000, 0)
			},
			"take back": func(t *rapid.T) {
				at, x := near(t), genNumber(t)
				put(at, x)
				take(fact{at, x})
			},
			"take what may be there": func(t *rapid.T) {
				s.settle() // what is put in later than it was taken out is not missing
				take(fact{near(t), genNumber(t)})
				s.settle()
				put(1_700_000_000_000, 0)
			},
			"change": func(t *rapid.T) {
				to := genNumber(t)
				for _, f := range some(t) {
					s.Change(f.t, f.x, to)
					m.remove(f.t, f.x)
					m.add(f.t, to)
				}
			},
			"ask": func(t *rapid.T) { check(t, &s, &m) },
			"forget": func(t *rapid.T) {
				if forgotten || rapid.IntRange(0, 9).Draw(t, "rarely") > 0 {
					return
				}
				forgotten = true
				at := m.all[len(m.all)/8].t
				s.Forget(at)
				s.horizon = horizon{} // what lies behind it is another test's
				m.all = slices.DeleteFunc(m.all, func(f fact) bool { return f.t < at })
			},
		})
		check(t, &s, &m)
		if s.Missing() != missing {
			t.Fatalf("%d are missing, want %d", s.Missing(), missing)
		}
	})
}

package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func TestWilsonVectors(t *testing.T) {
	for _, v := range []struct {
		k, n   int64
		lo, hi float64
	}{
		{27, 30, .7438, .9654},
		{90, 100, .8256, .9448},
		{0, 10, 0, .2775}, // Newcombe 1998
		{10, 10, .7225, 1},
		{81, 263, .2553, .3662}, // Newcombe 1998
		{0, 0, 0, 1},
	} {
		if lo, hi := Wilson(v.k, v.n); !near(lo, v.lo, 5e-5) || !near(hi, v.hi, 5e-5) {
			t.Errorf("%d of %d: [%.4f, %.4f], want [%.4f, %.4f]", v.k, v.n, lo, hi, v.lo, v.hi)
		}
	}
	if lo, _ := Wilson(34, 34); lo >= .9 {
		t.Error("34 without a failure prove 90 %")
	}
	if lo, _ := Wilson(35, 35); lo < .9 {
		t.Error("35 without a failure do not prove 90 %")
	}
}

// The ends solve |p̂ - p| = z·sqrt(p(1-p)/n), by which Wilson defines them.
func TestWilsonInvertsTheScoreTest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1e7).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		lo, hi := Wilson(k, n)
		p := float64(k) / float64(n)
		if !(0 <= lo && lo <= p && p <= hi && hi <= 1 && lo < hi) {
			t.Fatalf("[%v, %v] around %v", lo, hi, p)
		}
		for _, end := range []float64{lo, hi} {
			if end > 0 && end < 1 && !near(math.Abs(p-end), z*math.Sqrt(end*(1-end)/float64(n)), 1e-9) {
				t.Fatalf("%v is not an end for %d of %d", end, k, n)
			}
		}
		// One more success raises both ends, one more failure lowers both.
		upLo, upHi := Wilson(k+1, n+1)
		downLo, downHi := Wilson(k, n+1)
		if upLo < lo || upHi < hi || downLo > lo || downHi > hi {
			t.Fatalf("[%v, %v] with a success [%v, %v], with a failure [%v, %v]", lo, hi, upLo, upHi, downLo, downHi)
		}
		// A share and its complement mirror each other.
		otherLo, otherHi := Wilson(n-k, n)
		if !near(otherLo, 1-hi, 1e-9) || !near(otherHi, 1-lo, 1e-9) {
			t.Fatalf("[%v, %v] against [%v, %v]", lo, hi, otherLo, otherHi)
		}
	})
}

func TestNPS(t *testing.T) {
	if v, lo, hi := NPS(12, 4, 20); v != 40 || !near(lo, 2.1, .05) || !near(hi, 67.5, .05) {
		t.Errorf("%v [%v, %v], want 40 [2.1, 67.5]", v, lo, hi)
	}
	if v, lo, hi := NPS(0, 0, 0); !math.IsNaN(v) || lo != -100 || hi != 100 {
		t.Errorf("of nothing %v [%v, %v]", v, lo, hi)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1e6).Draw(t, "n")
		p := rapid.Int64Range(0, n).Draw(t, "promoters")
		d := rapid.Int64Range(0, n-p).Draw(t, "detractors")
		v, lo, hi := NPS(p, d, n)
		if !(-100 <= lo && lo < hi && hi <= 100) || v < -100 || v > 100 {
			t.Fatalf("%v [%v, %v]", v, lo, hi)
		}
		if mv, mlo, mhi := NPS(d, p, n); mv != -v || !near(mlo, -hi, 1e-9) || !near(mhi, -lo, 1e-9) {
			t.Fatalf("promoters and detractors exchanged: %v [%v, %v], was %v [%v, %v]", mv, mlo, mhi, v, lo, hi)
		}
	})
}

// The table of Student's t that every textbook has.
func TestStudent(t *testing.T) {
	for freedom, want := range map[float64]float64{
		1: 12.706204736, 2: 4.302652730, 3: 3.182446305, 4: 2.776445105, 9: 2.262157163, 10: 2.228138852,
		29: 2.045229642, 30: 2.042272456, 100: 1.983971519, 1000: 1.962339081, 1e6: 1.959966357,
	} {
		if got := student(freedom); !near(got, want, 2e-9) {
			t.Errorf("%v degrees of freedom: %.9f, want %.9f", freedom, got, want)
		}
	}
	for freedom := 1e7; freedom < 1e16; freedom *= 10 {
		if got := student(freedom); !near(got, z, 1e-6) {
			t.Errorf("%v degrees of freedom: %.9f, want %.9f", freedom, got, z)
		}
	}
}

func TestMeanInterval(t *testing.T) {
	// 1..5, once each: 3 ± 2.776·sqrt(2.5/5).
	n, mean, variance := Moments(1, []int64{1, 1, 1, 1, 1})
	lo, hi := MeanInterval(mean, variance, n, 1, 5)
	if n != 5 || mean != 3 || variance != 2.5 || !near(lo, 1.03676, 1e-5) || !near(hi, 4.96324, 1e-5) {
		t.Errorf("%d values, %v, %v, [%v, %v]", n, mean, variance, lo, hi)
	}
	for _, n := range []int64{0, 1} {
		if lo, hi := MeanInterval(5, math.NaN(), n, 1, 5); lo != 1 || hi != 5 {
			t.Errorf("%d values: [%v, %v]", n, lo, hi)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 1000), 5, 5).Draw(t, "counts")
		n, mean, variance := Moments(1, counts)
		var values []float64
		for i, c := range counts {
			for range c {
				values = append(values, float64(i+1))
			}
		}
		var sum, squares float64
		for _, x := range values {
			sum += x
		}
		for _, x := range values {
			squares += (x - sum/float64(n)) * (x - sum/float64(n))
		}
		if int(n) != len(values) || n > 0 && !near(mean, sum/float64(n), 1e-12) || n > 1 && !near(variance, squares/float64(n-1), 1e-9) {
			t.Fatalf("%v: %d, %v, %v", counts, n, mean, variance)
		}
		if lo, hi := MeanInterval(mean, variance, n, 1, 5); n > 0 && !(1 <= lo && lo <= mean && mean <= hi && hi <= 5) {
			t.Fatalf("%v: [%v, %v] around %v", counts, lo, hi, mean)
		}
	})
}

package detect

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

func TestMedianAndDeviationByHand(t *testing.T) {
	if m := median([]float64{5, 1, 9}); m != 5 {
		t.Error(m)
	}
	if m := median([]float64{4, 1, 9, 2}); m != 3 {
		t.Error(m)
	}
	if m := median(nil); !math.IsNaN(m) {
		t.Error(m)
	}
	// Deviations from 3 are 2 1 0 1 97: their median is 1.
	if d := mad([]float64{1, 2, 3, 4, 100}, 3); !near(d, 1.4826) {
		t.Error(d)
	}
	if q := quantile([]float64{10, 20, 30, 40}, 0.8); !near(q, 34) {
		t.Error(q)
	}
}

// Sums of the terms are the obvious way to the tail of a distribution.
func TestTailsAreTheSumsOfTheirTerms(t *testing.T) {
	// Poisson 2: P(X >= 3) = 1 - e^-2 (1 + 2 + 2).
	if p := (expectation{2, 1}).atLeast(3); !near(p, 1-math.Exp(-2)*5) {
		t.Error(p)
	}
	rapid.Check(t, func(t *rapid.T) {
		e := expectation{rapid.Float64Range(0.1, 30).Draw(t, "mean"), 1}
		if rapid.Bool().Draw(t, "more") {
			e.dispersion = rapid.Float64Range(1.01, 5).Draw(t, "dispersion")
		}
		term := math.Exp(-e.mean)
		size, p := e.mean/(e.dispersion-1), 1/e.dispersion
		if e.dispersion > 1 {
			term = math.Pow(p, size)
		}
		below, limit := 0.0, e.limit(0.001)
		for k := range int64(60) {
			if got := e.atLeast(k); math.Abs(got-(1-below)) > 1e-7 {
				t.Fatalf("%+v: P(X >= %d) is %v, want %v", e, k, got, 1-below)
			}
			if (k < limit) != (e.atLeast(k) >= 0.001) {
				t.Fatalf("%+v: the limit is %d, P(X >= %d) is %v", e, limit, k, e.atLeast(k))
			}
			below += term
			if e.dispersion > 1 {
				term *= (float64(k) + size) / float64(k+1) * (1 - p)
			} else {
				term *= e.mean / float64(k+1)
			}
		}
	})
}

func TestExpectationByHand(t *testing.T) {
	// 8.5 in 4 windows; chi² about 2.125 is 3.3824 by 3 degrees of freedom: more
	// than 1.
	e := expect([]float64{0, 2, 5, 1}, []float64{1, 1, 1, 1}, 1)
	m := 8.5 / 4
	chi := (m*m + (2-m)*(2-m) + (5-m)*(5-m) + (1-m)*(1-m)) / m / 3
	if !near(e.mean, m) || !near(e.dispersion, max(1, chi)) || chi <= 1 {
		t.Errorf("%+v, chi %v", e, chi)
	}
	if e := expect([]float64{1, 1}, []float64{100, 100}, 50); !near(e.mean, 0.625) || e.dispersion != 1 {
		t.Errorf("%+v", e)
	}
	if e := expect(nil, nil, 1); !math.IsNaN(e.atLeast(1)) {
		t.Errorf("%+v", e)
	}
}

func TestRobustLine(t *testing.T) {
	// Slopes 1 1 1 33 1 1 49 1 97 -95 ... one outlier does not turn the line.
	l := theilSenLine([]float64{0, 1, 2, 3, 4}, []float64{0, 1, 2, 99, 4})
	if l.slope != 1 || l.at != 0 {
		t.Errorf("%+v", l)
	}
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-100, 100), 2, 30).Draw(t, "y")
		x := make([]float64, len(y))
		var slopes, rest []float64
		for i := range y {
			x[i] = float64(i)
			for j := range i {
				slopes = append(slopes, (y[i]-y[j])/float64(i-j))
			}
		}
		slope := median(slopes)
		for i := range y {
			rest = append(rest, y[i]-slope*x[i])
		}
		l := theilSenLine(x, slices.Clone(y))
		if !near(l.slope, slope) || !near(l.at, median(rest)) {
			t.Fatalf("%+v, want %v + %v x", l, median(rest), slope)
		}
	})
}

// Page's own figures: k 0.5, h 5. Two batches at the mean, then a shift of 1.5:
// the sum grows by 1 each, and exceeds 5 with the sixth.
func TestCumulativeSumByHand(t *testing.T) {
	var c cusum
	for _, z := range []float64{0, 0.4, -1.5, -1.5, -1.5, -1.5, -1.5} {
		c.add(z, 0.5, -1)
	}
	if !near(c.sum, 5) || c.since != 2 {
		t.Errorf("%+v", c)
	}
	c.add(10, 0.5, -1)
	c.add(-1, 0.5, -1)
	if !near(c.sum, 0.5) || c.since != 8 {
		t.Errorf("after a recovery %+v", c)
	}
}

func TestBatchesHaveEnoughAnswers(t *testing.T) {
	c := &course{values: []float64{4, 2, math.NaN(), 5, 1}, ns: []int64{1, 3, 0, 4, 1}}
	got := batches(c, 100, 10, 4)
	want := []batch{{100, 120, 2.5, 4}, {130, 140, 5, 4}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

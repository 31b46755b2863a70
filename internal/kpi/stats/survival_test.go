package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Remission of leukaemia under 6-mercaptopurine (Freireich et al. 1963), the
// textbook example: 6, 6, 6, 7, 10, 13, 16, 22, 23 weeks ended, others go on.
func TestKaplanMeierTextbook(t *testing.T) {
	ended := []float64{10, 7, 6, 6, 6, 13, 16, 22, 23}
	censored := []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}
	curve := KaplanMeier(ended, censored)
	want := []step{{6, .857}, {7, .807}, {10, .753}, {13, .690}, {16, .627}, {22, .538}, {23, .448}}
	if len(curve.steps) != len(want) {
		t.Fatalf("%v", curve.steps)
	}
	for i, s := range curve.steps {
		if s.t != want[i].t || !near(s.share, want[i].share, 5e-4) {
			t.Errorf("step %v, want %v", s, want[i])
		}
	}
	if got := curve.Quantile(.5); got != 23 {
		t.Errorf("median %v", got)
	}
	if got := curve.Quantile(.9); !math.IsNaN(got) {
		t.Errorf("the curve does not come down to 10 %%, yet %v", got)
	}
	if empty := KaplanMeier(nil, []float64{3}); !math.IsNaN(empty.Quantile(.5)) {
		t.Error("a median although nothing ended")
	}
}

// product is the product limit as it is written: over the times t at which
// something ended, of 1 - ended at t / at risk at t.
func product(ended, censored []float64, upTo float64) float64 {
	share := 1.0
	times := slices.Compact(slices.Sorted(slices.Values(ended)))
	for _, t := range times {
		if t > upTo {
			break
		}
		var died, risk float64
		for _, x := range ended {
			if x == t {
				died++
			}
			if x >= t {
				risk++
			}
		}
		for _, x := range censored {
			if x >= t {
				risk++
			}
		}
		share *= 1 - died/risk
	}
	return share
}

func TestKaplanMeierIsTheProductLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ended, censored := few(t, "ended"), few(t, "censored")
		p := float64(rapid.IntRange(1, 99).Draw(t, "per cent")) / 100
		got := KaplanMeier(slices.Clone(ended), slices.Clone(censored)).Quantile(p)
		want := math.NaN()
		for _, x := range slices.Sorted(slices.Values(ended)) {
			if product(ended, censored, x) <= 1-p+1e-9 {
				want = x
				break
			}
		}
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%v, want %v", got, want)
		}
		if plain := KaplanMeier(slices.Clone(ended), nil).Quantile(p); len(ended) > 0 && plain != Quantile(ended, p) {
			t.Fatalf("with nothing censored %v, but the quantile is %v", plain, Quantile(ended, p))
		}
	})
}

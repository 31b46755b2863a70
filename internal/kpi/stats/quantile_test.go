package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for p, want := range map[float64]float64{0: 1, .1: 1, .11: 2, .5: 5, .51: 6, .9: 9, .95: 10, 1: 10} {
		if got := Quantile(slices.Clone(ten), p); got != want {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i + 1)
	}
	for i := range 100 { // 0.07·100 is more than 7 in binary
		p := float64(i+1) / 100
		if got := Quantile(hundred, p); got != float64(i+1) {
			t.Errorf("%v of 1..100: %v", p, got)
		}
	}
	if got := Quantile(nil, .5); !math.IsNaN(got) {
		t.Errorf("of nothing %v", got)
	}
}

// few is values with many ties, which is where selection goes wrong.
func few(t *rapid.T, name string) []float64 {
	top := rapid.SampledFrom([]int{1, 4, 30, 1e6}).Draw(t, name+" up to")
	ints := rapid.SliceOfN(rapid.IntRange(0, top), 0, 200).Draw(t, name)
	values := make([]float64, len(ints))
	for i, x := range ints {
		values[i] = float64(x)
	}
	return values
}

func TestQuantileIsTheLeastValueThatReachesTheShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := few(t, "values")
		p := float64(rapid.IntRange(0, 100).Draw(t, "per cent")) / 100
		got := Quantile(slices.Clone(values), p)
		slices.Sort(values)
		for i, x := range values {
			if float64(i+1) >= p*float64(len(values))-1e-6 {
				if got != x {
					t.Fatalf("%v of %v: %v, want %v", p, values, got, x)
				}
				return
			}
		}
		if !math.IsNaN(got) {
			t.Fatalf("of nothing %v", got)
		}
	})
}

// Orders that are bad for a selection take no longer than sorting them.
func TestQuantileOfAwkwardOrders(t *testing.T) {
	const n = 100_000
	for name, at := range map[string]func(i int) float64{
		"falling":    func(i int) float64 { return float64(-i) },
		"equal":      func(int) float64 { return 1 },
		"organ pipe": func(i int) float64 { return float64(min(i, n-i)) },
	} {
		values := make([]float64, n)
		for i := range values {
			values[i] = at(i)
		}
		sorted := slices.Sorted(slices.Values(values))
		if got := Quantile(values, .9); got != sorted[n*9/10-1] {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func BenchmarkQuantile(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			values := make([]float64, n)
			scratch := make([]float64, n)
			for i := range values {
				values[i] = r.ExpFloat64()
			}
			for b.Loop() {
				copy(scratch, values)
				Quantile(scratch, .9)
			}
		})
	}
}

package custom

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestSumsExactly(t *testing.T) {
	for _, v := range []struct {
		of   []float64
		want float64
	}{
		{nil, 0}, {[]float64{0.1, 0.2, -0.3}, 2.7755575615628914e-17}, {[]float64{1e16, 1, -1e16}, 1},
		{[]float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64}, math.MaxFloat64},
		{[]float64{math.SmallestNonzeroFloat64, 1, -1}, math.SmallestNonzeroFloat64},
		{[]float64{-math.MaxFloat64, -math.MaxFloat64}, math.Inf(-1)},
	} {
		var s exactSum
		for _, x := range v.of {
			s.add(x)
		}
		if got := s.value(); got != v.want {
			t.Errorf("%v: %v, want %v", v.of, got, v.want)
		}
	}
}

func TestSumIsThatOfUnboundedNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Map(rapid.Int64(), func(i int64) float64 { return float64(i) })
		of := rapid.SliceOfN(rapid.OneOf(rapid.Float64(), whole), 0, 20).Draw(t, "numbers")
		times := rapid.SampledFrom([]int{1, 3, 700}).Draw(t, "times") // beyond a carry
		var s exactSum
		want := new(big.Float).SetPrec(3000)
		for range times {
			for _, x := range of {
				s.add(x)
				want.Add(want, new(big.Float).SetFloat64(x))
			}
		}
		if exact, _ := want.Float64(); s.value() != exact {
			t.Fatalf("%v, want %v", s.value(), exact)
		}
		_ = s.value() // does not change it
	})
}

func BenchmarkSum(b *testing.B) {
	for name, step := range map[string]float64{"whole": 3, "fractions": 0.1} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var s exactSum
				for x := 0.0; x < 1000*step; x += step {
					s.add(x)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/number")
		})
	}
}

package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// slack makes up for the rounding of p·n: 0.07·100 is a little above 7. A share
// that is short of p by less has reached it.
const slack = 1e-9

// Quantile is the least of the values that at least the share p of them do not
// exceed (nearest rank; Hyndman and Fan 1996, type 1): always a value that
// occurred, and what KaplanMeier gives where nothing is censored. It is NaN
// where there are no values. The values, none of them NaN, are reordered.
func Quantile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return nth(values, Place(p, len(values)))
}

// Place is where among n values in order the quantile is.
func Place(p float64, n int) int {
	rank := int(math.Ceil((p - slack) * float64(n)))
	return min(max(rank, 1), n) - 1
}

// nth is the value that would stand at place i if the values were sorted. It then
// stands there, and none that is above it before it.
func nth(values []float64, i int) float64 {
	if slices.IsSorted(values) {
		return values[i]
	}
	// Each round halves the values as a rule; where it does not, they are sorted.
	// Pivots are from anywhere: what is nearly in order would lead others astray.
	r := rand.NewPCG(uint64(len(values)), 0)
	for rounds := 2 * bits.Len(uint(len(values))); rounds > 0 && len(values) > 12; rounds-- {
		pick := func() float64 { return values[r.Uint64()%uint64(len(values))] }
		a, b, c := pick(), pick(), pick()
		below, above := partition(values, max(min(a, b), min(max(a, b), c)))
		switch {
		case i < below:
			values = values[:below]
		case i >= above:
			values = values[above:]
			i -= above
		default:
			return values[i]
		}
	}
	slices.Sort(values)
	return values[i]
}

// partition puts the values below a pivot first and those above it last.
func partition(v []float64, pivot float64) (below, above int) {
	above = len(v)
	for i := 0; i < above; {
		switch {
		case v[i] < pivot:
			v[i], v[below] = v[below], v[i]
			below++
			i++
		case v[i] > pivot:
			above--
			v[i], v[above] = v[above], v[i]
		default:
			i++
		}
	}
	return below, above
}

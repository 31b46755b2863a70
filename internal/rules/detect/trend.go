package detect

import (
	"math"
	"slices"
)

// line is a trend through points: value = at + slope · x.
type line struct {
	slope, at float64
	// residuals are those of the points, in order.
	residuals []float64
}

// theilSenLine is the robust line through points, NaN where there are fewer than
// two: the median of the slopes between any two, and the median of what is left.
func theilSenLine(x, y []float64) line {
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			slopes = append(slopes, (y[j]-y[i])/(x[j]-x[i]))
		}
	}
	l := line{slope: middle(slopes), residuals: make([]float64, len(x))}
	for i := range x {
		l.residuals[i] = y[i] - l.slope*x[i]
	}
	l.at = median(l.residuals)
	for i := range l.residuals { // in order still
		l.residuals[i] -= l.at
	}
	return l
}

// middle is the median without putting all in order: of thousands of slopes that
// is most of the work.
func middle(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	upper := nth(values, n/2)
	if n%2 == 1 {
		return upper
	}
	return (slices.Max(values[:n/2]) + upper) / 2
}

// nth puts the values so that those before place i are no greater than it and
// those behind no less, and gives the one there (Hoare 1961, Find).
func nth(values []float64, i int) float64 {
	from, to := 0, len(values)-1
	for from < to {
		pivot := values[i]
		a, b := from, to
		for a <= b {
			for values[a] < pivot {
				a++
			}
			for pivot < values[b] {
				b--
			}
			if a <= b {
				values[a], values[b] = values[b], values[a]
				a++
				b--
			}
		}
		if b < i {
			from = a
		}
		if i < a {
			to = b
		}
	}
	return values[i]
}

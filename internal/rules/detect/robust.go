package detect

import (
	"math"
	"slices"
)

// median is that of the values, the mean of the middle two where their number is
// even; NaN for none. They are put in order.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return values[n/2-1] + (values[n/2]-values[n/2-1])/2
}

// madScale makes the median absolute deviation of a normal distribution its
// standard deviation (Hampel 1974; Iglewicz and Hoaglin 1993).
const madScale = 1.4826

// mad is the scaled median absolute deviation from the center.
func mad(values []float64, center float64) float64 {
	away := make([]float64, len(values))
	for i, v := range values {
		away[i] = math.Abs(v - center)
	}
	return madScale * median(away)
}

// quantile is that of values in order, between neighbours in proportion (Hyndman
// and Fan 1996, type 7).
func quantile(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	at := p * float64(n-1)
	i := int(at)
	if i+1 >= n {
		return sorted[n-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

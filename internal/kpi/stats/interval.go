// Package stats is the statistics that KPIs of several types share: confidence
// intervals, verdicts, quantiles, survival. It is pure mathematics: it knows
// neither events nor definitions, and its answers depend on no order.
package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// z is the 97.5 % quantile of the normal distribution: every interval here has
// a confidence of 95 %, two-sided.
const z = 1.959963984540054

// Wilson is the score interval of a share of k among n, 0 <= k <= n (Wilson
// 1927; recommended by Agresti and Coull 1998). Of nothing it is [0, 1].
func Wilson(k, n int64) (lo, hi float64) {
	if n <= 0 {
		return 0, 1
	}
	p, size := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*size)
	reach := z * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	scale := 1 + z*z/size
	lo, hi = max(0, (middle-reach)/scale), min(1, (middle+reach)/scale)
	// At the ends the formula gives 0 and 1, but for rounding.
	if k <= 0 {
		lo = 0
	}
	if k >= n {
		hi = 1
	}
	return lo, hi
}

// NPS is the net promoter score in points, -100 to 100, with its adjusted Wald
// interval (Rocks 2016: three answers more, 3/4 of them promoters, 3/4
// detractors). Of no answers it is NaN, [-100, 100].
func NPS(promoters, detractors, n int64) (value, lo, hi float64) {
	if n <= 0 {
		return math.NaN(), -100, 100
	}
	size := float64(n + 3)
	p, d := (float64(promoters)+0.75)/size, (float64(detractors)+0.75)/size
	reach := z * math.Sqrt((p+d-(p-d)*(p-d))/size)
	return 100 * float64(promoters-detractors) / float64(n), max(-100, 100*(p-d-reach)), min(100, 100*(p-d+reach))
}

// MeanInterval is Student's interval of a mean over n values, cut off at what a
// value can be; variance is the sample's, with n-1 below the line. Fewer than
// two values say nothing: the interval is [clipLo, clipHi].
func MeanInterval(mean, variance float64, n int64, clipLo, clipHi float64) (lo, hi float64) {
	if n < 2 {
		return clipLo, clipHi
	}
	reach := student(float64(n-1)) * math.Sqrt(variance/float64(n))
	return max(clipLo, mean-reach), min(clipHi, mean+reach)
}

// student is the 97.5 % quantile of Student's t: t*t/(freedom+t*t) has a beta
// distribution (Abramowitz and Stegun 26.7.1).
func student(freedom float64) float64 {
	if freedom > 1e6 {
		return z + (z*z*z+z)/(4*freedom) // 26.7.5; the beta function loses digits from here on
	}
	y := mathext.InvRegIncBeta(0.5, freedom/2, 0.95)
	return math.Sqrt(freedom * y / (1 - y))
}

// Moments are the mean and the sample variance of whole numbers: counts[i]
// values are first+i. Of no values both are NaN, of one the variance is.
func Moments(first int, counts []int64) (n int64, mean, variance float64) {
	var sum int64
	for i, count := range counts {
		n += count
		sum += count * int64(first+i)
	}
	if n == 0 {
		return 0, math.NaN(), math.NaN()
	}
	mean = float64(sum) / float64(n)
	if n == 1 {
		return n, mean, math.NaN()
	}
	for i, count := range counts {
		d := float64(first+i) - mean
		variance += float64(count) * d * d
	}
	return n, mean, variance / float64(n-1)
}

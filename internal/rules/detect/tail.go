package detect

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// expectation is how often something is expected in a window, and how much that
// varies.
type expectation struct {
	mean float64
	// dispersion is the variance by the mean: 1 for events that come independently
	// of each other.
	dispersion float64
}

// expect is what counts of the past let expect, each over its exposure (windows,
// or cases edited), for another exposure. Where they vary more than independent
// events do, the dispersion says by how much (Farrington et al. 1996, "A
// statistical algorithm for the early detection of outbreaks of infectious
// disease"; with the negative binomial of Noufaily et al. 2013).
func expect(counts, exposures []float64, exposure float64) expectation {
	var events, over float64
	for i := range counts {
		events += counts[i]
		over += exposures[i]
	}
	if over <= 0 {
		return expectation{math.NaN(), 1}
	}
	// Half an event more: that nothing was seen yet does not make it impossible.
	rate := (events + 0.5) / over
	var chi float64
	n := 0
	for i := range counts {
		if m := rate * exposures[i]; m > 0 {
			chi += (counts[i] - m) * (counts[i] - m) / m
			n++
		}
	}
	e := expectation{mean: rate * exposure, dispersion: 1}
	if n > 1 {
		e.dispersion = max(1, chi/float64(n-1))
	}
	return e
}

// atLeast is the probability of k events or more.
func (e expectation) atLeast(k int64) float64 {
	switch {
	case k <= 0:
		return 1
	case math.IsNaN(e.mean):
		return math.NaN()
	case e.mean <= 0:
		return 0
	case e.dispersion < 1+1e-9:
		return mathext.GammaIncReg(float64(k), e.mean)
	}
	// Negative binomial with this mean and variance = dispersion · mean.
	size := e.mean / (e.dispersion - 1)
	return mathext.RegIncBeta(float64(k), size, 1-1/e.dispersion)
}

// limit is the least count that is less probable than p.
func (e expectation) limit(p float64) int64 {
	least, most := int64(0), int64(1)
	for e.atLeast(most) >= p && most < 1<<40 {
		least, most = most, 2*most
	}
	for least+1 < most {
		if middle := least + (most-least)/2; e.atLeast(middle) >= p {
			least = middle
		} else {
			most = middle
		}
	}
	return most
}

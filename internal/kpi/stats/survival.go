package stats

import (
	"math"
	"slices"
)

// Survival is a curve of what share goes on longer than a duration.
type Survival struct {
	steps []step
}

type step struct {
	t     float64
	share float64 // that goes on after t
}

// KaplanMeier estimates how long something takes from durations that ended and
// from durations so far of what goes on (Kaplan and Meier 1958): leaving the
// latter out would make everything look quicker than it is. Where the two are
// equal, what ended did so first. Both slices are sorted in place.
func KaplanMeier(ended, censored []float64) Survival {
	slices.Sort(ended)
	slices.Sort(censored)
	var curve Survival
	atRisk := len(ended) + len(censored)
	// Between two censored durations the product is a single fraction: the
	// fewer roundings, the nearer a quantile without any censored.
	share, from := 1.0, atRisk
	for i, gone := 0, 0; i < len(ended); {
		t := ended[i]
		for ; gone < len(censored) && censored[gone] < t; gone++ {
			if from > atRisk {
				share *= float64(atRisk) / float64(from)
			}
			atRisk--
			from = atRisk
		}
		for ; i < len(ended) && ended[i] == t; i++ {
			atRisk--
		}
		curve.steps = append(curve.steps, step{t, share * float64(atRisk) / float64(from)})
	}
	return curve
}

// Quantile is the least duration by which the share p has ended; NaN where the
// curve does not come so far down: too much goes on still.
func (s Survival) Quantile(p float64) float64 {
	at, _ := slices.BinarySearchFunc(s.steps, 1-p+slack, func(s step, left float64) int {
		if s.share > left {
			return -1
		}
		return 1
	})
	if at == len(s.steps) {
		return math.NaN()
	}
	return s.steps[at].t
}

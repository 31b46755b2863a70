package stats

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Verdict judges an interval against an objective that a value should reach.
func Verdict(lo, hi, objective float64) kpi.Verdict {
	switch {
	case lo >= objective:
		return kpi.Met
	case hi < objective:
		return kpi.Missed
	}
	return kpi.Undetermined
}

// Never is more cases than there will be.
const Never = int64(math.MaxInt64)

// Needed is how many more cases would settle the verdict on a share of k among
// n: so many successes in a row would meet the objective, so many failures in a
// row miss it. Both are 0 where it is settled; Never where no number would do.
func Needed(k, n int64, objective float64) (successes, failures int64) {
	lo, hi := Wilson(k, n)
	if Verdict(lo, hi, objective) != kpi.Undetermined {
		return 0, 0
	}
	successes = fewest(func(more int64) bool {
		lo, _ := Wilson(k+more, n+more)
		return lo >= objective
	})
	failures = fewest(func(more int64) bool {
		_, hi := Wilson(k, n+more)
		return hi < objective
	})
	return successes, failures
}

// fewest is the least number from 1 on that is enough, where all larger ones are.
func fewest(enough func(int64) bool) int64 {
	const most = 1 << 40
	hi := int64(1)
	for !enough(hi) {
		if hi *= 2; hi > most {
			return Never
		}
	}
	lo := hi / 2 // not enough, or 0
	for hi-lo > 1 {
		if middle := lo + (hi-lo)/2; enough(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi
}

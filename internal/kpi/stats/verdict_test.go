package stats

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

func verdict(k, n int64, objective float64) kpi.Verdict {
	lo, hi := Wilson(k, n)
	return Verdict(lo, hi, objective)
}

func TestVerdictAtTheLimits(t *testing.T) {
	for _, v := range []struct {
		lo, hi, objective float64
		want              kpi.Verdict
	}{
		{.9, .95, .9, kpi.Met},
		{.85, .9, .9, kpi.Undetermined},
		{.8, .89, .9, kpi.Missed},
	} {
		if got := Verdict(v.lo, v.hi, v.objective); got != v.want {
			t.Errorf("[%v, %v] against %v: %v", v.lo, v.hi, v.objective, got)
		}
	}
}

func TestNeeded(t *testing.T) {
	for _, v := range []struct {
		k, n                int64
		objective           float64
		successes, failures int64
	}{
		{0, 0, .9, 35, 1},
		{30, 30, .9, 5, 8},
		{35, 35, .9, 0, 0},
		{0, 10, .9, 0, 0},
		{10, 10, 1, Never, 1},
	} {
		if s, f := Needed(v.k, v.n, v.objective); s != v.successes || f != v.failures {
			t.Errorf("%d of %d against %v: %d, %d, want %d, %d", v.k, v.n, v.objective, s, f, v.successes, v.failures)
		}
	}
}

func TestNeededSettlesAndNoFewerDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 2000).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		objective := rapid.Float64Range(.01, .999).Draw(t, "objective")
		s, f := Needed(k, n, objective)
		if verdict(k, n, objective) != kpi.Undetermined {
			if s != 0 || f != 0 {
				t.Fatalf("settled, yet %d, %d", s, f)
			}
			return
		}
		if verdict(k+s, n+s, objective) != kpi.Met || verdict(k+s-1, n+s-1, objective) == kpi.Met {
			t.Fatalf("%d of %d against %v: %d successes", k, n, objective, s)
		}
		if verdict(k, n+f, objective) != kpi.Missed || verdict(k, n+f-1, objective) == kpi.Missed {
			t.Fatalf("%d of %d against %v: %d failures", k, n, objective, f)
		}
	})
}

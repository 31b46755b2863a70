package detect

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// The factors of the Workbook's table 5-8, and that of a day which goes between.
func TestWorkbooksFactors(t *testing.T) {
	want := []BurnWindow{
		{units.Duration(time.Hour), units.Duration(5 * time.Minute), 14.4, alert.Critical},
		{units.Duration(6 * time.Hour), units.Duration(30 * time.Minute), 6, alert.Critical},
		{units.Duration(24 * time.Hour), units.Duration(2 * time.Hour), 3, alert.Warning},
		{units.Duration(72 * time.Hour), units.Duration(6 * time.Hour), 1, alert.Warning},
	}
	if got := workbook(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// What is offered in place of windows that never fire can fire, and is taken.
func TestOfferedWindowsCanFire(t *testing.T) {
	b := newBench(t, nil, callKPIs)
	rapid.Check(t, func(t *rapid.T) {
		objective := math.Round(1000*rapid.Float64Range(0.01, 0.833).Draw(t, "objective")) / 1000
		rule := fmt.Sprintf("name: x, type: burn_rate, kpi: calls, objective: %v", objective)
		_, err := b.read("detectors: [{" + rule + "}]")
		if err == nil || !strings.Contains(err.Error(), "never fire") {
			t.Fatalf("%v: %v", objective, err)
		}
		_, offered, _ := strings.Cut(err.Error(), "as in [")
		if _, err = b.read("detectors: [{" + rule + ", windows: [" + offered[:strings.LastIndex(offered, "]")+1] + "}]"); err != nil {
			t.Fatalf("%v: %v", objective, err)
		}
		for _, w := range reachable(objective) {
			if !(w.Burn*(1-objective) < 1) {
				t.Fatalf("%v: everything fails and %v does not fire", objective, w)
			}
		}
	})
	for text, says := range map[string]string{
		`objective: 0.8`: "detectors.0.windows: are missing, and the critical ones of the default, 14.4 over 1h and 6 over 6h, never fire: with an objective of 0.8 the budget cannot be used up faster than 5 times, where everything fails; write windows for it, as in [{long: 1d, short: 2h, burn: 3, severity: critical}, {long: 1d, short: 2h, burn: 1.5, severity: warning}]",
		`objective: 0.8, windows: [{long: 1d, short: 2h, burn: 5}]`: "burn: is 5, which is never exceeded",
		`objective: 0.84`: "", `objective: 0.8, windows: [{long: 1d, short: 2h, burn: 4.9}]`: "",
	} {
		_, err := b.read("detectors: [{name: x, type: burn_rate, kpi: calls, " + text + "}]")
		if (says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

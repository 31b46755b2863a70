package detect

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/units"
)

// The next instant at which a window is judged is the first one that is, whenever
// clocks are changed.
func TestNextLookIsTheFirst(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.SampledFrom([]time.Duration{15 * time.Minute, time.Hour, 8 * time.Hour, 24 * time.Hour}).Draw(t, "window")
		lateness := units.Duration(rapid.SampledFrom([]time.Duration{0, time.Minute, 3 * time.Hour}).Draw(t, "lateness"))
		var at looks = &season{zone: zone, length: length, days: 7, lateness: ms(lateness)}
		if rapid.Bool().Draw(t, "grid") {
			at = grid(length.Milliseconds())
		}
		// Around the change of March 13, 2011, or anywhere.
		x := time.Date(2011, 3, 13, 0, 0, 0, 0, zone).UnixMilli() + rapid.Int64Range(-2*days, 300*days).Draw(t, "at")
		next := at.next(x)
		if next <= x || at.last(next) != next || at.last(next-1) != at.last(x) || at.last(x) > x {
			t.Fatalf("at %d the last look is %d and the next %d; the last before that %d", x, at.last(x), next, at.last(next-1))
		}
	})
}

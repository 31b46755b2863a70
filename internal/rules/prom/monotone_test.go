package prom

import (
	"fmt"
	"testing"
	"time"

	prometheus "github.com/prometheus/prometheus/promql"
	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/promql"
)

var standing = []string{
	`count_over_time(a[1m]) > 2`,
	`sum by (x) (count_over_time(a[1m])) >= 3`,
	`count(count_over_time(a[1m]) > 1) > 1`,
	`max_over_time(a[1m]) > 3`,
	`max(max_over_time(a[1m] offset 10s)) * 2 + 1 > 3`,
	`(sum(present_over_time(a[1m])) / 2) > 0.5`,
	`group(count_over_time(a[1m])) > 0 and count_over_time(b[1m]) > 0`,
}

func TestWhatLateEventsCannotTakeBack(t *testing.T) {
	events := func(name string) bool { return name != "a.kpi" }
	check := func(text string, want bool) {
		expr, err := promql.NewParser().ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := stands(expr, events); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, text := range standing {
		check(text, true)
	}
	for _, text := range []string{
		`a > 2`, `count_over_time(a[1m]) < 3`, `rate(a[1m]) > 1`, `sum(max_over_time(a[1m])) > 1`, `avg(count_over_time(a[1m])) > 1`,
		`count_over_time(a[1m]) / 0 > 1`, `count_over_time(a[1m]) * -1 > -3`, `count_over_time(a[1m]) > count_over_time(b[1m])`,
		`1 / count_over_time(a[1m]) > 0.1`, `absent(a)`, `count_over_time({x="1"}[1m]) > 1`, `count_over_time({"a.kpi"}[1m]) > 1`,
		`count_over_time(a[1m]) > 1 unless b`, `count_over_time(a[1m]) > bool 1`, `min(count_over_time(a[1m])) > 1`, `topk(1, count_over_time(a[1m])) > 1`,
		`count_over_time(a[1m:10s]) > 1`,
	} {
		check(text, false)
	}
}

// TestStandingConditionsStand adds events to such conditions: no series that was
// found goes.
func TestStandingConditionsStand(t *testing.T) {
	engine := promql.NewEngine(promql.DefaultConfig(), time.Minute, nil)
	rapid.Check(t, func(t *rapid.T) {
		events := promql.NewEvents(nothing{}, promql.DefaultConfig())
		q := promql.Sources{Events: events}.ForRules()
		expr := rapid.SampledFrom(standing).Draw(t, "expr")
		found := map[string]bool{}
		for i := range rapid.IntRange(1, 25).Draw(t, "events") {
			events.Apply(uint64(i)+1, event.Of(ev(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), float64(rapid.IntRange(-5, 5).Draw(t, "value")),
				rapid.Float64Range(0, 120).Draw(t, "time"), fmt.Sprint("x=", rapid.IntRange(1, 3).Draw(t, "x")))))
			query, err := engine.NewInstantQuery(t.Context(), q, nil, expr, time.Unix(100, 0))
			if err != nil {
				t.Fatal(err)
			}
			r := query.Exec(t.Context())
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			now := map[string]bool{}
			for _, s := range r.Value.(prometheus.Vector) {
				now[s.Metric.String()] = true
			}
			query.Close()
			for l := range found {
				if !now[l] {
					t.Fatalf("%s: %s was found and is not after event %d", expr, l, i)
				}
			}
			found = now
		}
	})
}

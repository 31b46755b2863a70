package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// desks is the events of many groups: each a group of every KPI.
func desks(n int, from, to int64) (all []event.Event) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	for g := range n {
		office := fmt.Sprint("desk ", g)
		for i := range 20 {
			at := from + r.Int64N(to-from)
			id := fmt.Sprint(g, "-", i)
			all = append(all,
				point("case.opened", 1, at, "caseId", id, "office", office),
				point("survey.answered", float64(1+i%5), at, "surveyId", id, "office", office),
				point("case.edited", 1, at, "caseId", id, "agentId", "a", "office", office))
			if i%4 > 0 {
				all = append(all, point("case.resolved", 1, at+r.Int64N(4*hour), "caseId", id, "office", office))
			}
		}
	}
	return all
}

// What a tick costs with 10,000 series: it must be far less than the tick, a
// minute. New is the first evaluation, after a start or at a new window; tick is
// the next one.
func BenchmarkEvaluate10000Series(b *testing.B) {
	from := monday
	bench := newBench(b, nil, everyKPI)
	bench.give(desks(10_000, from, from+10*days)...)
	at := from + 9*days + 12*hour
	for name, rule := range map[string]string{
		"burn_rate":          `{name: x, type: burn_rate, kpi: case.sla, by: [office], min_n: 1, windows: [{long: 6h, short: 30m, burn: 3}, {long: 3d, short: 6h, burn: 1, severity: warning}]}`,
		"sla_breach":         `{name: x, type: sla_breach, kpi: case.sla}`,
		"conflict_spike":     `{name: x, type: conflict_spike, kpi: conflicts, by: [office], history: 24h}`,
		"satisfaction_drift": `{name: x, type: satisfaction_drift, kpi: stars, by: [office], span: 3d, baseline: 5d, min_n: 5, min_step_n: 1}`,
		"anomaly":            `{name: x, type: anomaly, kpi: opened, by: [office], season: day, min_n: 0}`,
		"forecast":           `{name: x, type: forecast, kpi: backlog, by: [office], limit: "> 500"}`,
	} {
		b.Run(name+"/new", func(b *testing.B) {
			for b.Loop() {
				evaluate(b, bench.detector(rule), at)
			}
		})
		b.Run(name+"/tick", func(b *testing.B) {
			g, t := bench.detector(rule), at
			evaluate(b, g, t)
			for b.Loop() {
				t += minute
				evaluate(b, g, t)
			}
		})
	}
}

package detect

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const everyKPI = `
kpis:
  - {name: case.sla, type: sla, target: 3h, objective: 0.8, by: [office]}
  - {name: opened, type: throughput, event: case.opened, by: [office]}
  - {name: stars, type: satisfaction, instrument: stars5, by: [office]}
  - {name: conflicts, type: conflict, by: [office]}
  - {name: backlog, type: backlog, by: [office]}
`

// Every type, so sensitive that much fires, with and without what is kept.
const everyDetector = `
detectors:
  - {name: burn, type: burn_rate, kpi: case.sla, by: [office], min_n: 2, every: 10m, for: 20m, keep_firing_for: 1h, windows: [{long: 6h, short: 2h, burn: 1}, {long: 12h, short: 4h, burn: 0.5, severity: warning}]}
  - {name: burn more, type: burn_rate, kpi: case.sla, min_n: 2, every: 10m, hysteresis: 0.5, windows: [{long: 6h, short: 2h, burn: 2}]}
  - {name: breach, type: sla_breach, kpi: case.sla, max_series: 5}
  - {name: risk, type: sla_at_risk, kpi: case.sla}
  - {name: spike, type: conflict_spike, kpi: conflicts, by: [office], every: 5m, history: 12h, probability: 0.2, min_count: 1}
  - {name: open, type: conflict_spike, kpi: conflicts, longer_than: 5m, every: 5m}
  - {name: drift, type: satisfaction_drift, kpi: stars, by: [office], step: 1h, span: 12h, baseline: 24h, h: 1, k: 0.1, min_n: 5, min_step_n: 2, direction: both, keep_firing_for: 2h}
  - {name: odd, type: anomaly, kpi: opened, by: [office], season: day, history: 3, min_history: 2, min_n: 0, sensitivity: 1}
  - {name: odder, type: anomaly, kpi: backlog, season: day, history: 3, min_history: 2, min_n: 0, sensitivity: 1, for: 1h, hysteresis: 0.3}
  - {name: ahead, type: forecast, kpi: backlog, by: [office], limit: "> 20", every: 10m, keep_firing_for: 30m, hysteresis: 0.2}
  - {name: season, type: forecast, kpi: backlog, limit: "> 15", every: 10m, method: seasonal, season: 1d, seasons: 2}
`

func genEvents(t *rapid.T) (all []event.Event) {
	random := rapid.Uint64().Draw(t, "seed")
	next := func(n uint64) uint64 {
		random = random*6364136223846793005 + 1442695040888963407
		return (random >> 33) % n
	}
	for i := range 400 {
		at := monday + int64(next(uint64(5*days)))
		id, office := fmt.Sprint("c", next(150)), []string{"north", "south"}[next(2)]
		switch next(8) {
		case 0, 1, 2:
			all = append(all, point("case.opened", 1, at, "caseId", fmt.Sprint("c", i), "office", office))
			if next(4) > 0 {
				all = append(all, point("case.resolved", 1, at+int64(next(uint64(6*hour))), "caseId", fmt.Sprint("c", i), "office", office))
			}
		case 3:
			for a := range next(3) + 1 {
				all = append(all, point("case.edited", 1, at+int64(a)*minute, "caseId", id, "agentId", fmt.Sprint("a", a), "office", office))
			}
		default:
			all = append(all, point("survey.answered", float64(1+next(5)), at, "surveyId", fmt.Sprint(i), "office", office))
		}
	}
	return all
}

func alerts(all []alert.Transition, since bool) string {
	var texts []string
	for _, a := range all {
		if !since {
			a.Since = 0
		}
		texts = append(texts, fmt.Sprintln(a.Kind, a.Rule, a.Tags, a.State, a.Value, a.N, a.Provisional, a.Condition, a.Since, string(a.Evidence)))
	}
	slices.SortFunc(texts, cmp.Compare)
	return fmt.Sprint(texts)
}

// What a detector says at an instant does not depend on when it was asked before:
// so a start in between changes nothing, and a backtest finds what was found
// live. Only since when is known no further back than the last looks.
func TestWhatIsSaidFollowsFromTheFactsAndTheInstant(t *testing.T) {
	fired := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, nil, everyKPI)
		b.give(genEvents(rt)...)
		live := b.detectors(everyDetector)
		at := monday + 3*days + rapid.Int64Range(0, hour).Draw(rt, "start")
		for range rapid.IntRange(1, 4).Draw(rt, "times") {
			at += rapid.OneOf(rapid.Int64Range(1, 2*minute), rapid.Int64Range(1, 12*hour), rapid.Int64Range(-hour, 0)).Draw(rt, "passes")
			afresh := b.detectors(everyDetector)
			for i, g := range live {
				got, want := evaluate(rt, g, at), evaluate(rt, afresh[i], at)
				if alerts(got, false) != alerts(want, false) {
					rt.Fatalf("%s at %d\nlive   %s\nafresh %s", g.Name(), at-monday, alerts(got, true), alerts(want, true))
				}
				fired[g.Name()] += len(got)
			}
		}
	})
	for _, g := range newBench(t, nil, everyKPI).detectors(everyDetector) {
		if fired[g.Name()] == 0 {
			t.Errorf("%s never fired: the test says nothing of it", g.Name())
		}
	}
}

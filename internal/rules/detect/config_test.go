package detect

import (
	"strings"
	"testing"
)

const kpisForConfig = `
kpis:
  - {name: case.sla, type: sla, target: 48h, objective: 0.9, by: [office]}
  - {name: plain.sla, type: sla, target: 48h}
  - {name: resolved, type: throughput, event: case.resolved, by: [office, queue]}
  - {name: stars, type: satisfaction, instrument: stars5}
  - {name: conflicts, type: conflict, by: [office]}
  - {name: backlog, type: backlog}
`

// One good entry of each type, with every key.
const everyKey = `
detectors:
  - {name: burn, type: burn_rate, kpi: case.sla, severity: critical, max_series: 10, every: 30s, for: 2m, keep_firing_for: 5m, hysteresis: 0.1,
     by: [office], objective: 0.95, windows: [{long: 1h, short: 5m, burn: 14.4, severity: warning}], min_n: 5}
  - {name: breach, type: sla_breach, kpi: case.sla, where: {office: north}}
  - {name: risk, type: sla_at_risk, kpi: case.sla}
  - {name: spike, type: conflict_spike, kpi: conflicts, window: 1h, history: 7d, measure: rate, probability: 0.01, min_count: 4, by: [office], every: 10s}
  - {name: open, type: conflict_spike, kpi: conflicts, longer_than: 1h}
  - {name: drift, type: satisfaction_drift, kpi: stars, step: 1d, span: 14d, baseline: 28d, k: 0.5, h: 4, direction: both, min_n: 30, min_step_n: 3}
  - {name: odd, type: anomaly, kpi: resolved, by: [office], window: 1d, season: week, history: 8, min_history: 4, sensitivity: 3, direction: low,
     min_n: 5, lateness: 5m, time_zone: America/New_York, every: 1m}
  - {name: ahead, type: forecast, kpi: backlog, limit: "> 500", horizon: 2h, method: seasonal, history: 6h, step: 10m, season: 7d, seasons: 3,
     confidence: 0.9, window: 24h, min_n: 1}
  - {name: sla ahead, type: forecast, kpi: case.sla}
`

func TestEveryKeyIsRead(t *testing.T) {
	b := newBench(t, nil, kpisForConfig)
	c, err := b.read(everyKey)
	if err != nil {
		t.Fatal(err)
	}
	groups := New(c, b.Engine, nil)
	if len(groups) != 9 {
		t.Fatal(len(groups))
	}
	for i, g := range groups {
		s := g.Rules()[0]
		if s.Rule != c[i].Name || s.Kind != c[i].Type || s.Hash == "" || !strings.Contains(s.Text, c[i].Type) || g.Interval() <= 0 || g.Name() != "detectors;"+c[i].Name {
			t.Errorf("%+v", s)
		}
		if reads := g.Reads(); reads[0] != c[i].KPI || len(reads) < 2 {
			t.Errorf("%s reads %v", s.Rule, reads)
		}
		evaluate(t, g, monday) // without any event
		if s := g.Rules()[0]; s.State != "inactive" || s.At != monday {
			t.Errorf("%+v", s)
		}
	}
}

func TestFaults(t *testing.T) {
	b := newBench(t, nil, kpisForConfig)
	for text, want := range map[string]string{
		`{name: x, kpi: resolved}`:                                                               "type: is missing: it is one of anomaly, burn_rate",
		`{name: x, type: anomlay, kpi: resolved}`:                                                `did you mean "anomaly"?`,
		`{type: anomaly, kpi: resolved}`:                                                         "name: is missing",
		`{name: x, type: anomaly}`:                                                               "kpi: is missing",
		`{name: x, type: anomaly, kpi: resolvd}`:                                                 `did you mean "resolved"?`,
		`{name: x, type: anomaly, kpi: resolved, hystersis: 1}`:                                  `did you mean "hysteresis"?`,
		`{name: x, type: anomaly, kpi: resolved, severity: ok}`:                                  "severity: \"ok\" is no severity",
		`{name: x, type: anomaly, kpi: resolved, max_series: 0}`:                                 "max_series: is 0",
		`{name: x, type: anomaly, kpi: resolved, by: [offices]}`:                                 `by.0: resolved is not broken down by "offices"; did you mean "office"?`,
		`{name: x, type: anomaly, kpi: resolved, by: [office, office]}`:                          "by.1: tag \"office\" is listed twice",
		`{name: x, type: anomaly, kpi: resolved, window: 7h}`:                                    "window: is 7h: windows fill a day",
		`{name: x, type: anomaly, kpi: resolved, season: month}`:                                 "no season",
		`{name: x, type: anomaly, kpi: resolved, history: 1}`:                                    "history: is 1",
		`{name: x, type: anomaly, kpi: resolved, min_history: 9}`:                                "min_history: is 9: it lies between 2 and history, which is 8",
		`{name: x, type: anomaly, kpi: resolved, sensitivity: 0}`:                                "sensitivity: is 0",
		`{name: x, type: anomaly, kpi: resolved, direction: up}`:                                 "no direction",
		`{name: x, type: anomaly, kpi: resolved, calendar: office}`:                              "no calendar is called",
		`{name: x, type: anomaly, kpi: resolved, time_zone: Mars/North}`:                         "no IANA time zone",
		`{name: x, type: anomaly, kpi: resolved, for: -1h}`:                                      "for: a duration cannot be negative",
		`{name: x, type: burn_rate, kpi: resolved}`:                                              "kpi: resolved is of type throughput",
		`{name: x, type: burn_rate, kpi: plain.sla}`:                                             "kpi: plain.sla has no objective",
		`{name: x, type: burn_rate, kpi: case.sla, objective: 1}`:                                "leaves no budget",
		`{name: x, type: burn_rate, kpi: case.sla, every: 5ms}`:                                  "every: is 5ms",
		`{name: x, type: burn_rate, kpi: case.sla, hysteresis: 1}`:                               "hysteresis: is 1",
		`{name: x, type: burn_rate, kpi: case.sla, for: 30d}`:                                    "for: `for` and `keep_firing_for` span 43200 judgements",
		`{name: x, type: burn_rate, kpi: case.sla, windows: [{long: 1h, short: 2h, burn: 0}]}`:   "windows.0.short: is 2h",
		`{name: x, type: sla_breach, kpi: resolved}`:                                             "holds no cases against a clock",
		`{name: x, type: sla_breach, kpi: case.sla, for: 1h}`:                                    "for: is not a key here",
		`{name: x, type: sla_breach, kpi: case.sla, where: {priority: high}}`:                    `where.priority: cases of case.sla cannot be chosen by "priority"`,
		`{name: x, type: conflict_spike, kpi: case.sla}`:                                         "name a KPI of type conflict",
		`{name: x, type: conflict_spike, kpi: conflicts, history: 2h}`:                           "history: is 2 windows",
		`{name: x, type: conflict_spike, kpi: conflicts, probability: 2}`:                        "probability: is 2",
		`{name: x, type: conflict_spike, kpi: conflicts, measure: share}`:                        "no measure",
		`{name: x, type: conflict_spike, kpi: conflicts, longer_than: 1h, by: [office]}`:         "leave one of",
		`{name: x, type: satisfaction_drift, kpi: resolved}`:                                     "satisfaction_drift is for satisfaction",
		`{name: x, type: satisfaction_drift, kpi: stars, span: 36h}`:                             "whole steps",
		`{name: x, type: satisfaction_drift, kpi: stars, h: 0, k: -1}`:                           "k: is -1",
		`{name: x, type: forecast, kpi: backlog}`:                                                "limit: is missing",
		`{name: x, type: forecast, kpi: backlog, limit: 500}`:                                    "limit: a plain number does not tell",
		`{name: x, type: forecast, kpi: backlog, limit: "> 5", method: arima}`:                   "no method",
		`{name: x, type: forecast, kpi: backlog, limit: "> 5", horizon: 1m}`:                     "horizon: is 1m",
		`{name: x, type: sla_breach, kpi: case.sla}, {name: x, type: sla_breach, kpi: case.sla}`: "is the name of two detectors: entry 0",
	} {
		_, err := b.read("detectors:\n - " + strings.ReplaceAll(text, "}, {name", "}\n - {name"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got: %v\nwant: %s", text, err, want)
		} else if !strings.HasPrefix(err.Error(), "hms-monitor.yaml:") {
			t.Errorf("without its place: %v", err)
		}
	}
}

func TestADetectorOfAKPIThatIsGoneSaysSo(t *testing.T) {
	b := newBench(t, nil, kpisForConfig)
	b.env.KPIs = nil // as where KPIs are defined over the API
	g := b.detector(`{name: x, type: anomaly, kpi: gone}`)
	if _, err := g.Evaluate(t.Context(), monday); err == nil || !strings.Contains(err.Error(), `detector x: there is no such KPI: "gone"`) {
		t.Error(err)
	}
	if s := g.Rules()[0]; s.Error == "" {
		t.Errorf("%+v", s)
	}
}

package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

func question(name string, at int64) engine.Question {
	return engine.Question{KPI: name, At: at, Now: at}
}

const backlog = `
kpis:
  - {name: backlog, type: backlog, by: [office]}
`

// cases opens n cases in [from, to), evenly, that stay open.
func cases(prefix string, from, to int64, n int, office string) (all []event.Event) {
	for i := range n {
		all = append(all, point("case.opened", 1, from+(to-from)*int64(i)/int64(n), "caseId", fmt.Sprint(prefix, i), "office", office))
	}
	return all
}

// 60 cases more an hour from 100 on: 500 are passed after 400 minutes. The line
// sees it 2 hours before.
func TestForecastByHand(t *testing.T) {
	b := newBench(t, nil, backlog)
	b.give(cases("old", monday, monday+1, 100, "north")...)
	start := monday + days
	b.give(cases("new", start, start+10*hour, 600, "north")...)
	b.give(cases("calm", monday, monday+1, 499, "south")...)
	g := b.detector(`{name: full, type: forecast, kpi: backlog, by: [office], limit: "> 500", horizon: 2h, history: 3h, step: 10m}`)
	if all := evaluate(t, g, start+4*hour); len(all) != 0 {
		t.Errorf("%+v", told(all))
	}
	all := evaluate(t, g, start+5*hour)
	if len(all) != 1 || fmt.Sprint(all[0].Tags) != "[{office north}]" || all[0].Value != 400 ||
		all[0].Condition != "400 cases now, above 500 cases within 1h 50m (520 cases expected in 2h, theil_sen)" {
		t.Errorf("%+v", told(all))
	}
	all = evaluate(t, g, start+8*hour)
	if len(all) != 1 || all[0].Condition != "580 cases is above 500 cases already" {
		t.Errorf("%+v", told(all))
	}
}

// Each day 50 more cases come from 9 to 11, and are resolved by the evening. At 8 a line sees
// nothing; the days before do.
func TestSeasonalForecast(t *testing.T) {
	b := newBench(t, nil, backlog)
	for d := range int64(6) {
		from := monday + d*days
		all := cases(fmt.Sprint("d", d, "-"), from+9*hour, from+11*hour, 50+int(d), "north")
		for _, e := range all {
			e.Metric, e.Time = "case.resolved", e.Time+8*hour
			all = append(all, e)
		}
		b.give(all...)
	}
	now := monday + 5*days + 9*hour
	line := b.detector(`{name: line, type: forecast, kpi: backlog, limit: "> 40", horizon: 3h, history: 6h, step: 10m}`)
	season := b.detector(`{name: days, type: forecast, kpi: backlog, limit: "> 40", horizon: 3h, step: 10m, method: seasonal, season: 1d, seasons: 4}`)
	if all := evaluate(t, line, now); len(all) != 0 {
		t.Errorf("%+v", told(all))
	}
	all := evaluate(t, season, now)
	if len(all) != 1 || !strings.Contains(all[0].Condition, "above 40 cases within 1h 40m (52.5 cases expected in 3h, seasonal)") {
		t.Errorf("%+v", told(all))
	}
	if all := evaluate(t, season, now+6*hour); len(all) != 1 || !strings.Contains(all[0].Condition, "already") {
		t.Errorf("%+v", told(all))
	}
	if all := evaluate(t, season, now+12*hour); len(all) != 0 {
		t.Errorf("%+v", told(all))
	}
}

package detect

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

const callKPIs = `
kpis:
  - {name: calls, type: call_service_level, answer_within: 20s, objective: 0.9, by: [office]}
`

// called gives n calls in [from, to), evenly, `bad` of them answered late.
func called(from, to int64, n, bad int, office string) (all []event.Event) {
	for i := range n {
		t := from + (to-from)*int64(i)/int64(n)
		wait := 5.0
		if i*bad/n != (i+1)*bad/n {
			wait = 60
		}
		id := fmt.Sprint(office, t, "-", i)
		all = append(all, point("call.offered", 0, t, "callId", id, "office", office), point("call.answered", wait, t+1, "callId", id, "office", office))
	}
	return all
}

// With an objective of 90 % the budget is 10 %. In the hour 120 of 200 calls are
// late and in its last 5 minutes as well: 60 % is 6 times too fast, which is too
// little for 14.4 and enough for the 6 hours, in which there was nothing before.
func TestBurnRateByHand(t *testing.T) {
	b := newBench(t, nil, callKPIs)
	now := monday + 10*hour
	b.give(called(now-hour, now, 240, 168, "north")...)
	b.give(called(now-hour, now, 240, 1, "south")...)
	g := b.detector(`{name: burn, type: burn_rate, kpi: calls, by: [office]}`)
	all := evaluate(t, g, now)
	if len(all) != 1 {
		t.Fatalf("%+v", all)
	}
	a := all[0]
	if a.Kind != "burn_rate" || a.Rule != "burn" || a.Metric != "calls" || fmt.Sprint(a.Tags) != "[{office north}]" || a.State != alert.Critical ||
		!near(a.Value, 7) || a.N != 240 || a.At != now || a.Since != now ||
		a.Condition != "burn rate 7 over 6h and 7 over 30m, both above 6: 30 % of 240 against an objective of 90 %" ||
		a.Annotations[0].Value != "calls in office north uses up its error budget 7 times too fast" {
		t.Errorf("%+v", a)
	}
	var e struct {
		Rule              string
		DefinitionVersion int
		Window            Span
		Figures           BurnFigures
	}
	if err := json.Unmarshal(a.Evidence, &e); err != nil || e.Rule != g.Rules()[0].Hash || e.DefinitionVersion != 1 || e.Window != (Span{now - 6*hour, now}) ||
		e.Figures.Short.N != 120 || !near(e.Figures.Short.Burn, 7) || e.Figures.Limit != 6 {
		t.Errorf("%s %v", a.Evidence, err)
	}
	// The short windows of the worse levels are clean soon after; those of a day
	// and of 3 days still see it.
	b.give(called(now, now+hour, 100, 0, "north")...)
	if all = evaluate(t, g, now+31*minute); len(all) != 1 || all[0].State != alert.Warning {
		t.Errorf("%+v", all)
	}
	if all = evaluate(t, g, now+24*hour); len(all) != 0 || g.Rules()[0].State != "inactive" {
		t.Errorf("a day later %+v", all)
	}
}

func TestLittleTrafficIsLeftUnjudged(t *testing.T) {
	b := newBench(t, nil, callKPIs)
	now := monday + 10*hour
	b.give(called(now-hour, now, 29, 29, "north")...)
	if all := evaluate(t, b.detector(`{name: burn, type: burn_rate, kpi: calls}`), now); len(all) != 0 {
		t.Errorf("29 of 29 calls: %+v", all)
	}
	all := evaluate(t, b.detector(`{name: burn, type: burn_rate, kpi: calls, min_n: 29, objective: 0.99}`), now)
	if len(all) != 1 || !near(all[0].Value, 100) || !strings.Contains(all[0].Condition, "over 1h and 100 over 5m, both above 14.4") {
		t.Errorf("%+v", all)
	}
}

// A burn of 6.5 fires at 6; with a hysteresis of 0.2 it goes on until below 4.8.
func TestBurnRateIsKeptByHysteresis(t *testing.T) {
	b := newBench(t, nil, callKPIs)
	at := monday + 10*hour
	for i, bad := range []int{65, 65, 50, 50, 47, 47} {
		from := at + int64(i)*30*minute
		b.give(called(from, from+30*minute, 100, bad, "north")...)
	}
	g := b.detector(`{name: burn, type: burn_rate, kpi: calls, hysteresis: 0.2, windows: [{long: 30m, short: 29m, burn: 6}]}`)
	plain := b.detector(`{name: burn, type: burn_rate, kpi: calls, windows: [{long: 30m, short: 29m, burn: 6}]}`)
	for i, want := range []string{"1 1", "1 1", "1 0", "1 0", "0 0", "0 0"} {
		end := at + int64(i+1)*30*minute
		if got := fmt.Sprint(len(evaluate(t, g, end)), len(evaluate(t, plain, end))); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
}

package backtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

// What holds most of a change is kept with the alert when it fires. It stands when
// events come late, or go, and the answer says whether it is still so.
func TestAnAlertKeepsWhatHoldsItsChange(t *testing.T) {
	b := newBench(t, openedPerDay)
	for week := range int64(7) {
		for i := range int64(40) {
			b.give(point("case.opened", 1, week*7*24*hour+i*minute, "caseId", fmt.Sprint(week, "-", i), "office", []string{"n", "s"}[i%2]))
		}
	}
	now := 6*7*24*hour + 50*minute
	for i := range int64(400) {
		b.give(point("case.opened", 1, now-1, "caseId", fmt.Sprint("x", i), "office", "n"))
	}
	g := b.detector(`{name: odd, type: anomaly, kpi: opened, window: 1d, direction: high}`)
	found, err := g.Evaluate(t.Context(), now)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	ended := found[0]
	ended.State = alert.OK
	all := []alert.Transition{found[0], ended}
	rules.Account(t.Context(), b.engine, all)
	if len(all[0].Evidence) < len(found[0].Evidence)+100 || len(all[0].Evidence) > 16<<10 || !slices.Equal(all[1].Evidence, ended.Evidence) {
		t.Fatalf("evidence of %d bytes became %d and %d", len(found[0].Evidence), len(all[0].Evidence), len(all[1].Evidence))
	}
	b.groups = []rules.Group{g}
	x, err := b.Explain(t.Context(), all[0], nil)
	if err != nil || x.ChangeThen == nil || !x.ChangeSame || x.ChangeThen.Tags[0].Parts[0].Value != "n" || *x.ChangeThen.Tags[0].Parts[0].Share != 1 {
		t.Fatalf("%+v %v", x, err)
	}
	if x, err = b.Explain(t.Context(), found[0], nil); err != nil || x.ChangeThen != nil || x.ChangeSame || x.Change == nil {
		t.Errorf("without an account %+v %v", x, err)
	}
	for i := range int64(300) { // late
		b.give(point("case.opened", 1, now-2, "caseId", fmt.Sprint("y", i), "office", "s"))
	}
	if x, err = b.Explain(t.Context(), all[0], nil); err != nil || x.ChangeSame || *x.ChangeThen.Tags[0].Parts[0].Share != 1 || *x.Change.Tags[0].Parts[0].Share == 1 {
		t.Errorf("after late events %+v %v", x, err)
	}
}

// A threshold on a KPI keeps what its value rested on, which the log has.
func TestAThresholdOnAKPIKeepsWhatHoldsItsChange(t *testing.T) {
	b := newBench(t, openedPerDay)
	for i := range int64(40) {
		b.give(point("case.opened", 1, 24*hour+i*minute, "caseId", fmt.Sprint(i), "office", []string{"n", "s"}[i%2]))
	}
	now := 48*hour + 50*minute
	for i := range int64(700) {
		b.give(point("case.opened", 1, now-1, "caseId", fmt.Sprint("x", i), "office", "n"))
	}
	l, err := b.engine.Get("opened")
	if err != nil {
		t.Fatal(err)
	}
	judge := alert.New(alert.Thresholds{"opened": l.Definition.Thresholds.Rule(l.Definition)}.Rules(), quiet())
	values := event.Of(point("opened", 700, now), point("gone", 1, now))
	found := judge.Observe(rules.Witness(t.Context(), b.engine, values), now)
	if len(found) != 1 {
		t.Fatal(found)
	}
	var evidence struct {
		Seq    uint64
		N      int64
		Window struct{ From, To int64 }
	}
	if err := json.Unmarshal(found[0].Evidence, &evidence); err != nil || evidence.Seq != 740 || evidence.N != 700 || evidence.Window.To != now+1 || evidence.Window.From != now+1-24*hour {
		t.Errorf("%s %v", found[0].Evidence, err)
	}
	x, err := b.Explain(t.Context(), found[0], nil)
	if err != nil || x.ChangeThen == nil || !x.ChangeSame || x.ChangeThen.Tags[0].Parts[0].Value != "n" {
		t.Errorf("%+v %v", x, err)
	}
}

package backtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

// lastOK is the last transition of the series of all[i] before it that was ok.
func lastOK(all []alert.Transition, i int) *alert.Transition {
	for j := i - 1; j >= 0; j-- {
		if all[j].State == alert.OK && slices.Equal(all[j].Tags, all[i].Tags) {
			return &all[j]
		}
	}
	return nil
}

// What a threshold on a metric said live, it says again.
func TestAlertsOfThresholdsAreJudgedAlikeAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, "")
		b.thresholds = thresholds(rt, fmt.Sprintf(`{m: {warning: "> 3", critical: "> 6", by: [office], for: %s, hysteresis: %v}}`,
			rapid.SampledFrom([]string{"0s", "2m"}).Draw(rt, "for"), rapid.SampledFrom([]float64{0, 1}).Draw(rt, "hysteresis")))
		live := alert.New(b.thresholds, quiet())
		var all []alert.Transition
		for i := range rapid.IntRange(1, 30).Draw(rt, "events") {
			e := point("m", float64(rapid.IntRange(0, 9).Draw(rt, "value")), int64(i)*minute/2+7, "office", rapid.SampledFrom([]string{"north", "south"}).Draw(rt, "office"))
			b.give(e)
			all = append(all, live.Apply(uint64(i)+1, event.Of(e), e.Time)...)
		}
		b.thresholds = nil // the evidence has what is needed
		for i, c := range all {
			x, err := b.Explain(t.Context(), c, lastOK(all, i))
			if err != nil || !x.Same || x.Judged != c.State || !x.RuleChanged || x.Now == nil || *x.Now.Value != c.Value {
				rt.Fatalf("%+v of %v: %v", x, c, err)
			}
			if c.At == c.Timestamp && (x.Event == nil || x.Event.Seq != c.Position.Seq || x.Event.Value != c.Value) {
				rt.Fatalf("the event of %v is %v", c, x.Event)
			}
		}
	})
}

func TestAnAlertOfAKPIAndWhatCameLate(t *testing.T) {
	b := newBench(t, openedPerDay)
	live := alert.New(b.engine.Rules(), quiet())
	var all []alert.Transition
	for i := range int64(1000) {
		now := 30*24*hour + i*minute/2
		office := "north"
		if i > 500 {
			office = "south"
		}
		b.give(point("case.opened", 1, now, "office", office))
		if v := b.engine.Due(now); v != nil {
			all = append(all, live.Observe(v, now)...)
		}
	}
	if len(all) != 2 || all[0].State != alert.Warning || all[1].State != alert.Critical {
		t.Fatal(all)
	}
	x, err := b.Explain(t.Context(), all[1], nil)
	if err != nil || !x.Same || x.DefinitionVersion != 1 || *x.Now.Value != all[1].Value || x.Window.To != all[1].At+1 || x.Change == nil || len(x.Change.Tags) == 0 {
		t.Fatalf("%+v %v", x, err)
	}
	for range 400 { // they came late: it was critical long before
		b.give(point("case.opened", 1, 30*24*hour-1, "office", "north"))
	}
	x, err = b.Explain(t.Context(), all[0], nil)
	if err != nil || x.Same || x.Judged != alert.Critical || *x.Now.Value != all[0].Value+400 || x.Reason == "" {
		t.Errorf("%+v %v", x, err)
	}
}

func TestBostonSurgeExplained(t *testing.T) {
	events, zone := boston(t)
	b := newBench(t, openedPerDay)
	b.give(events...)
	for _, rule := range []string{fmt.Sprintf(oddDay, "both"), `{name: late, type: sla_breach, kpi: sla}`} {
		live := newBench(t, openedPerDay)
		at := time.Date(2011, 8, 28, 18, 0, 0, 0, zone).UnixMilli()
		n, _ := slices.BinarySearchFunc(events, at, func(e event.Event, at int64) int { return int(e.Time - at) })
		live.give(events[:n]...)
		g := live.detector(rule)
		found, err := g.Evaluate(t.Context(), at)
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		b.groups = []rules.Group{g}
		x, err := b.Explain(t.Context(), found[0], nil)
		if err != nil || !x.Same || x.RuleChanged || *x.Now.Value != found[0].Value || x.Window == nil || len(x.Evidence) == 0 {
			t.Errorf("%+v %v", x, err)
		}
		if found[0].Kind == "anomaly" && (x.Change == nil || x.Change.Tags[0].Tag != "office" || *x.Change.Tags[0].Parts[0].Share < 0.5) {
			t.Errorf("%+v", x.Change)
		}
		// The rule was changed since: what is in force is not what judged, unless
		// the text was kept.
		b.groups = []rules.Group{live.detector(strings.Replace(rule, "{", "{max_series: 7, ", 1))}
		x, err = b.Explain(t.Context(), found[0], nil)
		var kept noted
		if err := json.Unmarshal(found[0].Evidence, &kept); err != nil {
			t.Fatal(err)
		}
		if err != nil || !x.RuleChanged || x.Same != (len(kept.Text) > 0) || !x.Same && x.Reason == "" {
			t.Errorf("%+v %v", x, err)
		}
	}
}

func TestWhatCannotBeJudgedAgainSaysWhy(t *testing.T) {
	b := newBench(t, openedPerDay)
	for _, c := range []alert.Transition{
		{Kind: rules.KindExternal, Rule: "x", State: alert.Warning},
		{Kind: alert.KindThreshold, Rule: "gone", State: alert.Warning},
		{Kind: "anomaly", Rule: "gone", State: alert.Warning, Evidence: json.RawMessage(`{"rule":"abc"}`)},
		{Kind: string(PromQL), Rule: "gone", State: alert.Warning},
	} {
		x, err := b.Explain(t.Context(), c, nil)
		if err != nil || x.Same || x.Judged != "" || !strings.Contains(x.Reason, "cannot be judged once more") {
			t.Errorf("%s: %+v %v", c.Kind, x, err)
		}
	}
	if _, err := b.Explain(t.Context(), alert.Transition{Evidence: json.RawMessage(`{`)}, nil); err == nil {
		t.Error("damaged evidence was read")
	}
}

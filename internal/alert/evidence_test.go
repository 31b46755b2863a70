package alert

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func TestTransitionsKeepTheRuleThatJudged(t *testing.T) {
	section := func(critical string) Thresholds {
		return Thresholds{"r": {Metric: "m", Warning: LimitOf("< 5"), Critical: LimitOf(critical), Hysteresis: 0.5, KeepFiringFor: units.Duration(time.Minute)}}
	}
	rules := section("< 2").Rules()
	rules[0].DefinitionVersion = 3
	e := New(rules, quiet())
	found := e.Apply(1, event.Of(point("m", 1, 0)), 0)
	var is Evidence
	if err := json.Unmarshal(found[0].Evidence, &is); err != nil {
		t.Fatal(err)
	}
	const text = `{"critical":"\u003c 2","hysteresis":0.5,"keep_firing_for":"1m","metric":"m","warning":"\u003c 5"}`
	if string(is.Text) != text || is.Rule != rules[0].Hash() || is.DefinitionVersion != 3 {
		t.Errorf("%+v, want the text %s and the hash %s", is, text, rules[0].Hash())
	}
	e.Reload(section("< 1").Rules())
	var then Evidence
	found = e.Apply(2, event.Of(point("m", 0.5, 120_000)), 120_000)
	found = append(found, e.Apply(3, event.Of(point("m", 9, 240_000)), 240_000)...)
	found = append(found, e.Tick(400_000)...)
	if err := json.Unmarshal(found[len(found)-1].Evidence, &then); err != nil {
		t.Fatal(err)
	}
	if then.Rule == is.Rule || then.DefinitionVersion != 0 {
		t.Errorf("after a change of the rule the evidence is still %+v", then)
	}
}

package alert

import (
	"encoding/json"
	"slices"
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

// What a value of a KPI rests on goes with the alert, also where the condition has
// to hold for a while and the program is started anew meanwhile.
func TestAnAlertKeepsWhatItsValueRestsOn(t *testing.T) {
	rules := Thresholds{
		"now":   {Metric: "k", Critical: LimitOf("< 5")},
		"later": {Metric: "k", Critical: LimitOf("< 5"), For: units.Duration(time.Minute)},
	}.Rules()
	value := func(v float64, ms int64, seen string) *event.Block {
		e := point("k", v, ms)
		e.Source = seen
		return event.Of(e)
	}
	n := func(found []Transition) (n []int) {
		for _, one := range found {
			var evidence struct {
				N    int
				Rule string
			}
			if err := json.Unmarshal(one.Evidence, &evidence); err != nil || evidence.Rule == "" {
				t.Errorf("%s: %v", one.Evidence, err)
			}
			n = append(n, evidence.N)
		}
		return n
	}
	e := New(rules, quiet())
	e.Apply(1, event.Of(point("other", 1, 0)), 0)
	if got := n(e.Observe(value(1, 1000, `{"n":7}`), 1000)); !slices.Equal(got, []int{7}) {
		t.Errorf("at once: %v", got)
	}
	snapshot, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	e = New(rules, quiet())
	if err := e.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	if got := n(e.Tick(61_000)); !slices.Equal(got, []int{7}) {
		t.Errorf("a minute later, after a restart: %v", got)
	}
	if got := n(e.Observe(value(9, 62_000, `{"n":8}`), 62_000)); !slices.Equal(got, []int{8, 8}) {
		t.Errorf("when it recovers: %v", got)
	}
	for _, seen := range []string{"", "{}", `{"n":`, "sensor-7"} {
		e.Observe(value(1, 63_000, seen), 63_000)
		if got := n(e.Observe(value(9, 64_000, seen), 64_000)); len(got) != 1 || got[0] != 0 {
			t.Errorf("of %q: %v", seen, got)
		}
	}
	// The source of an event is a sender's name, not a witness.
	raw := point("k", 1, 70_000)
	raw.Source = `{"n":9}`
	if got := n(e.Apply(2, event.Of(raw), 70_000)); !slices.Equal(got, []int{0}) {
		t.Errorf("of an event: %v", got)
	}
}

func TestOnlyWhatMattersIsWritten(t *testing.T) {
	e := New(Thresholds{"r": {Metric: "k", Critical: LimitOf("< 5"), By: []string{"office"}}}.Rules(), quiet())
	of := func(office string, v float64) event.Event {
		return point("k", v, 1000, event.Tag{Key: "office", Value: office})
	}
	if got := e.Consider(event.Of(of("n", 9), of("s", 1), point("other", 1, 0)), 1000); !slices.Equal(got, []bool{false, true, false}) {
		t.Error(got)
	}
}

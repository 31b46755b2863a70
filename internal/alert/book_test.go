package alert

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// What an evaluation finds becomes how things stand, whatever stood before, and
// an evaluation that finds the same again changes nothing.
func TestTheBookFollowsWhatIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := New(nil, quiet())
		for step := range int64(10) {
			rule := RuleID{"promql", rapid.SampledFrom([]string{"a", "b"}).Draw(t, "rule")}
			var found []Transition
			for i := range rapid.IntRange(0, 4).Draw(t, "series") {
				if state := rapid.SampledFrom([]State{OK, Warning, Critical}).Draw(t, "state"); state != OK {
					found = append(found, Transition{
						Kind: rule.Kind, Rule: rule.Rule, State: state, Tags: []event.Tag{{Key: "n", Value: fmt.Sprint(i)}},
						Provisional: rapid.Bool().Draw(t, "provisional"),
					})
				}
			}
			stood := e.Standing()
			changes := e.Found(e.Differences([]RuleID{rule}, found, step), step)
			for i, c := range changes {
				if c.Position != (Position{0, e.last.N - uint32(len(changes)-1-i)}) || c.State == c.Previous && c.State == OK {
					t.Fatalf("change %v", c)
				}
			}
			if len(e.Differences([]RuleID{rule}, found, step)) != 0 || len(e.Found(found, step)) != 0 {
				t.Fatal("the same again is a change")
			}
			now := map[string]State{}
			for _, s := range e.Standing() {
				now[s.SeriesKey()] = s.State
			}
			want := map[string]State{}
			for _, s := range stood {
				if s.Rule != rule.Rule {
					want[s.SeriesKey()] = s.State
				}
			}
			for _, s := range found {
				want[s.SeriesKey()] = s.State
			}
			if !reflect.DeepEqual(now, want) {
				t.Fatalf("stands %v, want %v", now, want)
			}
			state, err := e.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			e = New(nil, quiet())
			if err := e.Restore(state); err != nil {
				t.Fatal(err)
			}
			if again, err := e.Snapshot(); err != nil || !bytes.Equal(state, again) {
				t.Fatalf("restored and saved again: %v", err)
			}
		}
	})
}

// What has been confirmed is not provisional again.
func TestAnAlertIsConfirmedOnce(t *testing.T) {
	e := New(nil, quiet())
	for i, step := range []struct {
		provisional bool
		changes     int
	}{{true, 1}, {true, 0}, {false, 1}, {true, 0}, {false, 0}} {
		found := []Transition{{Kind: "promql", Rule: "a", State: Critical, Provisional: step.provisional}}
		if got := e.Found(e.Differences([]RuleID{{"promql", "a"}}, found, int64(i)), int64(i)); len(got) != step.changes {
			t.Errorf("step %d: %v, want %d changes", i, got, step.changes)
		}
	}
}

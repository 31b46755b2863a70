package alert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func below(limit float64) *Bound { return &Bound{Below, limit} }

// brief writes transitions as "id state@since", one word each.
func brief(found []Transition) string {
	words := make([]string, len(found))
	for i, t := range found {
		words[i] = fmt.Sprintf("%s:%s>%s@%d", t.Position, t.Previous, t.State, t.Since)
	}
	return strings.Join(words, " ")
}

func point(metric string, v float64, ms int64, tags ...event.Tag) event.Event {
	return event.Event{Metric: metric, Value: v, Time: ms, Tags: tags}
}

func TestEachChangeOnce(t *testing.T) {
	e := New([]Rule{{Name: "rate", Metric: "rate", Warning: below(5), Critical: below(2)}}, quiet())
	var got []Transition
	for i, v := range []float64{6, 4, 4, 1, 1, 6} {
		got = append(got, e.Apply(uint64(i+1), event.Of(point("rate", v, int64(i))), int64(i))...)
	}
	if want := "2.1:ok>warning@1 4.1:warning>critical@3 6.1:critical>ok@5"; brief(got) != want {
		t.Errorf("got %s, want %s", brief(got), want)
	}
	if c := got[0].Condition + "; " + got[1].Condition + "; " + got[2].Condition; c != "below 5; below 2; at least 5" {
		t.Errorf("conditions: %s", c)
	}
}

// feed applies values of one metric, one block each, a millisecond apart.
func feed(e *Engine, values ...float64) string {
	var got []Transition
	for i, v := range values {
		got = append(got, e.Apply(uint64(i+1), event.Of(point("m", v, int64(i))), int64(i))...)
	}
	return brief(got)
}

func TestHysteresisKeepsAStateUntilWellBeyondItsLimit(t *testing.T) {
	e := New([]Rule{{Name: "m", Metric: "m", Warning: below(5), Critical: below(2), Hysteresis: 1}}, quiet())
	want := "1.1:ok>critical@0 3.1:critical>warning@2 5.1:warning>ok@4"
	if got := feed(e, 1, 2.9, 3, 5.9, 6, 5); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	e = New([]Rule{{Name: "m", Metric: "m", Critical: &Bound{AtLeast, 90}, Hysteresis: 10}}, quiet())
	if got := feed(e, 90, 80, 79); got != "1.1:ok>critical@0 3.1:critical>ok@2" {
		t.Error(got)
	}
}

func TestForWaitsByEventTimeAndByTheClock(t *testing.T) {
	rule := Rule{Name: "m", Metric: "m", Warning: below(5), Critical: below(2), For: 10}
	at := func(e *Engine, seq uint64, v float64, ms int64) string {
		return brief(e.Apply(seq, event.Of(point("m", v, ms)), 1000))
	}
	e := New([]Rule{rule}, quiet())
	if got := at(e, 1, 4, 0) + at(e, 2, 1, 5) + at(e, 3, 1, 9); got != "" {
		t.Error("too early:", got)
	}
	if got := at(e, 4, 1, 10); got != "4.1:ok>warning@0" {
		t.Error("by event time:", got)
	}
	if at, ok := e.NextDeadline(); !ok || at != 1010 {
		t.Error("the next deadline is", at, ok)
	}
	if got := brief(e.Tick(1009)) + brief(e.Tick(1010)) + brief(e.Tick(5000)); got != "4.2:warning>critical@5" {
		t.Error("by the clock:", got)
	}
	e = New([]Rule{rule}, quiet())
	if got := at(e, 1, 1, 0) + at(e, 2, 6, 9) + at(e, 3, 1, 10) + at(e, 4, 1, 19) + brief(e.Tick(1009)); got != "" {
		t.Error("a recovery starts the wait over:", got)
	}
}

func TestTransitionsOfATickAreDatedToTheirDeadline(t *testing.T) {
	e := New([]Rule{{Name: "m", Metric: "m", Critical: below(2), For: 10}}, quiet())
	e.Apply(1, event.Of(point("m", 1, 3)), 100)
	got := e.Apply(2, event.Of(point("m", 9, 4)), 500)
	if brief(got) != "1.1:ok>critical@3 2.1:critical>ok@4" || got[0].At != 110 || got[1].At != 500 {
		t.Errorf("%+v", got)
	}
}

func TestSeriesOfARuleAreBounded(t *testing.T) {
	var log strings.Builder
	e := New([]Rule{{Name: "m", Metric: "m", Critical: below(2), By: []string{"c"}, MaxSeries: 2}},
		slog.New(slog.NewTextHandler(&log, nil)))
	tagged := func(v float64, c string) event.Event { return point("m", v, 0, event.Tag{Key: "c", Value: c}) }
	got := brief(e.Apply(1, event.Of(
		tagged(1, "a"), tagged(9, "b"), tagged(1, "c"), tagged(1, "d"), tagged(1, "e"), tagged(9, "a"), tagged(1, "d"),
	), 0))
	if want := "1.1:ok>critical@0 3.1:ok>critical@0 6.1:critical>ok@0 7.1:ok>critical@0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if e.Refused() != 2 || strings.Count(log.String(), "level=WARN") != 1 || len(e.States()) != 2 {
		t.Error(e.Refused(), log.String(), e.States())
	}
}

func TestReloadKeepsWhatItCan(t *testing.T) {
	same := Rule{Name: "same", Metric: "m", Critical: below(2)}
	moved := Rule{Name: "moved", Metric: "m", Critical: below(2)}
	gone := Rule{Name: "gone", Metric: "m", Critical: below(2)}
	e := New([]Rule{same, moved, gone}, quiet())
	e.Apply(1, event.Of(point("m", 1, 0)), 0)
	moved.Critical = below(1)
	e.Reload([]Rule{same, moved, {Name: "new", Metric: "m", Critical: below(2)}})
	var got []string
	for _, tr := range e.Apply(2, event.Of(point("m", 1, 1)), 1) {
		got = append(got, tr.Rule+" "+string(tr.State))
	}
	if strings.Join(got, ", ") != "moved ok, new critical" {
		t.Error(got)
	}
}

func TestTransitionAsJSON(t *testing.T) {
	e := New([]Rule{{Name: "r", Metric: "m", Critical: below(2), By: []string{"office"}}}, quiet())
	got, err := json.Marshal(e.Apply(12, event.Of(point("m", 1.5, 7, event.Tag{Key: "office", Value: "süd"})), 9))
	want := `[{"id":"12.1","kind":"threshold","rule":"r","metricName":"m","tags":{"office":"süd"},"state":"critical","previous":"ok","value":1.5,"condition":"below 2","timestamp":7,"since":7,"at":9}]`
	if err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
	var back []Transition
	if err := json.Unmarshal(got, &back); err != nil || len(back) != 1 || back[0].Position != (Position{12, 1}) {
		t.Errorf("read back as %v, %v", back, err)
	} else if again, err := json.Marshal(back); err != nil || !bytes.Equal(again, got) {
		t.Errorf("read back and written again as %s, %v", again, err)
	}
	got, err = json.Marshal(e.States())
	want = `[{"rule":"r","metricName":"m","tags":{"office":"süd"},"state":"critical","since":7,"value":1.5,"timestamp":7}]`
	if err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
}

func TestPositions(t *testing.T) {
	for _, text := range []string{"0", "7", "7.1", "18446744073709551615.4294967295"} {
		if p, err := ParsePosition(text); err != nil || p.String() != text {
			t.Error(text, p, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "1.", ".1", "1.x", "1.2.3", "+1", "18446744073709551616", "1.4294967296"} {
		if p, err := ParsePosition(text); err == nil {
			t.Error(text, "read as", p)
		}
	}
}

// A block of unwatched metrics is the common case and must cost next to nothing.
func BenchmarkApply1000Events(b *testing.B) {
	for _, watched := range []string{"other", "m"} {
		b.Run("watching="+watched, func(b *testing.B) {
			var events []event.Event
			for i := range 1000 {
				events = append(events, point("m", float64(i%10), int64(i), event.Tag{Key: "office", Value: fmt.Sprint(i % 50)}))
			}
			block := event.Of(events...)
			e := New([]Rule{{Name: "r", Metric: watched, Warning: below(-5), Critical: below(-6), By: []string{"office"}}}, quiet())
			b.ReportAllocs()
			seq := uint64(1)
			for b.Loop() {
				e.Apply(seq, block, 0)
				seq += 1000
			}
		})
	}
}

func TestSilenceOfWhatWasHeardAndOfWhatNeverWas(t *testing.T) {
	rules := Thresholds{"queue.length": {
		By: []string{"office"}, NoData: &NoData{After: units.Duration(30 * time.Minute), State: Critical},
		Expect: []map[string]string{{"office": "north"}, {"office": "south"}},
	}}
	if faults := rules.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	e := New(rules.Rules(), quiet())
	if _, waits := e.NextDeadline(); waits {
		t.Fatal("waits although the log's clock was not read yet")
	}
	const minute = 60_000
	office := func(name string) event.Tag { return event.Tag{Key: "office", Value: name} }
	var got []string
	note := func(all []Transition) {
		for _, c := range all {
			got = append(got, fmt.Sprint(c.At/minute, " ", c.Tags[0].Value, " ", c.State, ": ", c.Condition))
		}
	}
	note(e.Apply(1, event.Of(point("queue.length", 3, 0, office("west"))), 10*minute))
	note(e.Apply(2, event.Of(point("queue.length", 3, 0, office("north"))), 20*minute))
	note(e.Tick(60 * minute))
	note(e.Apply(3, event.Of(point("queue.length", 3, 0, office("south"))), 70*minute))
	want := []string{
		"40 west critical: no value for 30m0s", "40 south critical: no value for 30m0s",
		"50 north critical: no value for 30m0s", "70 south ok: a value came",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

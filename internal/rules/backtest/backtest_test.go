package backtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

func thresholds(t interface{ Fatal(...any) }, text string) []alert.Rule {
	var section alert.Thresholds
	d := strict.Decode("rules", []byte(text), &section)
	d.Place(section.Validate())
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	return section.Rules()
}

// The values of the brief, against a rule in force that is less strict.
func TestThresholdOnAMetric(t *testing.T) {
	b := newBench(t, "")
	b.thresholds = thresholds(t, `{case.resolved.rate: {critical: "< 2"}}`)
	for i, v := range []float64{6, 4, 1, 6, 4.5} {
		b.give(point("case.resolved.rate", v, int64(i)*minute), point("other", 0, int64(i)*minute))
	}
	a := b.run(`case.resolved.rate: {warning: 5, critical: 2}`, 0, 5*minute, 0)
	var got []string
	for _, f := range a.Firings {
		end := int64(-1)
		if f.ResolvedAt != nil {
			end = *f.ResolvedAt / minute
		}
		got = append(got, fmt.Sprint(f.FiredAt/minute, "-", end, " ", f.State, " ", *f.Value, " ", f.Condition, " ", f.Seconds))
	}
	want := "[1-2 warning 4 below 5 60 2-3 critical 1 below 2 60 4--1 warning 4.5 below 5 60]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if a.Count != 3 || a.Warning != 2 || a.Critical != 1 || a.Series != 1 || a.TotalSeconds != 180 || a.Pages != 3 || a.Judged != 5 || a.Step != 0 || len(a.Limits) != 0 {
		t.Errorf("%+v", a)
	}
	if fmt.Sprint(a.Receivers) != fmt.Sprint([]Pages{{"mail", 3, 3 * 2016}, {"oncall", 1, 2016}}) {
		t.Errorf("%+v", a.Receivers)
	}
	if c := a.InForce; c == nil || c.Same || c.Count != 1 || c.Both != 1 || c.GainedCount != 2 || c.LostCount != 0 || c.Gained[0].State != alert.Warning {
		t.Errorf("%+v", c)
	}
	if a := b.run(`case.resolved.rate: {critical: "< 2"}`, 0, 5*minute, 0); !a.InForce.Same || a.InForce.Both != 1 || a.InForce.GainedCount+a.InForce.LostCount != 0 {
		t.Errorf("%+v", a.InForce)
	}
	// What began before the range stands at its begin, and is no page of it.
	if a := b.run(`case.resolved.rate: {warning: 5, critical: 2}`, 2*minute+1, 3*minute, 0); a.Count != 1 || !a.Firings[0].Standing || a.Pages != 0 || a.Firings[0].FiredAt != 2*minute {
		t.Errorf("%+v", a)
	}
}

// In whatever order events came, the past is judged as live would have judged
// them had each come at its own time.
func TestThePastIsJudgedByTheTimeOfItsEvents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, "")
		rule := fmt.Sprintf(`{m: {warning: "> 3", critical: "> 6", by: [office], for: %s, hysteresis: %v, keep_firing_for: %s}}`,
			rapid.SampledFrom([]string{"0s", "2m"}).Draw(rt, "for"), rapid.SampledFrom([]float64{0, 1}).Draw(rt, "hysteresis"), rapid.SampledFrom([]string{"0s", "90s"}).Draw(rt, "keep"))
		var events []event.Event
		for i := range rapid.IntRange(0, 30).Draw(rt, "events") {
			e := point("m", float64(rapid.IntRange(0, 9).Draw(rt, "value")), int64(i)*minute/2+7)
			if office := rapid.SampledFrom([]string{"", "north", "south"}).Draw(rt, "office"); office != "" {
				e.Tags = tag("office", office, "caseId", fmt.Sprint(i))
			}
			events = append(events, e)
		}
		const end = 20 * minute
		live := alert.New(thresholds(rt, rule), quiet())
		r := newRecorder(Request{To: end}, DefaultLimits())
		tell := func(all []alert.Transition) {
			for _, c := range all {
				_ = r.take(c, c.At)
			}
		}
		for i, e := range events {
			tell(live.Tick(e.Time))
			tell(live.Apply(uint64(i)+1, event.Of(e), e.Time))
		}
		tell(live.Tick(end - 1))
		r.end()
		b.give(rapid.Permutation(events).Draw(rt, "order")...)
		a, faults, err := b.Run(context.Background(), Request{Text: []byte(rule), From: 0, To: end})
		if err != nil || len(faults) > 0 {
			rt.Fatal(err, faults)
		}
		if got, want := text(a.Firings), text(listed(r.done, 0)); got != want {
			rt.Fatalf("backtest\n%s\nlive\n%s", got, want)
		}
	})
}

func text(all []Firing) (s string) {
	for _, f := range all {
		end := int64(-1)
		if f.ResolvedAt != nil {
			end = *f.ResolvedAt
		}
		s += fmt.Sprintln(f.FiredAt, end, f.Tags, f.State, *f.Value, f.Seconds)
	}
	return s
}

func TestFaultsOfARule(t *testing.T) {
	b := newBench(t, openedPerDay)
	for text, want := range map[string]string{
		"m: {warnin: 5}":                                     `rule.yaml:1:5: m.warnin: is not a key here; did you mean "warning"?`,
		"m: {warning: 5}\n\nother: {warning: 5}":             "has 2 rules: one is tried at a time",
		"m:\n  warning: 5":                                   "rule.yaml:2:3: m.warning: a plain number does not tell",
		"kpi: opend\nthresholds: {warning: \"> 5\"}":         `rule.yaml:1:1: kpi: no KPI is called "opend"; did you mean "opened"?`,
		"kpi: opened\nthresholds:\n  min_n: -1\n  for: -3s":  "rule.yaml:3:3: thresholds.min_n",
		"kpi: opened\nthresholds: {warning: 9, critical: 9}": "rule.yaml:2:26: thresholds.critical: warning and critical are the same limit",
		"name: x\ntype: anomaly\nkpi: opened\nwindow: 7m":    "rule.yaml:4:1: window: is 7m",
		"name: x\ntype: anomly\nkpi: opened":                 `"anomly" is no type of detector`,
		"groups: []":                                         "cannot be tried here",
		"{":                                                  "rule.yaml:1:",
	} {
		_, faults, err := b.Run(t.Context(), Request{File: "rule.yaml", Text: []byte(text), To: 1})
		var got []string
		for _, f := range faults {
			got = append(got, f.Error())
		}
		if err != nil || !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
	if _, _, err := b.Run(t.Context(), Request{Text: []byte("m: {}"), From: 1, To: 1}); err == nil {
		t.Error("an empty range was judged")
	}
}

func TestLimitsAreTold(t *testing.T) {
	b := newBench(t, "")
	for i := range int64(100) {
		b.give(point("m", float64(i%2), i*minute))
	}
	run := func(l Limits) Answer {
		o := b.o
		o.Limits = l
		a, faults, err := New(o).Run(t.Context(), Request{Text: []byte(`m: {warning: "> 0"}`), To: 100 * minute, List: 3})
		if err != nil || len(faults) > 0 {
			t.Fatal(err, faults)
		}
		return a
	}
	if a := run(Limits{}); a.Count != 50 || len(a.Firings) != 3 || len(a.Limits) != 0 || a.Through != 100*minute {
		t.Errorf("%+v", a)
	}
	if a := run(Limits{Firings: 10}); a.Count != 11 || len(a.Limits) != 1 || a.Through != 21*minute || !strings.Contains(a.Limits[0], "more than 10 times") {
		t.Errorf("%+v", a)
	}
	if a := run(Limits{Time: time.Nanosecond}); len(a.Limits) != 1 || a.Through != 0 || !strings.Contains(a.Limits[0], "longer than") {
		t.Errorf("%+v", a)
	}
}

func TestADetectorAgainstTheOneInForce(t *testing.T) {
	events, zone := boston(t)
	b := newBench(t, openedPerDay)
	b.give(events...)
	b.groups = []rules.Group{b.detector(fmt.Sprintf(oddDay, "high"))}
	from, to := time.Date(2011, 8, 20, 0, 0, 0, 0, zone).UnixMilli(), time.Date(2011, 10, 12, 0, 0, 0, 0, zone).UnixMilli()
	a := b.run(fmt.Sprintf(oddDay, "low"), from, to, time.Hour)
	c := a.InForce
	if c == nil || c.Same || c.Both != 0 || c.GainedCount != a.Count || c.LostCount != c.Count || a.Count != 2 || c.Count == 0 {
		t.Fatalf("%+v\n%+v", a, c)
	}
}

// Events of one millisecond are judged one by one, but what counts in a comparison
// is how the series stands when the millisecond is over.
func TestAMillisecondsMiddleIsNoDifference(t *testing.T) {
	b := newBench(t, openedPerDay)
	for i, v := range []float64{6, 6, 4.5, 6, 1, 6, 1} { // 6 at 1h, then 6 4.5 6 1 6 at 2h, 1 at 3h
		at := []int64{1, 2, 2, 2, 2, 2, 3}[i] * hour
		b.give(point("rate", v, at))
	}
	b.thresholds = thresholds(t, `{rate: {warning: "< 4"}}`)
	a := b.run(`rate: {warning: "< 5"}`, 0, 4*hour, 0)
	if c := a.InForce; c == nil || c.Same || c.Both != 1 || c.GainedCount != 0 || c.LostCount != 0 {
		t.Errorf("%+v", c)
	}
}

// That a count is too low is certain when its hour is over, and that is when it is
// judged: `lateness` after it, and at no instant in between.
func TestTooLittleIsToldWhenItsHourIsOver(t *testing.T) {
	b := newBench(t, openedPerDay)
	for h := range int64(24 * 7 * 6) {
		for i := range int64(30) {
			if h == 24*7*5+30 && i > 2 {
				continue // three in this hour, all at its begin
			}
			b.give(point("case.opened", 1, h*hour+i*minute, "caseId", fmt.Sprint(h, "-", i), "office", "n"))
		}
	}
	const low = 24*7*5 + 30
	a := b.run(`{name: few, type: anomaly, kpi: opened, window: 1h, direction: low}`, (low-10)*hour, (low+10)*hour, 0)
	if len(a.Firings) != 1 || a.Firings[0].FiredAt != (low+1)*hour+minute || a.Firings[0].ResolvedAt == nil || *a.Firings[0].ResolvedAt != (low+2)*hour+minute || a.Judged != 21 || a.Step != hour {
		t.Errorf("judged %d times, step %d: %+v", a.Judged, a.Step, a.Firings)
	}
}

package sla

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func decode(text string) (*Spec, error) {
	s := New()
	d := strict.Decode("kpi.yaml", []byte(text), s)
	return s, d.Err()
}

func env() *kpi.Env {
	known := []string{"case.opened", "case.resolved", "case.paused", "case.resumed", "case.cancelled", "case.reopened", "case.responded", "case.priority_changed"}
	return &kpi.Env{
		Calendars: map[string]*calendar.Calendar{"federal": nil, "state": nil},
		Metrics:   known, KnownMetric: func(name string) bool { return slices.Contains(known, name) },
	}
}

func TestTargetsAreRead(t *testing.T) {
	for text, want := range map[string]Target{
		"target: 48h":       {Default: units.Duration(48 * time.Hour)},
		"target: \"2d\"":    {Default: units.Duration(48 * time.Hour)},
		"target: 0":         {},
		"due_tag: dueAt":    {},
		"target: null":      {},
		`{"target": "30m"}`: {Default: units.Duration(30 * time.Minute)},
		"target: {tag: priority, values: {high: 4h, 1: 8h}, default: 2d}": {
			Tag: "priority", Default: units.Duration(48 * time.Hour),
			Values: map[string]units.Duration{"high": units.Duration(4 * time.Hour), "1": units.Duration(8 * time.Hour)},
		},
	} {
		s, err := decode(text)
		got := s.Target
		if err != nil || got.Tag != want.Tag || got.Default != want.Default || len(got.Values) != len(want.Values) ||
			got.Values["high"] != want.Values["high"] || got.Values["1"] != want.Values["1"] {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestWrongTargetsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"target: 48":                         `kpi.yaml:1:9: target: "48" is no duration`,
		"target: soon":                       `"soon" is no duration`,
		"target: [1h]":                       "a target is a duration, as in 48h, or {tag: priority",
		"target: {value: {high: 4h}}":        `value: is not a key here; did you mean "values"?`,
		"target: {tag: 5, default: x}":       "kpi.yaml:1:10: target.tag: 5 is no tag: name the tag whose value chooses the target\nkpi.yaml:1:18: target.default: \"x\" is no duration: write it as 90s, 10m, 24h or 400d",
		"target: {tag: p, values: 4h}":       "values: is a section of values and their targets",
		"target: {tag: p, values: {a: b}}":   `kpi.yaml:1:27: target.values.a: "b" is no duration`,
		"goals: [{name: a, targets: 1h}]":    `goals.0.targets: is not a key here; did you mean "target"?`,
		"goals: [{name: a, target: tomorr}]": `kpi.yaml:1:27: goals.0.target: "tomorr" is no duration`,
	} {
		if _, err := decode(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestDefinitionsThatHold(t *testing.T) {
	for _, text := range []string{
		"target: 48h", "due_tag: dueAt", "target: 48h\ndue_tag: dueAt", "target: 48h\ncalendar: federal\nobjective: 1\nat_risk: 0",
		"target: 48h\npause: ''\nresume: ''\ncancel: ''\nreopen: ''\nchange: ''\nqueue: ''",
		"goals: [{name: first_response, stop: case.responded, target: 4h}, {name: resolution, target: {tag: priority, values: {high: 4h}, default: 48h}}]",
		"target: 48h\ngoals: [{name: a, stop: case.responded}, {name: b, calendar: state}]",
	} {
		s, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		c := &kpi.Common{By: []string{"office"}}
		if faults := s.Validate(c, env()); faults != nil {
			t.Errorf("%s: %v", text, faults.Err())
		}
		if d := s.Describe(c); d.Unit != "ratio" || d.Formula == "" || d.Excludes == "" {
			t.Errorf("%s: %+v", text, d)
		}
	}
}

func TestFaultsOfDefinitions(t *testing.T) {
	for text, want := range map[string]string{
		"objective: 0.9":                                        "target: is missing: give a target",
		"target: 0":                                             "target: is 0",
		"target: -4h":                                           "target: is -4h",
		"target: {tag: p, values: {a: 1h}}":                     "target: has no default",
		"target: {values: {a: 1h}}":                             "target: has values but no tag",
		"target: {tag: p, default: 1h}":                         "target: has a tag but no values",
		"target: 40000d":                                        "is no duration",
		"target: 1h\nobjective: 90":                             "objective: is 90: it is a share between 0 and 1",
		"target: 1h\nobjective: -0.1":                           "objective: is -0.1",
		"target: 1h\nat_risk: 1":                                "at_risk: is 1",
		"target: 1h\ncalendar: fedral":                          `calendar: no calendar is called "fedral"; did you mean "federal"?`,
		"target: 1h\nstart: case.open":                          `start: no event is called "case.open"`,
		"target: 1h\nstop: ''":                                  "stop: is empty: name an event",
		"target: 1h\nstop: case.opened":                         "stop: is case.opened, as start is: one event cannot do both",
		"target: 1h\nkey: ''":                                   "key: is empty",
		"target: {tag: p, values: {a: -1h}, default: 1h}":       "target.values.a: is -1h",
		"goals: [{target: 1h}]":                                 "goals.0.name: is missing",
		"goals: [{name: a, target: 1h}, {name: a, target: 2h}]": `goals.1.name: another goal is called "a", too`,
		"goals: [{name: a}]":                                    "goals.0.target: is missing",
		"goals: [{name: a, target: 1h, stop: case.respond}]":    `goals.0.stop: no event is called "case.respond"`,
		"goals: [{name: a, target: 1h, calendar: statee}]":      `goals.0.calendar: no calendar is called "statee"; did you mean "state"?`,
		"goals: [{name: a, target: 1h, start: case.paused}]":    "goals.0.pause: is case.paused, as start is",
	} {
		s, err := decode(text)
		if err == nil {
			err = s.Validate(&kpi.Common{}, env()).Err()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
	var faults fault.List
	if checkCalendar("x", &kpi.Env{}, &faults); !strings.Contains(faults.Err().Error(), "defines none") {
		t.Error(faults)
	}
}

func TestReadsWhatItNeeds(t *testing.T) {
	s, _ := decode("due_tag: dueAt\ngoals: [{name: first, stop: case.responded, target: 1h}, {name: last, target: {tag: priority, values: {high: 4h}, default: 48h}, due_tag: by}]")
	r := s.Reads(&kpi.Common{By: []string{"office", "goal"}})
	slices.Sort(r.Metrics)
	slices.Sort(r.Tags)
	if want := "case.cancelled case.opened case.paused case.priority_changed case.reopened case.resolved case.responded case.resumed"; strings.Join(r.Metrics, " ") != want {
		t.Error(r.Metrics)
	}
	if want := "by caseId office priority queue to"; strings.Join(r.Tags, " ") != want {
		t.Error(r.Tags)
	}
}

func TestDeadlinesAreRead(t *testing.T) {
	const ms = 1_320_588_000_123
	for text, want := range map[string]int64{
		"1320588000123": ms, "2011-11-06T14:00:00.123Z": ms, "2011-11-06T09:00:00.123-05:00": ms, " 2011-11-06 15:00:00.123456+01:00 ": ms, "-5": -5,
	} {
		if got, ok := parseDue(text); !ok || got != want {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "2011-11-06", "soon", "99999999999999999", "2011-11-06T14:00:00"} {
		if got, ok := parseDue(text); ok {
			t.Errorf("%q was read as %d", text, got)
		}
	}
	for _, c := range []struct {
		text string
		ok   bool
	}{{"9999-12-31T00:00:00Z", false}, {"2100-01-01T00:00:00Z", true}, {"1900-01-01T00:00:00Z", true}, {"", false}} {
		packed := packDue(ms, c.text)
		due, ok := unpackDue(ms, packed)
		if want, _ := parseDue(c.text); ok != c.ok || ok && due != want {
			t.Errorf("%q: %d, %v", c.text, due, ok)
		}
	}
}

package define_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
)

func office(t *testing.T) *kpi.Env {
	t.Helper()
	calendars, err := calendar.Config{{Name: "federal", TimeZone: "America/New_York", Hours: map[string]string{"mon-fri": "08:00-17:00"}}}.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	env := &kpi.Env{Calendars: calendars, KPIs: map[string]*kpi.Definition{}, Metrics: define.Vocabulary()}
	env.KnownMetric = func(name string) bool { return known[name] }
	for _, name := range env.Metrics {
		known[name] = true
	}
	for _, text := range []string{
		`{"name": "share", "type": "custom", "expr": "count(\"call.answered\") / kpi(\"index\")", "by": ["queue"]}`,
		`{"name": "index", "type": "custom", "expr": "count(\"call.offered\")"}`,
	} {
		d, _ := define.Parse("before", []byte(text), env)
		env.KPIs[d.Name] = d
	}
	return env
}

// TestFaultsInJSON: what is put over HTTP is refused with the path, the line and
// the column of each fault.
func TestFaultsInJSON(t *testing.T) {
	for _, c := range []struct{ text, path, place, says string }{
		{"", "", "0:0", "is empty"},
		{`{`, "", "", ""},
		{`[]`, "", "1:1", "must be a section"},
		{`7`, "", "1:1", "must be a section"},
		{`{"name": "x"}`, "type", "1:2", "is missing: it is one of backlog"},
		{"{\"name\": \"x\",\n  \"type\": \"slaa\"}", "type", "2:11", `did you mean "sla"?`},
		{`{"type": "backlog"}`, "name", "1:2", "is missing"},
		{`{"name": "a b", "type": "backlog"}`, "name", "1:2", "is no name"},
		{`{"name": ["a"], "type": "backlog"}`, "name", "1:10", "must be a text"},
		{`{"name": "x", "type": "backlog", "windw": "7d"}`, "windw", "1:34", `did you mean "window"?`},
		{`{"name": "x", "type": "backlog", "window": "-7d"}`, "window", "1:34", "is -7d"},
		{`{"name": "x", "type": "backlog", "window": 7}`, "window", "1:44", "is no duration"},
		{`{"name": "x", "type": "backlog", "window": {"days": 7}}`, "window", "", "is no duration"},
		{`{"name": "x", "type": "backlog", "by": "office"}`, "by", "1:40", "must be a list of texts"},
		{`{"name": "x", "type": "backlog", "by": ["a", "a"]}`, "by.1", "1:46", "listed twice"},
		{`{"name": "x", "type": "backlog", "by": ["a", "b", "c", "d", "e", "f", "g"]}`, "by", "1:34", "lists 7 tags, at most 6 fit"},
		{`{"name": "x", "type": "backlog", "start": "case.opend"}`, "start", "1:34", `did you mean "case.opened"?`},
		{`{"name": "x", "type": "sla", "target": "48h", "calendar": "fedral"}`, "calendar", "1:47", `did you mean "federal"?`},
		{`{"name": "x", "type": "sla", "target": "48h", "objective": "ninety"}`, "objective", "1:60", "must be a number"},
		{`{"name": "x", "type": "sla", "target": "48h", "objective": 90}`, "objective", "1:47", "a share between 0 and 1"},
		{`{"name": "x", "type": "sla", "target": 48}`, "target", "1:40", "is no duration"},
		{`{"name": "x", "type": "sla", "target": ["48h"]}`, "target", "", "a target is a duration"},
		{"{\"name\": \"x\", \"type\": \"sla\", \"target\": {\"tag\": \"priority\",\n \"values\": {\"high\": \"soon\"},\n \"default\": \"48h\"}}", "target.values.high", "2:13", "is no duration"},
		{"{\"name\": \"x\", \"type\": \"sla\", \"target\": {\"tag\": \"priority\",\n \"values\": {\"high\": \"-4h\"},\n \"default\": \"48h\"}}", "target.values.high", "2:13", "is -4h"},
		{`{"name": "x", "type": "sla", "goals": [{"name": "a", "target": "1h"}, {"name": "a", "target": "2h"}]}`, "goals.1.name", "1:72", "another goal"},
		{`{"name": "x", "type": "sla", "goals": {"name": "a"}}`, "goals", "", "must be a list"},
		{`{"name": "x", "type": "throughput", "event": "case.resolved", "thresholds": {"warning": "five"}}`, "thresholds.warning", "1:78", "is no threshold"},
		{`{"name": "x", "type": "throughput", "event": "case.resolved", "thresholds": {"warning": 5, "critical": 2, "min_n": -1}}`, "thresholds.min_n", "1:107", "is -1"},
		{`{"name": "x", "type": "throughput", "event": "case.resolved", "thresholds": {"warning": 5, "critical": 2, "per_group": "yes"}}`, "thresholds.per_group", "1:120", "must be true or false"},
		{`{"name": "x", "type": "throughput", "event": "case.resolved", "thresholds": 5}`, "thresholds", "1:77", "must be a section"},
		{"{\"name\": \"x\", \"type\": \"custom\",\n \"expr\": \"cuont(\\\"case.opened\\\")\"}", "expr", "2:2", `1:1: no function is called "cuont"; did you mean "count"?`},
		{`{"name": "x", "type": "custom", "expr": "1 + kpi(\"shar\")"}`, "expr", "1:33", `1:9: no KPI is called "shar"; did you mean "share"?`},
		{`{"name": "x", "type": "custom", "expr": "kpi(\"share\")", "by": ["office"]}`, "expr", "1:33", "share is not broken down by office"},
		{`{"name": "index", "type": "custom", "expr": "kpi(\"share\")"}`, "expr", "1:37", "in a circle: index -> share -> index"},
		{`{"name": "x", "type": "satisfaction", "instrument": "csat5", "objective": 80}`, "objective", "1:62", "lies above 0 and up to 1"},
		{`{"name": "x", "type": "satisfaction", "instrument": "csat5", "min_n": 1.5}`, "min_n", "1:71", "must be a whole number"},
		{`{"name": "x", "type": "reopen_rate", "within": "7d", "window": "7d"}`, "window", "1:54", "longer than within"},
	} {
		_, document := define.Parse("x.json", []byte(c.text), office(t))
		faults := document.Faults()
		if len(faults) != 1 {
			t.Errorf("%s: %d faults: %v", c.text, len(faults), document.Err())
			continue
		}
		f := faults[0]
		if path := strings.Join(f.Path, "."); path != c.path {
			t.Errorf("%s: the path is %q, want %q", c.text, path, c.path)
		}
		if place := fmt.Sprintf("%d:%d", f.Line, f.Column); c.place != "" && place != c.place {
			t.Errorf("%s: the place is %s, want %s", c.text, place, c.place)
		}
		if !strings.Contains(f.Detail, c.says) {
			t.Errorf("%s: %s, want %s", c.text, f.Detail, c.says)
		}
	}
}

// FuzzParse: whatever is put, it is refused or can be used.
func FuzzParse(f *testing.F) {
	f.Add(`{"name": "x", "type": "sla", "target": {"tag": "p", "values": {"a": "1h"}, "default": "2h"}, "by": ["a"]}`)
	f.Add("name: x\ntype: custom\nexpr: count(\"case.opened\", value > 2) / 3\nthresholds: {warning: 1, critical: 2}\n")
	env := &kpi.Env{Metrics: define.Vocabulary(), KnownMetric: func(string) bool { return true }}
	f.Fuzz(func(t *testing.T, text string) {
		d, document := define.Parse("f", []byte(text), env)
		if document.Err() != nil {
			return
		}
		if again, second := define.Parse("f", d.Source, env); second.Err() != nil || string(again.Source) != string(d.Source) {
			t.Fatalf("%q is kept as %s, which is not the same: %v", text, d.Source, second.Err())
		}
		d.Spec.Describe(&d.Common)
		d.Spec.Reads(&d.Common)
		d.Spec.New(&d.Common, env).Value(kpi.Query{From: 0, At: 1})
	})
}

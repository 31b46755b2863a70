package prom

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func TestFaultsNameFileAndLine(t *testing.T) {
	for text, want := range map[string]string{
		"groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: sum(\n":                                          `r.yml:5:15: group "g", rule "A": could not parse expression`,
		"groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: a > 1\n        fro: 5m\n":                        "r.yml:6: field fro not found",
		"groups:\n  - name: g\n    rules:\n      - expr: a > 1\n":                                                           `r.yml:4:9: group "g", rule "": one of 'record' or 'alert' must be set`,
		"groups:\n  - name: g\n    rules:\n      - alert: A\n        record: b\n        expr: a\n":                          "only one of 'record' and 'alert'",
		"groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: a\n        annotations: {summary: '{{ $x }}'}\n": `r.yml:4:9: group "g", rule "A": annotation "summary"`,
		"groups:\n  - name: g\n    rules: []\n  - name: g\n    rules: []\n":                                                 `r.yml:4:5: groupname: "g" is repeated`,
		"groups:\n  - name: g\n    interval: soon\n":                                                                        "r.yml: not a valid duration",
		"groups: [\n":                   "r.yml:",
		"groups: []\n---\ngroups: []\n": "r.yml: a second document",
		"groups:\n  - name: g\n    rules: [{alert: A, expr: a, labels: {__name__: x}}]\n":                         "invalid label name: __name__",
		"groups:\n  - name: g\n    rules: [{alert: A, expr: a}]\n  - name: h\n    rules: [{alert: A, expr: b}]\n": `r.yml:5:13: alert "A" stands in the group r.yml;g as well`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "r.yml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := DefaultConfig()
		c.Rules = []string{"*.yml"}
		faults := c.Validate(dir)
		if err := faults.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nwant %s\ngot  %v", text, want, err)
		} else if faults[0].Path[0] != "rules" {
			t.Errorf("%v", faults)
		}
	}
}

func TestConfigFaults(t *testing.T) {
	c := Config{Rules: []string{"none/*.yml", "["}, Interval: units.Duration(time.Millisecond), ExternalLabels: map[string]string{"": "x"}}
	err := c.Validate("here").Err()
	for _, want := range []string{`rules.0: "none/*.yml" names no file in here`, "rules.1: ", "evaluation_interval: ", "external_labels.: is no name"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
	if err := DefaultConfig().Validate(".").Err(); err != nil {
		t.Error(err)
	}
}

func TestReads(t *testing.T) {
	for text, want := range map[string]string{
		`a + b`:                              "a b",
		`rate(a[5m]) / on() {"case.opened"}`: "a case.opened",
		`{__name__="x"} and x`:               "x",
		`vector(1)`:                          "",
		`{__name__=~"a.*"} or b`:             "?",
		`{office="north"}`:                   "?",
	} {
		expr, err := promql.NewParser().ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		names := reads(expr)
		got := strings.Join(names, " ")
		if names == nil {
			got = "?"
		}
		if got != want {
			t.Errorf("%s reads %s, want %s", text, got, want)
		}
	}
}

func TestReadsUntil(t *testing.T) {
	for text, want := range map[string]int64{
		`a`: 0, `a offset 5m`: 300_000, `rate(a[5m] offset 1m) / b offset 2m`: 60_000, `max_over_time(a[1h:1m] offset 3m)`: 180_000,
		`max_over_time((a offset 1m)[1h:1m] offset 3m)`: 240_000, `a offset -1m`: -60_000, `1`: 0,
	} {
		expr, err := promql.NewParser().ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := readsUntil(expr); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

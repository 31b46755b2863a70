package ruletest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

func run(t *testing.T, file string) string {
	t.Helper()
	var r Runner
	if failures := r.Run(t.Context(), file); len(failures) > 0 {
		return errors.Join(failures...).Error()
	}
	return ""
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no files:", pattern, err)
	}
	return files
}

// TestFeatures runs a file of tests for each feature of rule files.
func TestFeatures(t *testing.T) {
	for _, file := range append(glob(t, "../testdata/features/*.test.yml"), glob(t, "../testdata/ours/*.test.yml")...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if failures := run(t, file); failures != "" {
				t.Error(failures)
			}
		})
	}
}

// TestPromtoolAgrees has promtool run the same files.
func TestPromtoolAgrees(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (Debian's package prometheus has it)")
	}
	out, err := exec.Command(promtool, "--version").CombinedOutput()
	m := regexp.MustCompile(`version (\d+)\.`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("%s %v", out, err)
	}
	major, _ := strconv.Atoi(string(m[1]))
	for _, file := range glob(t, "../testdata/features/*.test.yml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if filepath.Base(file) == "newer.test.yml" && major < 3 {
				t.Skipf("promtool %d does not know query_offset, labels of groups, fuzzy_compare and start_timestamp", major)
			}
			if out, err := exec.Command(promtool, "test", "rules", file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestPromtoolsOwnFiles runs the files that promtool is tested with; what fails
// there must fail here.
func TestPromtoolsOwnFiles(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "cmd", "promtool", "testdata")
	for name, want := range map[string]string{
		"unittest.yml": "", "long-period.yml": "", "start-time-test.yml": "", "at-modifier-test.yml": "",
		"negative-offset-test.yml": "", "no-test-group-interval.yml": "",
		"bad-input-series.yml":            "parse error",
		"bad-promql.yml":                  "duplicate series",
		"bad-rules-syntax-test.yml":       "bad-rules-syntax.yml:7:15: ",
		"bad-rules-error-test.yml":        "rule: joined, time: 0s, err: ",
		"failing.yml":                     "alertname: Test, time: 0s",
		"experimental-functions-test.yml": "experimental",
		"rules_run.yml":                   "wrong test",
		"rules_run_fuzzy.yml":             "wrong fuzzy match",
		"rules_run_no_fuzzy.yml":          "correct fuzzy match",
		"rules_run_extrafields.yml":       "rules_extrafields.yml:7: field namespace not found",
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, filepath.Join(dir, name))
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("want %q, got %s", want, got)
			}
		})
	}
}

func TestFaultsNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"tests:\n  - inputs: []":                                                  "x.yml:2:5: tests.0.inputs: is not a key here",
		"evaluation_interval: soon":                                               "x.yml:1:",
		"tests:\n  - start_timestamp: today":                                      "is no time",
		"group_eval_order: [a, a]":                                                "group name repeated",
		"tests:\n  - events: [5m case.opened x=1 x=2]\n":                          `event "5m case.opened x=1 x=2": the tag x is given twice`,
		"kpis:\n  - {name: a.b, type: throughput}":                                "x.yml:2:6: kpis.0.event: is empty",
		"config: none.yaml":                                                       "no configuration",
		"tests:\n  - alert_rule_test: [{eval_time: 0m}]":                          "has no alertname",
		"tests:\n  - promql_expr_test: [{expr: 1 +, eval_time: 0m}]":              "parse error",
		"tests:\n  - promql_expr_test: [{expr: 1, exp_samples: [{labels: '{'}]}]": `labels "{"`,
		"rule_files: ['[']":                                                       "is no pattern",
	} {
		file := filepath.Join(t.TempDir(), "x.yml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := run(t, file); !strings.Contains(got, want) {
			t.Errorf("%s\nwant %s\ngot  %s", text, want, got)
		}
	}
}

func TestConfigurationGivesKPIs(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.yml")
	text := "config: c/hms.yaml\ntests:\n  - promql_expr_test: [{expr: 'count({__name__=~\".+\"}) or vector(0)', eval_time: 1m, exp_samples: [{labels: '{}', value: 0}]}]"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := ""
	r := Runner{Config: func(path string) (kpi.Env, []*kpi.Definition, error) {
		asked = path
		return kpi.Env{}, nil, nil
	}}
	if failures := r.Run(t.Context(), file); len(failures) > 0 || asked != filepath.Join(dir, "c/hms.yaml") {
		t.Error(asked, failures)
	}
}

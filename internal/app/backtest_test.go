package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Rules of every kind over what was posted, on the running program.
func TestBacktestOverHTTP(t *testing.T) {
	a, stop := start(t, testConfig(t))
	defer stop()
	var lines []string
	const minute = 60_000
	const from = 1_767_225_600_000 // 2026-01-01
	for i, v := range []float64{6, 4, 1, 6} {
		lines = append(lines, fmt.Sprintf(`{"metricName":"case.resolved.rate","value":%v,"timestamp":%d,"tags":{"office":"north"}}`, v, from+i*minute))
		for range int(v) {
			lines = append(lines, fmt.Sprintf(`{"metricName":"case.resolved","value":1,"timestamp":%d,"tags":{"office":"north","caseId":"C"}}`, from+i*minute))
		}
	}
	post(t, a, "["+strings.Join(lines, ",")+"]", nil)
	run := func(rule string, wantStatus int) string {
		t.Helper()
		body, err := json.Marshal(map[string]any{"rule": rule, "from": from - minute, "to": "2026-01-01T00:10:00Z"})
		if err != nil {
			t.Fatal(err)
		}
		resp := request(t, http.MethodPost, a.URL()+"/api/alerts/backtest", body, nil)
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != wantStatus {
			t.Fatalf("%s answered %d %s %v", rule, resp.StatusCode, text, err)
		}
		return string(text)
	}
	type answer struct {
		Kind    string
		Rules   []string
		Firings []struct {
			State      string
			FiredAt    int64
			ResolvedAt *int64
			Tags       map[string]string
		}
		Judged int
		Limits []string
	}
	for rule, want := range map[string]string{
		`case.resolved.rate: {warning: 5, critical: 2, by: [office]}`:                                                                                        "threshold [case.resolved.rate]: warning 1-2 map[office:north], critical 2-3 map[office:north]",
		"groups:\n- name: g\n  interval: 1m\n  rules:\n  - alert: Slow\n    expr: '{__name__=\"case.resolved.rate\"} < 5'\n    labels: {severity: critical}": "promql [Slow]: critical 1-3 map[office:north]",
	} {
		var got answer
		if err := json.Unmarshal([]byte(run(rule, 200)), &got); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, f := range got.Firings {
			end := int64(-1)
			if f.ResolvedAt != nil {
				end = (*f.ResolvedAt - from) / minute
			}
			delete(f.Tags, "alertname")
			delete(f.Tags, "severity")
			all = append(all, fmt.Sprintf("%s %d-%d %v", f.State, (f.FiredAt-from)/minute, end, f.Tags))
		}
		if is := fmt.Sprintf("%s %v: %s", got.Kind, got.Rules, strings.Join(all, ", ")); is != want {
			t.Errorf("%s\n got %s, %+v\nwant %s", rule, is, got, want)
		}
	}
	for rule, says := range map[string]string{
		"case.resolved.rate:\n  warnin: 5":                                `"position":"2:3"`,
		"groups:\n- name: g\n  rules:\n  - alert: Slow\n    expr: 'sum('": `"position":"5`,
		"name: x\ntype: anomaly\nkpi: nothing":                            `no KPI is called`,
	} {
		if text := run(rule, 422); !strings.Contains(text, says) {
			t.Errorf("%s: %s", rule, text)
		}
	}
}

// What a threshold told is explained from what is stored.
func TestAlertIsExplainedOverHTTP(t *testing.T) {
	c := testConfig(t)
	c.Thresholds = alert.Thresholds{"case.resolved.rate": {Warning: alert.LimitOf("5"), Critical: alert.LimitOf("2"), By: []string{"office"}}}
	a, stop := start(t, c)
	defer stop()
	for i, v := range []float64{6, 4, 1, 6} {
		post(t, a, fmt.Sprintf(`{"metricName":"case.resolved.rate","value":%v,"timestamp":%d,"tags":{"office":"north"},"id":"e%d","source":"desk"}`, v, 1_767_225_600_000+i*60_000, i), nil)
	}
	type told struct{ ID, State string }
	list := get[struct{ Alerts []told }](t, a, "/api/alerts/history").Alerts
	if len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	for i, one := range list {
		x := get[struct {
			Alert        told
			Judged, Hash string
			Same         bool
			Rule         string
			RuleChanged  bool
			Then, Now    struct{ Value float64 }
			Event        struct {
				ID, Source string
				Seq        int
				Value      float64
			}
		}](t, a, "/api/alerts/"+one.ID+"/explain")
		want := []float64{6, 1, 4}[i]
		if !x.Same || x.Judged != one.State || x.Alert != one || x.RuleChanged || x.Hash == "" || x.Then.Value != want || x.Now.Value != want ||
			x.Event.Value != want || x.Event.Source != "desk" || x.Event.ID != fmt.Sprint("e", 3-i) || x.Event.Seq != 4-i || !strings.Contains(x.Rule, `"critical":"2"`) {
			t.Errorf("%+v", x)
		}
	}
	if r := request(t, http.MethodGet, a.URL()+"/api/alerts/4711.1/explain", nil, nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("an alert that there is not answered %d", r.StatusCode)
	}
}

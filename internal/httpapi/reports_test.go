package httpapi

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/reports"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// The office has no alerts: package reports tests those.
func (reader) FindAlerts(context.Context, store.AlertQuery) ([]alert.Transition, error) {
	return nil, nil
}

func (reader) LatestAlerts(context.Context, int64) ([]alert.Transition, error) { return nil, nil }

func TestSummaryIsWhatTheOtherAnswersSay(t *testing.T) {
	o := openCases(t)
	o.resolve("north", 10*time.Minute, 90*time.Minute)
	var s reports.Summary
	o.get("/api/reports/summary?from=2026-03-02T04:00:00Z&to=2026-03-02T12:00:00Z", &s)
	if !s.Over || len(s.KPIs) != 4 || s.Conflicts.Shown == nil || s.Alerts.Shown == nil {
		t.Errorf("%+v", s)
	}
	for _, k := range s.KPIs {
		var value kpiValue
		o.get("/api/kpis/"+k.Name+"/value?window=8h&at=2026-03-02T12:00:00Z", &value)
		total := value.Series[0]
		if (k.Value == nil) != (total.Value == nil) || k.Value != nil && *k.Value != *total.Value || k.N != total.N || k.State != total.State || k.Unit != value.Unit {
			t.Errorf("%+v, but its value is %+v", k, total)
		}
	}
	o.get("/api/reports/summary?from=2026-02-28T12:00:00Z", &s)
	if s.To != o.now.UnixMilli()+1 { // what is dated now counts
		t.Errorf("without an end: %+v", s)
	}
	if s.Cases.Count != 2 || s.Cases.Open != 2 || s.Cases.Shown[0].CaseID != "later" {
		t.Errorf("cases: %+v", s.Cases)
	}
}

func TestSummaryAsMail(t *testing.T) {
	o := openCases(t)
	for path, kind := range map[string]string{"summary.html": "text/html; charset=utf-8", "summary.txt": "text/plain; charset=utf-8"} {
		w := o.send("GET", "/api/reports/"+path+"?from=2026-03-01T12:00:00Z&zone=America/New_York", "", "")
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Body.String(), "Cases resolved per hour") || !strings.Contains(w.Body.String(), "EST") {
			t.Errorf("%s: %d %s %s", path, w.Code, w.Header(), w.Body)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s may load things: %s", path, policy)
		}
	}
}

func TestSummariesThatCannotBeMade(t *testing.T) {
	o := openOffice(t, auth.Config{})
	for query, says := range map[string]string{
		"summary":                    "from",
		"summary?from=soon":          "RFC 3339",
		"summary?from=2&to=1":        "from must be before to",
		"summary?from=0":             "longer than 100 days",
		"summary?from=4000000000000": "before to",
		"summary?from=1&until=3":     "until",
		"summary.html?from=2026-03-01T12:00:00Z&zone=Mars/Olympus": "IANA",
		"summary.txt?from=2026-03-01T12:00:00Z&zone=../etc/passwd": "IANA",
	} {
		w := o.send("GET", "/api/reports/"+query, "", "")
		if w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s answered %d %s", query, w.Code, w.Body)
		}
	}
}

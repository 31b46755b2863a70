package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
)

// examplesOf asks a server what the page shows, by operation.
func examplesOf(t *testing.T) map[string]string {
	t.Helper()
	o := openOffice(t, auth.Config{}, resolvedPerHour, twoDays)
	o.resolve("north", 50*time.Minute, 25*time.Minute, 4*time.Minute)
	o.resolve("south", 7*time.Minute)
	o.tell("case.opened", "C-1", "north", 50*time.Hour)
	o.tell("case.paused", "C-1", "north", 40*time.Hour)
	o.tell("case.resumed", "C-1", "north", 34*time.Hour)
	o.tell("case.opened", "C-2", "north", 49*time.Hour)
	const rate = "/api/kpis/cases.resolved.per.hour"
	examples := map[string]string{}
	for _, e := range []struct{ operation, method, path, body string }{
		{"get-kpi", http.MethodGet, rate, ""},
		{"get-kpi-value", http.MethodGet, rate + "/value?by=office", ""},
		{"get-kpi-history", http.MethodGet, rate + "/history?from=2026-03-02T11:00:00Z&to=2026-03-02T12:00:00Z&step=20m&by=office", ""},
		{"explain-kpi", http.MethodGet, rate + "/explain?from=2026-03-02T11:30:00Z&to=2026-03-02T12:00:00Z", ""},
		{"list-cases", http.MethodGet, "/api/cases?tag.office=north&limit=1", ""},
		{"get-case", http.MethodGet, "/api/cases/C-1", ""},
		{"put-kpi", http.MethodPut, "/api/kpis/calls.per.minute", "type: throughput\nevent: call.offered\nper: 1m\nwindow: 15m\nby: [queue]\n"},
		{"put-kpi", http.MethodPut, "/api/kpis/calls.per.minute", "type: throughput\nevent: call.offred\nper: 1m\nwindow: -15m\nby: [queue]\n"},
		{"put-kpi", http.MethodPut, "/api/kpis/calls.per.minute", "type: throughput\nevent: call.offered\nthresholds: {warnin: 5}\n"},
	} {
		kind := ""
		if e.body != "" {
			kind = "application/yaml"
		}
		release := o.holdHistory()
		w := o.send(e.method, e.path, kind, e.body)
		release()
		examples[e.operation] += example(t, e.method, e.path, kind, e.body, w.Code, w.Body.Bytes())
	}
	return examples
}

func example(t *testing.T, method, path, kind, body string, status int, answer []byte) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "\n```http\n%s %s\n", method, path)
	if kind != "" {
		fmt.Fprintf(&b, "Content-Type: %s\n\n%s", kind, body)
	}
	b.WriteString("```\n")
	var indented bytes.Buffer
	if err := json.Indent(&indented, answer, "", "  "); err != nil {
		t.Fatal(err)
	}
	text := indented.String()
	for _, inner := range []*regexp.Regexp{
		regexp.MustCompile(`\[\s+([^\[\]{}]{0,120}?)\s+\]`), regexp.MustCompile(`\{\s+([^\[\]{}]{0,120}?)\s+\}`), regexp.MustCompile(`\[\s+((?:\[[^\[\]{}]*\],?\s*){1,3}?)\s*\]`),
	} {
		text = inner.ReplaceAllStringFunc(text, func(s string) string {
			open, shut := s[:1], s[len(s)-1:]
			return open + strings.Join(strings.Fields(s[1:len(s)-1]), " ") + shut
		})
	}
	fmt.Fprintf(&b, "\nis answered %d:\n\n```json\n%s\n```\n", status, strings.TrimSpace(text))
	return b.String()
}

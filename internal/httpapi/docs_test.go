package httpapi

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/ingest"
)

var update = flag.Bool("update", false, "write docs/api.md anew")

func served(t *testing.T) http.Handler {
	t.Helper()
	a, err := auth.New(auth.Config{}, auth.Options{Listen: "127.0.0.1:0", Refuse: Refuse, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	none := http.NotFoundHandler()
	return New(Options{Auth: a, Limits: ingest.DefaultConfig(), Stream: none, UI: none, Metrics: none, Version: "test", Logger: slog.New(slog.DiscardHandler)})
}

func ask(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	r.Host = "127.0.0.1"
	h.ServeHTTP(w, r)
	return w
}

// operation is what the page tells of an OpenAPI operation.
type operation struct {
	OperationID          string
	Summary, Description string
	Tags                 []string
	Parameters           []struct {
		Name, In, Description string
		Schema                struct {
			Default any
			Maximum *float64
		}
	}
	Responses map[string]any
}

// description is the server's own, by path and method.
func description(t *testing.T) map[string]map[string]operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]operation
	}
	w := ask(served(t), "GET", "/openapi.json")
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 {
		t.Fatal(w.Code, err)
	}
	return doc.Paths
}

// TestReference holds docs/api.md to the description that the server gives of
// itself.
func TestReference(t *testing.T) {
	groups, examples := map[string][]string{}, examplesOf(t)
	for path, item := range description(t) {
		for method, o := range item {
			groups[o.Tags[0]] = append(groups[o.Tags[0]], section(strings.ToUpper(method), path, o)+examples[o.OperationID])
		}
	}
	var page strings.Builder
	page.WriteString(introduction)
	for _, group := range []string{"Ingest", "Live", "Read", "KPIs", "Cases", "Alerts", "Boards", "Reports", "Access", "Server"} {
		fmt.Fprintf(&page, "\n## %s\n", group)
		slices.Sort(groups[group])
		page.WriteString(strings.Join(groups[group], ""))
		delete(groups, group)
	}
	if len(groups) > 0 {
		t.Errorf("groups without a place on the page: %v", groups)
	}
	const path = "../../docs/api.md"
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != page.String() {
		t.Errorf("docs/api.md is not what the server says of itself (%v): go test ./internal/httpapi -update", err)
	}
}

const introduction = `# HTTP API

Generated from ` + "`/openapi.json`" + `, which every server gives of itself; a test keeps
this page true.

Times in queries are milliseconds since 1970 UTC or RFC 3339 text; times in
answers are milliseconds. Tags are selected by ` + "`tag.KEY=VALUE`" + `, as often as wanted.
A failed request is answered as ` + "`application/problem+json`" + ` (RFC 9457):

` + "```json" + `
{"type": "about:blank", "title": "Bad Request", "status": 400,
 "detail": "nothing of the request was stored",
 "errors": [{"index": 1, "field": "value", "detail": "is null, it must be a finite number"}]}
` + "```" + `
`

func section(method, path string, o operation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s %s\n\n%s.", method, path, o.Summary)
	if o.Description != "" {
		fmt.Fprintf(&b, " %s", o.Description)
	}
	b.WriteString("\n")
	if len(o.Parameters) > 0 {
		b.WriteString("\n| parameter | in | |\n|---|---|---|\n")
		for _, p := range o.Parameters {
			note := p.Description
			if p.Schema.Default != nil {
				note += fmt.Sprintf(" Default %v.", p.Schema.Default)
			}
			if p.Schema.Maximum != nil {
				note += fmt.Sprintf(" At most %v.", *p.Schema.Maximum)
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p.Name, p.In, strings.TrimSpace(note))
		}
	}
	codes := make([]string, 0, len(o.Responses))
	for code := range o.Responses {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	fmt.Fprintf(&b, "\nAnswers %s.\n", strings.Join(codes, ", "))
	return b.String()
}

// Everything described is there, and answers something that is described.
func TestWhatIsDescribedIsServed(t *testing.T) {
	h := served(t)
	for path, item := range description(t) {
		for method, o := range item {
			if o.Summary == "" || len(o.Responses) == 0 {
				t.Errorf("%s %s says too little of itself", method, path)
			}
			if w := ask(h, strings.ToUpper(method), path); strings.Contains(w.Body.String(), "not part of this API") {
				t.Errorf("%s %s is described and not served", method, path)
			}
		}
	}
}

func TestUnknownPathsAndParametersAreProblems(t *testing.T) {
	h := served(t)
	for path, want := range map[string]int{
		"/api/nothing": 404, "/api/events?metrc=a": 400, "/api/events?limit=0": 400, "/api/events?limit=x": 400,
		"/api/events?from=yesterday": 400, "/api/events?cursor=%21": 400, "/api/events?cursor=AAAA": 400,
		"/api/metrics/rates?step=-1": 400, "/api/metrics/rates?from=0&to=2026-01-31T00:00:00Z&step=1": 400,
		"/api/alerts/history?cursor=AAAA": 400, "/api/events?tag.=x": 400, "/api/events?tag.a=1&tag.a=2": 400,
	} {
		w := ask(h, "GET", path)
		var p struct {
			Status int
			Title  string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != want || p.Status != want || p.Title == "" ||
			w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("GET %s answered %d %s %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if w := ask(h, "DELETE", "/metrics"); w.Code != 404 && w.Code != 405 {
		t.Errorf("DELETE /metrics answered %d", w.Code)
	}
}

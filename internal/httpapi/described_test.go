package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Real answers have the shapes that OpenAPI tells of them, and no member more.
func TestAnswersAreAsDescribed(t *testing.T) {
	o := openCases(t)
	o.resolve("north", time.Minute)
	for _, agent := range []string{"a1", "a2"} {
		o.tell("case.edited", "both", "north", time.Minute, event.Tag{Key: "agentId", Value: agent})
	}
	put := strings.Replace(twoDays, "48h", "55h", 1)
	_, spec := (&api{Options: Options{Version: "test"}}).described()
	for _, r := range []struct{ method, path, operation, body string }{
		{"PUT", "/api/kpis/case.sla", "/api/kpis/{name}", put},
		{"PUT", "/api/kpis/new", "/api/kpis/{name}", put[:5] + " new" + put[strings.Index(put, ","):]},
		{"PUT", "/api/kpis/new", "/api/kpis/{name}", "window: 1h"},
		{"GET", "/api/kpis?value=true", "/api/kpis", ""},
		{"GET", "/api/kpis/case.sla", "/api/kpis/{name}", ""},
		{"GET", "/api/kpis/nothing", "/api/kpis/{name}", ""},
		{"GET", "/api/kpis/case.sla/value?by=office", "/api/kpis/{name}/value", ""},
		{"GET", "/api/kpis/case.conflicts/value", "/api/kpis/{name}/value", ""},
		{"GET", "/api/kpis/cases.resolved.per.hour/value", "/api/kpis/{name}/value", ""},
		{"GET", "/api/kpis/case.sla/history?by=office", "/api/kpis/{name}/history", ""},
		{"GET", "/api/kpis/case.sla/explain", "/api/kpis/{name}/explain", ""},
		{"GET", "/api/kpis/cases.resolved.per.hour/explain?limit=1", "/api/kpis/{name}/explain", ""},
		{"GET", "/api/kpis/case.sla/diff", "/api/kpis/{name}/diff", ""},
		{"GET", "/api/cases?state=all", "/api/cases", ""},
		{"GET", "/api/cases?limit=1", "/api/cases", ""},
		{"GET", "/api/cases/done", "/api/cases/{caseId}", ""},
		{"GET", "/api/cases/waits", "/api/cases/{caseId}", ""},
		{"GET", "/api/conflicts", "/api/conflicts", ""},
	} {
		w := o.send(r.method, r.path, "", r.body)
		o.engine.Filled()
		item := spec.OpenAPI().Paths[r.operation]
		operation := item.Get
		if r.method == http.MethodPut {
			operation = item.Put
		}
		response := operation.Responses[strconv.Itoa(w.Code)]
		if response == nil {
			t.Errorf("%s %s answered %d, which is not described: %s", r.method, r.path, w.Code, w.Body)
			continue
		}
		var answer any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		schema := response.Content[w.Header().Get("Content-Type")].Schema
		schema.PrecomputeMessages()
		var result huma.ValidateResult
		huma.Validate(spec.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, answer, &result)
		for _, fault := range result.Errors {
			t.Errorf("%s %s: %v", r.method, r.path, fault)
		}
	}
}

package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// describeRaw adds to the OpenAPI description the routes that are not huma's:
// those that must not pay for it, and those that are no JSON.
func (a *api) describeRaw(spec huma.API) {
	doc := spec.OpenAPI()
	registry := doc.Components.Schemas
	problem := &huma.Response{
		Description: "A problem (RFC 9457): nothing of the request was stored or changed.",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: Problem{}.Schema(registry)}},
	}
	text := func(name, in, doc string) *huma.Param {
		return &huma.Param{Name: name, In: in, Description: doc, Schema: &huma.Schema{Type: "string"}}
	}
	one := eventSchema()
	many := &huma.Schema{Type: "array", Items: one}
	doc.AddOperation(&huma.Operation{
		OperationID: "post-metrics", Method: http.MethodPost, Path: "/metrics", Tags: []string{"Ingest"},
		Summary:     "Send one event, or many",
		Description: "204 means that every event of the request is on disk; any other answer, that none of them was stored. A repeated Idempotency-Key, or a repeated source and id, counts once.",
		Parameters: []*huma.Param{
			text("Idempotency-Key", "header", "Names the request, so that it may be sent again without counting twice."),
			text("Content-Encoding", "header", "gzip or zstd."),
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json":     {Schema: &huma.Schema{OneOf: []*huma.Schema{one, many}}},
			"application/x-ndjson": {Schema: &huma.Schema{Type: "string", Description: "An event a line."}},
		}},
		Responses: map[string]*huma.Response{
			"204": {Description: "Every event is on disk."},
			"400": problem, "401": problem, "403": problem, "413": problem, "415": problem, "429": problem, "503": problem,
		},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "get-stream", Method: http.MethodGet, Path: "/metrics/stream", Tags: []string{"Live"},
		Summary:     "Everything as it happens (Server-Sent Events)",
		Description: "Unnamed events are points, their data the event as posted. Events named alert are changes of state, events named kpi new values of KPIs: the values that stand come first, then changes, at most 4 a second for each series. The id resumes the stream of points and alerts by Last-Event-ID without loss or repeat. All are selected by metric, which may be the name of a KPI, and by tag.KEY=VALUE.",
		Parameters: []*huma.Param{
			text("metric", "query", "The name of a metric or a KPI, or a prefix ending in *. May be repeated."),
			text("events", "query", "Which kinds to send, separated by commas: message, alert, kpi. By default all."),
			text("lastEventId", "query", "Where to resume, for clients that cannot set the header."),
			text("Last-Event-ID", "header", "Where to resume: everything after this id is sent first."),
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "The stream.", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}},
			"400": problem, "401": problem, "503": problem,
		},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "get-server-metrics", Method: http.MethodGet, Path: "/metrics", Tags: []string{"Server"},
		Summary: "The server's own metrics, for Prometheus (OpenMetrics)",
		Responses: map[string]*huma.Response{"200": {Description: "The exposition.", Content: map[string]*huma.MediaType{
			"application/openmetrics-text": {Schema: &huma.Schema{Type: "string"}}}}},
	})
	a.describeServer(doc, problem)
}

// tidy takes back what huma adds by itself: the contract answers 400 where huma
// would 422, save for definitions.
func tidy(doc *huma.OpenAPI) {
	for _, item := range doc.Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			if o != nil {
				delete(o.Responses, "422")
			}
		}
	}
}

func (a *api) describeServer(doc *huma.OpenAPI, problem *huma.Response) {
	answer := func(description string, schema *huma.Schema) *huma.Response {
		return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	}
	object := func(properties map[string]*huma.Schema) *huma.Schema {
		return &huma.Schema{Type: "object", Properties: properties}
	}
	str := &huma.Schema{Type: "string"}
	yes := &huma.Schema{Type: "boolean"}
	checks := object(map[string]*huma.Schema{
		"status": {Type: "string", Enum: []any{"ready", "not ready"}},
		"checks": {Type: "array", Items: object(map[string]*huma.Schema{"name": str, "status": {Type: "string", Enum: []any{"ok", "failed"}}, "detail": str})},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Tags: []string{"Server"}, Security: []map[string][]string{{}},
		Summary: "The process is alive", Responses: map[string]*huma.Response{"200": answer("Alive.", object(map[string]*huma.Schema{"status": str, "version": str}))},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: []string{"Server"}, Security: []map[string][]string{{}},
		Summary:   "Events can be taken in and stored",
		Responses: map[string]*huma.Response{"200": answer("Ready.", checks), "503": answer("Not ready; the checks say why.", checks)},
	})
	session := object(map[string]*huma.Schema{
		"authentication": yes, "signedIn": yes, "name": str, "roles": {Type: "array", Items: str}})
	doc.AddOperation(&huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: "/api/session", Tags: []string{"Access"}, Security: []map[string][]string{{}},
		Summary: "Who is signed in", Responses: map[string]*huma.Response{"200": answer("The session.", session)},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/api/session", Tags: []string{"Access"}, Security: []map[string][]string{{}},
		Summary: "Sign in with a token",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: object(map[string]*huma.Schema{"token": str})}}},
		Responses: map[string]*huma.Response{"200": answer("Signed in; the cookie is set.", session), "401": problem, "403": problem, "429": problem},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/session", Tags: []string{"Access"}, Security: []map[string][]string{{}},
		Summary: "Sign out", Responses: map[string]*huma.Response{"204": {Description: "Signed out."}},
	})
}

func eventSchema() *huma.Schema {
	text := &huma.Schema{Type: "string"}
	return &huma.Schema{
		Type: "object", Required: []string{"metricName", "value"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"metricName": {Type: "string", Description: "What was measured.", Examples: []any{"case.resolved"}},
			"value":      {Type: "number", Description: "A finite number."},
			"tags": {Type: "object", Description: "Text, numbers or booleans; kept as text.",
				AdditionalProperties: &huma.Schema{OneOf: []*huma.Schema{text, {Type: "number"}, {Type: "boolean"}}}},
			"timestamp": {Description: "The event's own time: ms since 1970 UTC, or RFC 3339 text. Absent: now.",
				OneOf: []*huma.Schema{{Type: "integer"}, {Type: "string", Format: "date-time"}}},
			"id":     {Type: "string", Description: "With source, identifies the event: a repetition counts once."},
			"source": {Type: "string", Description: "Who sends the event."},
		},
		Examples: []any{map[string]any{"metricName": "case.resolved", "value": 1, "tags": map[string]any{"caseId": "C-1", "agentId": "a7"}, "timestamp": 1700000000000}},
	}
}

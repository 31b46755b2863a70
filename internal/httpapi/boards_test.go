package httpapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/boards"
	"github.com/hms-ops/hms-monitor/internal/ingest"
)

// desk is a server with a library of boards.
func desk(t *testing.T) func(method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	o := openOffice(t, auth.Config{}, resolvedPerHour)
	l, err := boards.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(auth.Config{}, auth.Options{Listen: "127.0.0.1:0", Refuse: Refuse, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	none := http.NotFoundHandler()
	o.Handler = New(Options{
		Auth: a, Limits: ingest.DefaultConfig(), Stream: none, UI: none, Metrics: none, Logger: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return noon }, KPIs: o.engine, Boards: l,
		PutBoard:    func(_ context.Context, b *boards.Board, c boards.Change) (boards.Stored, error) { return l.Put(b, c) },
		DeleteBoard: func(_ context.Context, name string, c boards.Change) error { return l.Delete(name, c) },
	})
	return func(method, path, body string, header ...string) *httptest.ResponseRecorder {
		t.Helper()
		kind := ""
		if body != "" {
			kind = "application/yaml"
		}
		return o.send(method, path, kind, body, header...)
	}
}

const deskBoard = `title: Desk
panels:
  - {id: rate, type: kpi, kpi: cases.resolved.per.hour, x: 0, y: 0, w: 3, h: 2}
  - {id: note, type: text, text: Call the lead., x: 3, y: 0, w: 3, h: 2}
`

func TestBoards(t *testing.T) {
	send := desk(t)
	read := func(w *httptest.ResponseRecorder, status int, into any) {
		t.Helper()
		if w.Code != status {
			t.Fatalf("answered %d %s, want %d", w.Code, w.Body, status)
		}
		if into != nil {
			if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
				t.Fatal(err)
			}
		}
	}
	var put putBoardAnswer
	read(send("PUT", "/api/boards/desk?dry_run=true", deskBoard), 200, &put)
	if put.Version != 0 || !put.DryRun || len(put.Diff.Added) != 2 {
		t.Errorf("a dry run of a new board: %+v", put)
	}
	read(send("GET", "/api/boards/desk", ""), 404, nil)
	w := send("PUT", "/api/boards/desk?why=first", deskBoard, "If-Match", `"0"`)
	read(w, 201, &put)
	if put.Version != 1 || w.Header().Get("ETag") != `"1"` {
		t.Errorf("a new board: %+v %v", put, w.Header())
	}
	moved := strings.Replace(strings.Replace(deskBoard, "x: 3,", "x: 4,", 1), "Desk", "The desk", 1)
	read(send("PUT", "/api/boards/desk", moved, "If-Match", `"0"`), 412, nil)
	read(send("PUT", "/api/boards/desk?dry_run=1", moved), 200, &put)
	if d := put.Diff; len(d.Added)+len(d.Removed) != 0 || len(d.Changed) != 1 || strings.Join(d.Changed[0].Keys, ",") != "x" || strings.Join(d.Board, ",") != "title" {
		t.Errorf("a moved panel: %+v", d)
	}
	read(send("PUT", "/api/boards/desk", moved, "If-Match", `W/"1"`), 200, &put)
	read(send("PUT", "/api/boards/desk", moved), 200, &put)
	if put.Version != 2 {
		t.Errorf("the same board again is version %d", put.Version)
	}

	var got struct {
		Origin   string
		ReadOnly bool
		Version  int
		Versions []struct {
			Version  int
			At       int64
			Who, Why string
			Board    *struct{ Title string }
		}
		Board struct {
			Name, Title string
			Panels      []map[string]any
		}
	}
	read(send("GET", "/api/boards/desk", ""), 200, &got)
	if got.Origin != "api" || got.Version != 2 || got.Board.Name != "desk" || got.Versions[0].Why != "first" || got.Versions[0].Who != "anonymous" ||
		got.Versions[0].At != noon.UnixMilli() || got.Versions[0].Board.Title != "Desk" || got.Board.Panels[1]["x"] != 4.0 {
		t.Errorf("the board: %+v", got)
	}
	w = send("GET", "/api/boards/desk", "", "Accept", "application/yaml")
	if w.Header().Get("Content-Type") != "application/yaml" || w.Header().Get("ETag") != `"2"` {
		t.Error(w.Header())
	}
	read(send("PUT", "/api/boards/copy", strings.Replace(w.Body.String(), "name: desk", "name: copy", 1)), 201, &put)
	if len(put.Diff.Added) != 2 {
		t.Errorf("a copy of the export: %+v", put)
	}
	read(send("DELETE", "/api/boards/copy", ""), 204, nil)
	read(send("DELETE", "/api/boards/copy", ""), 404, nil)
	read(send("DELETE", "/api/boards/operations", ""), 409, nil)
}

type putBoardAnswer struct {
	Name    string
	Version int
	DryRun  bool
	Diff    struct {
		Board          []string
		Added, Removed []map[string]any
		Changed        []struct {
			ID            string
			Keys          []string
			Before, After map[string]any
		}
	}
}

func TestBoardFaultsHavePlaces(t *testing.T) {
	send := desk(t)
	for body, want := range map[string]string{
		"panels:\n  - {type: kpi, kpi: case.resolved.per.hour, x: 0, y: 0, w: 3, h: 2}": `/panels/0/kpi 2:17 "case.resolved.per.hour" is not defined; did you mean "cases.resolved.per.hour"?`,
		"name: other\npanels: []":   `/name  is "other", but the path says "desk"`,
		"titel: x":                  `/titel 1:1 is not a key here; did you mean "title"?`,
		"panels: [{type: text}, 1]": `/panels/1 1:24 must be a section`,
		"panels: [":                 ` 1:`,
	} {
		var p problem
		w := send("PUT", "/api/boards/desk", body)
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 422 || len(p.Errors) == 0 {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
			continue
		}
		if got := p.Errors[0].Field + " " + p.Errors[0].Position + " " + p.Errors[0].Detail; !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	for _, header := range [][]string{{"If-Match", "x"}, {"If-Match", `"-1"`}} {
		if w := send("PUT", "/api/boards/desk", deskBoard, header...); w.Code != 400 {
			t.Errorf("%v: %d", header, w.Code)
		}
	}
}

func TestBoardsAreAsDescribed(t *testing.T) {
	send := desk(t)
	_, spec := (&api{Options: Options{Version: "test"}}).described()
	for _, r := range []struct{ method, path, operation, body string }{
		{"PUT", "/api/boards/desk", "/api/boards/{name}", deskBoard},
		{"PUT", "/api/boards/desk", "/api/boards/{name}", strings.Replace(deskBoard, "x: 0", "x: 6", 1)},
		{"PUT", "/api/boards/desk", "/api/boards/{name}", "panels: 1"},
		{"GET", "/api/boards", "/api/boards", ""},
		{"GET", "/api/boards/desk", "/api/boards/{name}", ""},
		{"GET", "/api/boards/operations", "/api/boards/{name}", ""},
		{"GET", "/api/boards/nothing", "/api/boards/{name}", ""},
	} {
		w := send(r.method, r.path, r.body)
		operation := spec.OpenAPI().Paths[r.operation].Get
		if r.method == http.MethodPut {
			operation = spec.OpenAPI().Paths[r.operation].Put
		}
		response := operation.Responses[strconv.Itoa(w.Code)]
		if response == nil {
			t.Errorf("%s %s answered %d, which is not described: %s", r.method, r.path, w.Code, w.Body)
			continue
		}
		var answer any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err, w.Body)
		}
		schema := response.Content[w.Header().Get("Content-Type")].Schema
		schema.PrecomputeMessages()
		var result huma.ValidateResult
		huma.Validate(spec.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, answer, &result)
		for _, fault := range result.Errors {
			t.Errorf("%s %s: %v\n%s", r.method, r.path, fault, w.Body)
		}
	}
}

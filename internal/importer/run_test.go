package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const peopleMap = `
time_zone: America/New_York
nulls: ["", "-"]
source: people
events:
  - {metric: opened, time: {column: at, layout: "2006-01-02 15:04:05"}, id: "{id}/o", tags: {caseId: id, who: {column: who, hash: true}, dueAt: {column: due, time: "2006-01-02 15:04:05"}, from: {const: test}}}
  - {metric: waited, time: {column: at, layout: "2006-01-02 15:04:05"}, id: "{id}/w", value: wait, when: "wait != ''"}
`

const peopleHead = "id,at,who,due,wait\n"

// people makes rows with ids from..to-1.
func people(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "%d,2020-01-01 00:%02d:%02d,w%d,-,\n", i, i/60%60, i%60, i%7)
	}
	return b.String()
}

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRowsBecomeEvents(t *testing.T) {
	server := newFakeServer(t)
	path := write(t, "p.csv", []byte(peopleHead+
		"1,2020-07-01 12:00:00,Ann,2020-07-03 12:00:00,3.5\n"+
		"2,2020-07-01 12:00:01, - ,-,-\n"))
	report, err := Run(t.Context(), server.options(mustMap(t, peopleMap), path))
	if err != nil || report.Rows != 2 || report.Events != 3 || report.Refused != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	ann := server.events[0].Tags["who"]
	if len(ann) != 16 || strings.Contains(ann, "Ann") {
		t.Errorf("who is %q", ann)
	}
	got, err := json.Marshal(server.events)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"metricName":"opened","value":1,"tags":{"caseId":"1","dueAt":"2020-07-03T16:00:00Z","from":"test","who":"` + ann + `"},"timestamp":1593619200000,"id":"1/o","source":"people"},` +
		`{"metricName":"waited","value":3.5,"tags":null,"timestamp":1593619200000,"id":"1/w","source":"people"},` +
		`{"metricName":"opened","value":1,"tags":{"caseId":"2","from":"test"},"timestamp":1593619201000,"id":"2/o","source":"people"}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAHashKeyChangesThePseudonym(t *testing.T) {
	names := make(map[string]bool)
	for _, key := range []string{"", "a", "b"} {
		server := newFakeServer(t)
		o := server.options(mustMap(t, peopleMap), write(t, "p.csv", []byte(peopleHead+people(0, 8))))
		o.HashKey = key
		if _, err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if server.events[0].Tags["who"] != server.events[7].Tags["who"] {
			t.Error("the same name became two")
		}
		names[server.events[0].Tags["who"]] = true
	}
	if len(names) != 3 {
		t.Errorf("got %v", names)
	}
}

func TestARowWithoutIDGetsOneOfItsPlace(t *testing.T) {
	m := mustMap(t, "events: [{metric: a, time: {column: t, layout: unix_s}}, {metric: b, time: {column: t, layout: unix_s}}]")
	server := newFakeServer(t)
	path := write(t, "x.ndjson", []byte("{\"t\":1}\n\n{\"t\":2}\n"))
	for range 2 {
		if _, err := Run(t.Context(), server.options(m, path)); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for _, e := range server.events {
		ids = append(ids, e.ID)
	}
	if want := []string{"x.ndjson:1/0", "x.ndjson:1/1", "x.ndjson:2/0", "x.ndjson:2/1"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
}

func TestRefusedRowsAreReportedAndTheRestImported(t *testing.T) {
	server := newFakeServer(t)
	// The server knows two faults, and one event that is too large by itself.
	server.answer = func(w http.ResponseWriter, _ int, events []wireEvent) bool {
		var faults []map[string]any
		for i, e := range events {
			if e.Tags["caseId"] == "13" || e.Tags["caseId"] == "2500" {
				faults = append(faults, map[string]any{"index": i, "field": "timestamp", "detail": "12 min ahead"})
			}
			if e.Tags["caseId"] == "77" {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return true
			}
		}
		if faults == nil {
			return false
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{"title": "Bad Request", "errors": faults})
		return true
	}
	path := write(t, "p.csv", []byte(peopleHead+people(0, 3000)+
		"3000,yesterday,x,-,\n3001,2020-01-01 00:00:00,x,never,\n3002,2020-01-01 00:00:00,x,-,long\n,2020-01-01 00:00:00,x,-,\nshort\n3003,,x,-,\n3004,2020-01-01 00:00:00,\xff,\xff,\n"))
	o := server.options(mustMap(t, peopleMap), path)
	o.Rejects = filepath.Join(t.TempDir(), "rejects.csv")
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != 3007 || report.Events != 2998 || report.Refused != 10 || len(server.events) != 2998 {
		t.Errorf("rows %d, events %d, refused %d, stored %d", report.Rows, report.Events, report.Refused, len(server.events))
	}
	text, err := os.ReadFile(o.Rejects)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"file,line,row,metric,reason\n",
		"p.csv,15,14,opened,server: timestamp: 12 min ahead\n",
		"p.csv,2502,2501,opened,server: timestamp: 12 min ahead\n",
		"p.csv,79,78,opened,server: the server answered 413",
		`p.csv,3002,3001,opened,"time: ""yesterday"" is not a time of the form ""2006-01-02 15:04:05"""`,
		`p.csv,3003,3002,opened,"tag dueAt: ""never"" is not a time`,
		`p.csv,3004,3003,waited,"value: ""long"" in wait is not a finite number"`,
		"p.csv,3005,3004,opened,id: id has no value\n",
		"p.csv,3006,3005,,\"1 columns, the first line names 5\"\n",
		"p.csv,3007,3006,opened,\"time: at has no value; where that is usual, say so with when\"\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
	var shown bytes.Buffer
	report.Print(&shown)
	if !strings.Contains(shown.String(), "3,007 rows read, 2,998 events accepted, 10 refused\n") ||
		!strings.Contains(shown.String(), "refused 2 × opened: server: timestamp: … min ahead\n    p.csv line 15: server: timestamp: 12 min ahead\n") {
		t.Errorf("report:\n%s", &shown)
	}
}

func TestARefusalThatNamesNoEventEndsTheImport(t *testing.T) {
	server := newFakeServer(t)
	server.answer = func(w http.ResponseWriter, post int, _ []wireEvent) bool {
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	_, err := Run(t.Context(), server.options(mustMap(t, peopleMap), write(t, "p.csv", []byte(peopleHead+people(0, 10)))))
	if err == nil || !strings.Contains(err.Error(), "rows 1 to 10 cannot be posted: the server answered 401: Unauthorized (give a token") {
		t.Errorf("got %v", err)
	}
}

func TestFilesInsideAnArchive(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string]string{"2020/a.csv": peopleHead + people(0, 5), "2020/b.csv": peopleHead + people(5, 9), "__MACOSX/2020/._a.csv": "x", "2020/.hidden": "x"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
	}
	if _, err := z.Create("2020/empty/"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	server := newFakeServer(t)
	report, err := Run(t.Context(), server.options(mustMap(t, peopleMap), write(t, "p.zip", archive.Bytes())))
	if err != nil || report.Rows != 9 || report.Events != 9 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestACutFileImportsWhatIsThereAndSaysSo(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, peopleHead+people(0, 3000))
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	server := newFakeServer(t)
	_, err := Run(t.Context(), server.options(mustMap(t, peopleMap), write(t, "p.csv.gz", packed.Bytes())))
	if err == nil || !strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("got %v", err)
	}
	if len(server.events) != 3000 {
		t.Errorf("%d events stored", len(server.events))
	}
}

func TestFilesAreCheckedBeforeAnythingIsSent(t *testing.T) {
	server := newFakeServer(t)
	good := write(t, "p.csv", []byte(peopleHead+people(0, 5)))
	for _, bad := range []string{filepath.Join(t.TempDir(), "missing.csv"), write(t, "x.txt", []byte("x")), t.TempDir()} {
		if _, err := Run(t.Context(), server.options(mustMap(t, peopleMap), good, bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
	if server.posts > 0 {
		t.Errorf("%d requests", server.posts)
	}
}

// resumable is an import that remembers.
func resumable(t *testing.T, server *fakeServer, path string) Options {
	o := server.options(mustMap(t, peopleMap), path)
	o.StateDir = filepath.Join(t.TempDir(), "state")
	return o
}

func TestASecondImportSendsNothing(t *testing.T) {
	server := newFakeServer(t)
	o := resumable(t, server, write(t, "p.csv", []byte(peopleHead+people(0, 5000))))
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	posts := server.posts
	report, err := Run(t.Context(), o)
	if err != nil || server.posts != posts || report.Resumed != 5000 || report.Events != 0 {
		t.Errorf("%d posts more; %+v, %v", server.posts-posts, report, err)
	}
	o.Again = true
	report, err = Run(t.Context(), o)
	if err != nil || report.Events != 5000 || len(server.events) != 5000 {
		t.Errorf("again: %+v, %v, %d stored", report, err, len(server.events))
	}
}

func TestAServerWithNewDataGetsEverything(t *testing.T) {
	server := newFakeServer(t)
	o := resumable(t, server, write(t, "p.csv", []byte(peopleHead+people(0, 5000))))
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	server.events, server.known = nil, make(map[string]bool)
	report, err := Run(t.Context(), o)
	if err != nil || report.Events != 5000 || len(server.events) != 5000 {
		t.Errorf("%+v, %v, %d stored", report, err, len(server.events))
	}
}

func TestAChangedFileOrMapIsAnotherImport(t *testing.T) {
	server := newFakeServer(t)
	path := write(t, "p.csv", []byte(peopleHead+people(0, 50)))
	o := resumable(t, server, path)
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(peopleHead+people(0, 60)), 0o600); err != nil {
		t.Fatal(err)
	}
	if report, err := Run(t.Context(), o); err != nil || report.Resumed != 0 || len(server.events) != 60 {
		t.Errorf("grown file: %+v, %v, %d stored", report, err, len(server.events))
	}
	o.Map = mustMap(t, peopleMap+"  - {metric: more, time: {column: at, layout: \"2006-01-02 15:04:05\"}, id: \"{id}/m\"}\n")
	if report, err := Run(t.Context(), o); err != nil || report.Resumed != 0 || len(server.events) != 120 {
		t.Errorf("grown map: %+v, %v, %d stored", report, err, len(server.events))
	}
}

func TestAnInterruptedImportGoesOnWhereItStopped(t *testing.T) {
	server := newFakeServer(t)
	o := resumable(t, server, write(t, "p.csv", []byte(peopleHead+people(0, 12_000)+"x,y,z,-,\n")))
	ctx, interrupt := context.WithCancel(t.Context())
	server.answer = func(_ http.ResponseWriter, post int, _ []wireEvent) bool {
		if post == 4 {
			interrupt()
		}
		return false // the fourth batch is stored, although nobody waits for the answer
	}
	report, err := Run(ctx, o)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same command goes on from there") {
		t.Fatalf("%+v, %v", report, err)
	}
	server.answer = nil
	report, err = Run(t.Context(), o)
	if err != nil || report.Resumed < 6000 || report.Resumed+report.Rows != 12_001 || report.Refused != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if len(server.events) != 12_000 {
		t.Errorf("%d events stored", len(server.events))
	}
}

func TestADamagedResumeFileIsNamed(t *testing.T) {
	server := newFakeServer(t)
	o := resumable(t, server, write(t, "p.csv", []byte(peopleHead+people(0, 5))))
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(o.StateDir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	if err := os.WriteFile(files[0], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "is damaged; delete it") {
		t.Errorf("got %v", err)
	}
}

package app

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/eventlog"
)

func testConfig(t *testing.T) config.Config {
	c := config.Default()
	c.Listen, c.DataDir = "127.0.0.1:0", t.TempDir()
	return c
}

// start serves until the test ends, or until stop is called.
func start(t *testing.T, c config.Config) (a *App, stop func()) {
	t.Helper()
	a, err := Open(t.Context(), Options{Config: c, Version: "test", Logger: slog.New(slog.DiscardHandler), UI: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	running := true
	stop = func() {
		if running {
			running = false
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("the end: %v", err)
			}
		}
	}
	t.Cleanup(stop)
	return a, stop
}

type header map[string]string

func send(t *testing.T, a *App, body []byte, headers header) *http.Response {
	t.Helper()
	return request(t, http.MethodPost, a.URL()+"/metrics", body, headers)
}

func request(t *testing.T, method, url string, body []byte, headers header) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func post(t *testing.T, a *App, body string, headers header) {
	t.Helper()
	if r := send(t, a, []byte(body), headers); r.StatusCode != http.StatusNoContent {
		text, _ := io.ReadAll(r.Body)
		t.Fatalf("POST %s answered %d %s", body, r.StatusCode, text)
	}
}

func get[T any](t *testing.T, a *App, path string) (v T) {
	t.Helper()
	r := request(t, http.MethodGet, a.URL()+path, nil, nil)
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("GET %s answered %d %s %v", path, r.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, text)
	}
	return v
}

type eventsPage struct {
	Events []struct {
		Seq        uint64
		MetricName string
		Value      float64
		Tags       map[string]string
		Timestamp  int64
		ID, Source string
	}
	Next *string
}

type problem struct {
	Type, Title, Detail string
	Status              int
	Errors              []struct {
		Index         *int
		Field, Detail string
	}
}

func count(t *testing.T, a *App) (n uint64) {
	t.Helper()
	for _, m := range get[struct{ Metrics []struct{ Count uint64 } }](t, a, "/api/metrics").Metrics {
		n += m.Count
	}
	return n
}

// frame is one Server-Sent Event.
type frame struct{ id, event, data string }

func follow(t *testing.T, a *App, query, lastID string) <-chan frame {
	t.Helper()
	r := request(t, http.MethodGet, a.URL()+"/metrics/stream"+query, nil, header{"Last-Event-ID": lastID})
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream answered %d %s", r.StatusCode, r.Header.Get("Content-Type"))
	}
	frames := make(chan frame, 1000)
	go func() {
		defer close(frames)
		var f frame
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			name, text, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case lines.Text() == "" && f.data != "":
				if f.event != "kpi" { // these come when they come
					frames <- f
				}
				f = frame{}
			case name == "id":
				f.id = text
			case name == "event":
				f.event = text
			case name == "data":
				f.data = text
			}
		}
	}()
	return frames
}

func next(t *testing.T, frames <-chan frame) frame {
	t.Helper()
	select {
	case f, ok := <-frames:
		if !ok {
			t.Fatal("the stream ended")
		}
		return f
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came on the stream within 10 s")
	}
	panic("unreachable")
}

func TestPostedEventIsStoredStreamedAndJudged(t *testing.T) {
	a, _ := start(t, testConfig(t))
	live := follow(t, a, "", "")
	for _, v := range []string{"6", "4", "1", "6"} {
		post(t, a, `{"metricName":"case.resolved.rate","value":`+v+`,"tags":{"office":"north","n":7},"timestamp":1700000000000}`, nil)
	}
	for i, want := range []frame{
		{id: "1", data: `{"metricName":"case.resolved.rate","value":6,"tags":{"n":"7","office":"north"},"timestamp":1700000000000}`},
		{id: "2"}, {id: "2.1", event: "alert"}, {id: "3"}, {id: "3.1", event: "alert"}, {id: "4"}, {id: "4.1", event: "alert"},
	} {
		got := next(t, live)
		if got.id != want.id || got.event != want.event || (want.data != "" && got.data != want.data) {
			t.Fatalf("frame %d is %+v, want %+v", i, got, want)
		}
	}
	page := get[eventsPage](t, a, "/api/events?tag.office=north&metric=case.*")
	if len(page.Events) != 4 || page.Events[0].Seq != 4 || page.Events[0].Tags["n"] != "7" || page.Events[3].Value != 6 || page.Next != nil {
		t.Fatalf("events %+v", page)
	}
	history := get[struct {
		Alerts []struct{ ID, State, Previous, Condition string }
	}](t, a, "/api/alerts/history").Alerts
	if fmt.Sprint(history) != "[{4.1 ok critical at least 5} {3.1 critical warning below 2} {2.1 warning ok below 5}]" {
		t.Fatalf("alerts %v", history)
	}
	states := get[struct {
		Thresholds []struct {
			Rule   string
			Series []struct{ State string }
		}
	}](t, a, "/api/thresholds").Thresholds
	if len(states) != 1 || len(states[0].Series) != 1 || states[0].Series[0].State != "ok" {
		t.Fatalf("thresholds %+v", states)
	}
}

func compressed(t *testing.T, encoding, text string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if encoding == "zstd" {
		w, _ = zstd.NewWriter(&b)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRefusalsOverHTTP(t *testing.T) {
	c := testConfig(t)
	c.Ingest.MaxBody = 1 << 20
	a, _ := start(t, c)
	ok := `{"metricName":"a","value":1}`
	bomb := strings.Repeat(" ", 8<<20) + ok
	for name, test := range map[string]struct {
		body    []byte
		headers header
		status  int
		detail  string
	}{
		"malformed":         {[]byte(`{"metricName":`), nil, 400, ""},
		"form":              {[]byte("a=1"), header{"Content-Type": "application/x-www-form-urlencoded"}, 415, "application/json"},
		"text":              {[]byte(ok), header{"Content-Type": "text/plain"}, 415, ""},
		"brotli":            {[]byte(ok), header{"Content-Encoding": "br"}, 415, "gzip"},
		"not gzip":          {[]byte(ok), header{"Content-Encoding": "gzip"}, 400, "not valid gzip"},
		"not zstd":          {[]byte(ok), header{"Content-Encoding": "zstd"}, 400, ""},
		"cut gzip":          {compressed(t, "gzip", ok)[:15], header{"Content-Encoding": "gzip"}, 400, ""},
		"large":             {bytes.Repeat([]byte(" "), 1<<20+1), nil, 413, "1048576 bytes"},
		"gzip bomb":         {compressed(t, "gzip", bomb), header{"Content-Encoding": "gzip"}, 413, "after decompression"},
		"zstd bomb":         {compressed(t, "zstd", bomb), header{"Content-Encoding": "zstd"}, 413, ""},
		"long key":          {[]byte(ok), header{"Idempotency-Key": strings.Repeat("k", 256)}, 400, "Idempotency-Key"},
		"one bad of two":    {[]byte(`[` + ok + `,{"metricName":"a","value":null}]`), nil, 400, ""},
		"too many in lines": {[]byte(strings.Repeat("{\"metricName\":\"a\",\"value\":1}\n", 100)), header{"Content-Type": "application/x-ndjson", "Content-Encoding": "identity"}, 204, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := count(t, a)
			r := send(t, a, test.body, test.headers)
			if r.StatusCode != test.status {
				t.Fatalf("answered %d, want %d", r.StatusCode, test.status)
			}
			if test.status == 204 {
				return
			}
			var p problem
			if err := json.NewDecoder(r.Body).Decode(&p); err != nil || r.Header.Get("Content-Type") != "application/problem+json" ||
				p.Status != test.status || p.Title == "" || !strings.Contains(p.Detail, test.detail) {
				t.Fatalf("answered %s %+v %v", r.Header.Get("Content-Type"), p, err)
			}
			if after := count(t, a); after != before {
				t.Fatalf("%d events were stored", after-before)
			}
		})
	}
}

func TestCompressedBodies(t *testing.T) {
	a, _ := start(t, testConfig(t))
	for i, encoding := range []string{"gzip", "zstd", "zstd", "gzip"} {
		r := send(t, a, compressed(t, encoding, `[{"metricName":"a","value":1},{"metricName":"b","value":2}]`), header{"Content-Encoding": encoding})
		if r.StatusCode != 204 || count(t, a) != uint64(2*(i+1)) {
			t.Fatalf("%s answered %d, %d events", encoding, r.StatusCode, count(t, a))
		}
	}
}

func TestRepetitionsCountOnceAlsoAfterARestart(t *testing.T) {
	c := testConfig(t)
	all := func(a *App) {
		post(t, a, `[{"metricName":"a","value":1},{"metricName":"a","value":2}]`, header{"Idempotency-Key": "k1"})
		post(t, a, `{"metricName":"a","value":1,"id":"1","source":"s"}`, nil)
		post(t, a, `{"metricName":"a","value":1,"id":"1","source":"t"}`, nil)
		post(t, a, `{"metricName":"a","value":1,"id":"1"}`, nil)
	}
	for round := range 3 {
		a, stop := start(t, c)
		all(a)
		all(a)
		if n := count(t, a); n != 5 {
			t.Fatalf("round %d: %d events, want 5", round, n)
		}
		stop()
	}
}

func TestStreamResumesAcrossARestart(t *testing.T) {
	c := testConfig(t)
	a, stop := start(t, c)
	for i := range 50 {
		post(t, a, fmt.Sprintf(`{"metricName":"case.resolved.rate","value":%d}`, i%10), nil)
	}
	post(t, a, `{"metricName":"last","value":0}`, nil)
	whole := until(t, follow(t, a, "", "0"), "51")
	if len(whole) <= 51 {
		t.Fatalf("the stream of 51 events has no alert: %v", whole)
	}
	stop()
	a, _ = start(t, c)
	for _, from := range []int{0, 1, 7, len(whole) - 2} {
		again := until(t, follow(t, a, "", whole[from].id), "51")
		if fmt.Sprint(again) != fmt.Sprint(whole[from+1:]) {
			t.Fatalf("resumed after %s: %v, want %v", whole[from].id, again, whole[from+1:])
		}
	}
}

// until reads frames up to the one of an id.
func until(t *testing.T, frames <-chan frame, id string) (all []frame) {
	t.Helper()
	for len(all) == 0 || all[len(all)-1].id != id {
		all = append(all, next(t, frames))
	}
	return all
}

func TestAppsShareAProcessButNoData(t *testing.T) {
	c := testConfig(t)
	a, _ := start(t, c)
	b, _ := start(t, testConfig(t))
	post(t, a, `{"metricName":"a","value":1}`, nil)
	if count(t, a) != 1 || count(t, b) != 0 {
		t.Fatal("one app sees the other's events")
	}
	_, err := Open(t.Context(), Options{Config: c, Logger: slog.New(slog.DiscardHandler), UI: http.NotFoundHandler()})
	if !errors.Is(err, eventlog.ErrHeld) {
		t.Fatalf("a second app on the same data: %v", err)
	}
}

func TestLogThatDoesNotBelongToTheStoreIsRefused(t *testing.T) {
	c := testConfig(t)
	a, stop := start(t, c)
	post(t, a, `{"metricName":"a","value":1}`, nil)
	stop()
	ns := natsServer(t)
	c.Log.URL = ns.ClientURL()
	if _, err := Open(t.Context(), Options{Config: c, Logger: slog.New(slog.DiscardHandler), UI: http.NotFoundHandler()}); err == nil || !strings.Contains(err.Error(), "do not belong together") {
		t.Fatalf("opened with another log: %v", err)
	}
}

func natsServer(t *testing.T) *server.Server {
	t.Helper()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	ns.Start()
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	if !ns.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server did not start")
	}
	return ns
}

func TestExternalNATSCarriesTheLog(t *testing.T) {
	ns := natsServer(t)
	c := testConfig(t)
	c.Log.URL = ns.ClientURL()
	a, stop := start(t, c)
	post(t, a, `{"metricName":"a","value":1}`, header{"Idempotency-Key": "k"})
	stop()
	a, _ = start(t, c)
	post(t, a, `{"metricName":"a","value":1}`, header{"Idempotency-Key": "k"})
	if n := count(t, a); n != 1 {
		t.Fatalf("%d events, want 1", n)
	}
}

func TestTokensAndRoles(t *testing.T) {
	c := testConfig(t)
	token := map[string]string{}
	for _, role := range []auth.Role{auth.RoleIngest, auth.RoleRead} {
		text, hash := auth.NewToken()
		token[string(role)] = text
		c.Auth.Tokens = append(c.Auth.Tokens, auth.Token{Name: string(role), Hash: hash, Roles: []auth.Role{role}})
	}
	a, _ := start(t, c)
	for _, test := range []struct {
		method, path, as string
		status           int
	}{
		{"POST", "/metrics", "", 401}, {"POST", "/metrics", "read", 403}, {"POST", "/metrics", "ingest", 204},
		{"GET", "/api/events", "", 401}, {"GET", "/api/events", "ingest", 403}, {"GET", "/api/events", "read", 200},
		{"GET", "/metrics", "", 401}, {"GET", "/metrics", "read", 200}, {"GET", "/metrics/stream", "ingest", 403},
		{"GET", "/healthz", "", 200}, {"GET", "/readyz", "", 200}, {"GET", "/api/session", "", 200},
	} {
		h := header{}
		if test.as != "" {
			h["Authorization"] = "Bearer " + token[test.as]
		}
		var body []byte
		if test.method == "POST" {
			body = []byte(`{"metricName":"a","value":1}`)
		}
		if r := request(t, test.method, a.URL()+test.path, body, h); r.StatusCode != test.status {
			t.Errorf("%s %s as %q answered %d, want %d", test.method, test.path, test.as, r.StatusCode, test.status)
		}
	}
}

func TestOtherMachinesNeedTokens(t *testing.T) {
	c := testConfig(t)
	c.Listen = "0.0.0.0:0"
	if _, err := Open(t.Context(), Options{Config: c, Logger: slog.New(slog.DiscardHandler), UI: http.NotFoundHandler()}); err == nil || !strings.Contains(err.Error(), "--insecure") {
		t.Fatalf("served other machines: %v", err)
	}
}

func TestReloadKeepsServingOnABadConfiguration(t *testing.T) {
	c := testConfig(t)
	a, _ := start(t, c)
	bad := c
	bad.Thresholds = alert.Thresholds{"x": {}}
	if _, err := a.Reload(bad); err == nil {
		t.Fatal("a rule without a threshold was taken")
	}
	good := c
	good.Thresholds = alert.Thresholds{"queue.load": {Critical: alert.LimitOf("> 9")}}
	good.Ingest.MaxTags = 3
	waiting, err := a.Reload(good)
	if err != nil || fmt.Sprint(waiting) != "[ingest]" {
		t.Fatalf("reload: %v %v", waiting, err)
	}
	live := follow(t, a, "?events=alert", "")
	post(t, a, `[{"metricName":"case.resolved.rate","value":0},{"metricName":"queue.load","value":10}]`, nil)
	if f := next(t, live); f.id != "2.1" || !strings.Contains(f.data, "queue.load") {
		t.Fatalf("after the reload: %+v", f)
	}
}

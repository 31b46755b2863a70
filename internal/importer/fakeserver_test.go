package importer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hms-ops/hms-monitor/internal/client"
)

// wireEvent is an event as it arrives.
type wireEvent struct {
	MetricName string            `json:"metricName"`
	Value      float64           `json:"value"`
	Tags       map[string]string `json:"tags"`
	Timestamp  int64             `json:"timestamp"`
	ID         string            `json:"id"`
	Source     string            `json:"source"`
}

// fakeServer keeps events in memory and drops repeated ids, as the server does.
type fakeServer struct {
	*httptest.Server
	mu     sync.Mutex
	events []wireEvent
	known  map[string]bool
	posts  int
	// answer, where set, may answer instead of storing.
	answer func(w http.ResponseWriter, post int, events []wireEvent) bool
}

func newFakeServer(t testing.TB) *fakeServer {
	f := &fakeServer{known: make(map[string]bool)}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method == http.MethodGet {
		f.list(w, r)
		return
	}
	events, err := readWire(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	f.posts++
	if f.answer != nil && f.answer(w, f.posts, events) {
		return
	}
	for _, e := range events {
		if key := e.Source + "\x00" + e.ID; e.ID == "" || !f.known[key] {
			f.known[key] = true
			f.events = append(f.events, e)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *fakeServer) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	found := []wireEvent{}
	for _, e := range f.events {
		if e.MetricName == query.Get("metric") && strconv.FormatInt(e.Timestamp, 10) == query.Get("from") {
			found = append(found, e)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"events": found, "next": nil})
}

func readWire(r *http.Request) ([]wireEvent, error) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "zstd" {
		z, err := zstd.NewReader(body)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		body = z
	}
	if r.Header.Get("Idempotency-Key") == "" {
		return nil, fmt.Errorf("no idempotency key")
	}
	var events []wireEvent
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e wireEvent
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, lines.Err()
}

// options are those of an import into f that remembers nothing.
func (f *fakeServer) options(m *Map, files ...string) Options {
	return Options{
		Map: m, Files: files, Target: f.URL,
		Client:   &client.Client{URL: f.URL, HTTP: f.Client(), GiveUp: time.Second},
		Progress: NewProgress(io.Discard, false, time.Now),
	}
}

package alerting

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// call makes one request and gives the answer's status and body.
func (s *server) call(method, path, body string) (int, string) {
	s.t.Helper()
	status, answer, err := s.try(method, path, body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, answer
}

func (s *server) try(method, path, body string) (int, string, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url()+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

// post sends events.
func (s *server) post(body string) {
	s.t.Helper()
	if status, answer := s.call(http.MethodPost, "/metrics", body); status != http.StatusNoContent {
		s.t.Fatalf("POST /metrics was answered %d: %s", status, answer)
	}
}

// value posts one value of a metric, now.
func (s *server) value(metric string, value float64, tags ...string) {
	s.t.Helper()
	s.post(eventOf(metric, value, time.Now(), tags...))
}

func eventOf(metric string, value float64, at time.Time, tags ...string) string {
	named := map[string]string{}
	for pair := range slices.Chunk(tags, 2) {
		named[pair[0]] = pair[1]
	}
	text, err := json.Marshal(map[string]any{"metricName": metric, "value": value, "timestamp": at.UnixMilli(), "tags": named})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// read decodes the answer of a GET.
func read[T any](s *server, path string) (into T) {
	s.t.Helper()
	status, body := s.call(http.MethodGet, path, "")
	if status != http.StatusOK {
		s.t.Fatalf("GET %s was answered %d: %s", path, status, body)
	}
	if err := json.Unmarshal([]byte(body), &into); err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
	return into
}

// transition is a change of a series, as the history has it.
type transition struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Rule     string            `json:"rule"`
	Tags     map[string]string `json:"tags"`
	State    string            `json:"state"`
	Previous string            `json:"previous"`
	At       int64             `json:"at"`

	Provisional bool `json:"provisional"`
}

// says is the change without its time: "case.resolved.rate ok>warning".
func (t transition) says() string {
	text := fmt.Sprintf("%s %s>%s", t.Rule, t.Previous, t.State)
	if len(t.Tags) > 0 {
		text += " " + fmt.Sprint(t.Tags)
	}
	return text
}

// history is everything that the history has, oldest first.
func (s *server) history() []transition {
	s.t.Helper()
	page := read[struct {
		Alerts []transition
		Next   *string
	}](s, "/api/alerts/history?limit=10000")
	if page.Next != nil {
		s.t.Fatal("the history has more than a page")
	}
	slices.Reverse(page.Alerts)
	return page.Alerts
}

// changes is the history of one rule.
func (s *server) changes(rule string) (all []string) {
	s.t.Helper()
	for _, t := range s.history() {
		if t.Rule == rule {
			all = append(all, t.says())
		}
	}
	return all
}

// delivery is what /api/deliveries says of a message.
type delivery struct {
	ID       string
	Receiver string
	State    string
	Severity string
	Resolved bool
	Tries    int
	Origin   string
	Alerts   []struct {
		ID     string
		Labels map[string]string
	}
	Attempts []struct{ Outcome, Answer, Error string }
}

func (s *server) deliveries(query string) []delivery {
	s.t.Helper()
	return read[struct{ Deliveries []delivery }](s, "/api/deliveries?limit=1000&"+query).Deliveries
}

// watcher follows the alerts of the live stream as a browser does: it comes back
// after each break with the last id it has seen.
type watcher struct {
	server *server

	mu   sync.Mutex
	seen []transition
}

// watch follows until the test ends; the stream stands when it returns.
func watch(s *server) *watcher {
	s.t.Helper()
	w := &watcher{server: s}
	ready := make(chan struct{})
	go w.follow(sync.OnceFunc(func() { close(ready) }))
	select {
	case <-ready:
	case <-time.After(patience):
		s.t.Fatal("the stream did not answer")
	}
	return w
}

func (w *watcher) follow(connected func()) {
	ctx, last := w.server.t.Context(), ""
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.url()+"/metrics/stream?events=alert", nil)
		if err != nil {
			return
		}
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		if answer, err := http.DefaultTransport.RoundTrip(r); err == nil {
			connected()
			last = w.frames(answer.Body, last)
			answer.Body.Close()
		}
		quiet(w.server.t, 10*time.Millisecond) // as EventSource waits
	}
}

func (w *watcher) frames(body io.Reader, last string) string {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	id, data := last, ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "" && data != "":
			var t transition
			if json.NewDecoder(bytes.NewBufferString(data)).Decode(&t) == nil {
				w.mu.Lock()
				w.seen = append(w.seen, t)
				w.mu.Unlock()
			}
			last, data = id, ""
		case field == "id":
			id = value
		case field == "data":
			data += value
		}
	}
	return last
}

// changes is what the stream showed of one rule.
func (w *watcher) changes(rule string) (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.seen {
		if t.Rule == rule {
			all = append(all, t.says())
		}
	}
	return all
}

// same holds two lists against each other.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "; "), strings.Join(want, "; "))
	}
}

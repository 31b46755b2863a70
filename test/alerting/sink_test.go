package alerting

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// key signs the messages to /signed.
const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// sink is whoever is told: an HTTP server with webhooks at any path, signed ones
// below /signed, an API for text messages below /sms, and an SMTP server.
type sink struct {
	t    *testing.T
	web  *httptest.Server
	mail *mailServer

	mu      sync.Mutex
	got     []message
	answers map[string]func(http.ResponseWriter, *http.Request) // instead of 200, by path
	took    func(message)                                       // called before the answer
}

// message is one that came.
type message struct {
	at   string // the webhook's path, "sms" or "email"
	id   string // what tells a repetition, where there is something
	says string // "firing case.resolved.rate/warning {office=Boston}", of every alert
	raw  string
	when time.Time
	by   []string // the alert_id of each alert
}

func newSink(t *testing.T) *sink {
	s := &sink{t: t, answers: map[string]func(http.ResponseWriter, *http.Request){}}
	s.web = httptest.NewServer(s)
	s.mail = newMailServer(t, s)
	t.Cleanup(func() {
		s.web.CloseClientConnections()
		s.web.Close()
	})
	return s
}

// fill puts the sink's addresses into a configuration.
func (s *sink) fill(text string) string {
	return strings.NewReplacer("WEB", s.web.Listener.Addr().String(), "MAIL", s.mail.address, "KEY", key).Replace(text)
}

// answer has a path answered otherwise; nil is 200 again.
func (s *sink) answer(path string, by func(http.ResponseWriter, *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = by
}

// status answers with a code.
func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	when := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // killed while it was sending
	}
	s.mu.Lock()
	instead := s.answers[r.URL.Path]
	s.mu.Unlock()
	if instead != nil {
		instead(w, r)
		return
	}
	s.take(w, r, when, body)
}

// take notes a message and answers that it was taken.
func (s *sink) take(w http.ResponseWriter, r *http.Request, when time.Time, body []byte) {
	m := message{at: r.URL.Path, raw: string(body), when: when}
	if strings.HasPrefix(r.URL.Path, "/sms/") {
		m.at, m.id = "sms", r.Header.Get("Idempotency-Key")
		if err := r.ParseForm(); err != nil {
			s.t.Errorf("a text message: %v", err)
		}
		s.note(m)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"sid":"SM00000000000000000000000000000000","status":"queued"}`)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/signed") {
		m.id = r.Header.Get("webhook-id")
		hook, err := webhooks.NewWebhook(key)
		if err == nil {
			err = hook.Verify(body, r.Header)
		}
		if err != nil {
			s.t.Errorf("a signed webhook: %v", err)
		}
	}
	var hook struct {
		ID, Type, Name string
		Alerts         []struct {
			Status              string
			Labels, Annotations map[string]string
		}
	}
	err := json.Unmarshal(body, &hook)
	if err == nil && hook.Type == "report" {
		m.id, m.says = hook.ID, "report "+hook.Name
		s.note(m)
		return
	}
	if err != nil || len(hook.Alerts) == 0 {
		s.t.Errorf("a webhook came without alerts: %v: %s", err, body)
	}
	var all []string
	for _, a := range hook.Alerts {
		all = append(all, saying(a.Status, a.Labels))
		m.by = append(m.by, a.Annotations["alert_id"])
	}
	slices.Sort(all)
	m.says = strings.Join(all, ", ")
	s.note(m)
}

// saying tells an alert: "firing case.resolved.rate/warning office=Boston".
func saying(status string, labels map[string]string) string {
	text := fmt.Sprintf("%s %s/%s", status, labels["alertname"], labels["severity"])
	var tags []string
	for name, value := range labels {
		if !slices.Contains([]string{"alertname", "severity", "metric"}, name) {
			tags = append(tags, " "+name+"="+value)
		}
	}
	slices.Sort(tags)
	return text + strings.Join(tags, "")
}

func (s *sink) note(m message) {
	s.mu.Lock()
	s.got = append(s.got, m)
	took := s.took
	s.mu.Unlock()
	if took != nil {
		took(m)
	}
}

// onTaking has something done between a message's coming and its answer.
func (s *sink) onTaking(do func(message)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = do
}

// messages are those that came somewhere, in order.
func (s *sink) messages(at string) (all []message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.got {
		if m.at == at {
			all = append(all, m)
		}
	}
	return all
}

// told is what those messages say.
func (s *sink) told(at string) (all []string) {
	for _, m := range s.messages(at) {
		all = append(all, m.says)
	}
	return all
}

// distinct are those messages without repeats: a kill between a receiver's
// answer and the noting of it has a message sent once more.
func (s *sink) distinct(at string) (all []message) {
	seen := map[string]bool{}
	for _, m := range s.messages(at) {
		key := m.id
		if key == "" {
			key = m.says + strings.Join(m.by, " ")
		}
		if !seen[key] {
			all = append(all, m)
		}
		seen[key] = true
	}
	return all
}

// toldOnce is what the messages say, repeats left out.
func (s *sink) toldOnce(at string) (all []string) {
	for _, m := range s.distinct(at) {
		all = append(all, m.says)
	}
	return all
}

// await waits until so many distinct messages have come somewhere.
func (s *sink) await(at string, n int) []message {
	s.t.Helper()
	awaitWithin(s.t, patience, fmt.Sprintf("%d messages at %s", n, at), func() bool { return len(s.distinct(at)) >= n })
	return s.distinct(at)
}

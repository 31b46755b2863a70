package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// event is one event in the wire format.
type event struct {
	MetricName string            `json:"metricName"`
	Value      float64           `json:"value"`
	Tags       map[string]string `json:"tags"`
	Timestamp  int64             `json:"timestamp"`
	ID         string            `json:"id,omitempty"`
	Source     string            `json:"source,omitempty"`
}

// name is what tells one event of the test from every other.
func (e event) name() string { return e.Tags["name"] }

// request is one POST, which may be sent many times.
type request struct {
	events      []event
	body        []byte
	contentType string
	key         string
}

// What is known of a request.
const (
	open    = iota // no answer yet
	givenUp        // sent, and never answered: it is there or not, but not in part
	acked          // answered 204
)

// ledger is the truth that the program is held against.
type ledger struct {
	mu       sync.Mutex
	requests []*request
	state    map[*request]int
	done     int // acknowledgements, repeated ones too
}

func newLedger() *ledger { return &ledger{state: map[*request]int{}} }

func (l *ledger) enter(r *request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, r)
	l.state[r] = open
}

func (l *ledger) set(r *request, state int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state[r] = state
	if state == acked {
		l.done++
	}
}

func (l *ledger) acknowledged() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done
}

// some gives up to n acknowledged requests.
func (l *ledger) some(rng *rand.Rand, n int) (picked []*request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 4 * n {
		if len(l.requests) == 0 || len(picked) == n {
			break
		}
		if r := l.requests[rng.IntN(len(l.requests))]; l.state[r] == acked {
			picked = append(picked, r)
		}
	}
	return picked
}

// sender posts requests of all kinds, one after the other.
type sender struct {
	server *server
	ledger *ledger
	number int
	rng    *rand.Rand
	made   int
}

// run sends until stop is closed, and then sees the last request through.
func (s *sender) run(ctx context.Context, stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		r := s.next()
		s.ledger.enter(r)
		giveUp := s.rng.IntN(20) == 0
		if err := s.see(ctx, r, giveUp); err != nil {
			return err
		}
		if s.rng.IntN(10) == 0 { // a sender that did not hear the answer
			for _, again := range s.ledger.some(s.rng, 1) {
				if err := s.see(ctx, again, false); err != nil {
					return err
				}
			}
		}
	}
}

// see posts r again and again, the same each time, until it is acknowledged.
func (s *sender) see(ctx context.Context, r *request, giveUp bool) error {
	for {
		status, answer, err := post(ctx, s.server, r)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("not acknowledged in time: %w", ctx.Err())
		case err == nil && status == http.StatusNoContent:
			s.ledger.set(r, acked)
			return nil
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			return fmt.Errorf("%.80s was answered %d: %s", r.body, status, answer)
		case giveUp:
			s.ledger.set(r, givenUp)
			return nil
		}
		select {
		case <-time.After(time.Duration(5+s.rng.IntN(20)) * time.Millisecond): // back off as a client does
		case <-ctx.Done():
		}
	}
}

func post(ctx context.Context, s *server, r *request) (status int, answer []byte, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url("/metrics"), bytes.NewReader(r.body))
	if err != nil {
		return 0, nil, err
	}
	q.Header.Set("Content-Type", r.contentType)
	if r.key != "" {
		q.Header.Set("Idempotency-Key", r.key)
	}
	a, err := s.client.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	answer, err = io.ReadAll(a.Body)
	return a.StatusCode, answer, err
}

// next makes a request: one event, an array or lines; known by key, by source
// and id, or by both.
func (s *sender) next() *request {
	s.made++
	id := fmt.Sprintf("%d-%d", s.number, s.made)
	r := &request{}
	form, identity := s.rng.IntN(4), s.rng.IntN(3)
	count := 1
	if form > 1 {
		count = 1 + s.rng.IntN(60)
	}
	if identity != 1 {
		r.key = "request-" + id
	}
	for i := range count {
		e := event{
			MetricName: []string{"torture.level", "torture.other"}[s.rng.IntN(2)],
			Value:      s.value(), Timestamp: time.Now().UnixMilli(),
			Tags: map[string]string{"name": fmt.Sprintf("%s-%d", id, i), "sender": fmt.Sprint(s.number)},
		}
		if identity != 0 {
			e.ID, e.Source = fmt.Sprintf("%s-%d", id, i), "torture"
		}
		r.events = append(r.events, e)
	}
	r.contentType = "application/json"
	switch form {
	case 2:
		r.body = encode(r.events)
	case 3:
		r.contentType = "application/x-ndjson"
		for _, e := range r.events {
			r.body = append(append(r.body, encode(e)...), '\n')
		}
	default:
		r.body = encode(r.events[0])
	}
	return r
}

// value crosses a threshold now and then.
func (s *sender) value() float64 {
	if s.rng.IntN(20) == 0 {
		return float64(s.rng.IntN(5))
	}
	return 7
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the test's own types
	}
	return b
}

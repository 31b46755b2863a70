package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// script answers requests one after another, the last answer again and again.
type script struct {
	answers []func(*http.Request) (*http.Response, error)
	at      []time.Duration // since the start
	keys    []string
	bodies  [][]byte
	started time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Since(s.started))
	s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.bodies = append(s.bodies, body)
	}
	answer := s.answers[min(len(s.at), len(s.answers))-1]
	return answer(r)
}

func status(code int, headers ...string) func(*http.Request) (*http.Response, error) {
	return problem(code, "", headers...)
}

func problem(code int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/problem+json"}}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func unreachable(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }

var one = []event.Event{{Metric: "case.resolved", Value: 1, Time: 1_700_000_000_000}}

func start(s *script) *Client {
	s.started = time.Now()
	return &Client{URL: DefaultURL, HTTP: &http.Client{Transport: s}}
}

func TestPostRepeatsUnderTheSameKeyUntilItIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []func(*http.Request) (*http.Response, error){unreachable, status(503), status(429), status(502), status(204)}}
		c := start(s)
		retries := 0
		c.Retrying = func(error, time.Duration) { retries++ }
		if err := c.Post(t.Context(), one, "k1"); err != nil {
			t.Fatal(err)
		}
		if len(s.keys) != 5 || retries != 4 {
			t.Fatalf("%d requests, %d retries", len(s.keys), retries)
		}
		for i, key := range s.keys {
			if key != "k1" || !bytes.Equal(s.bodies[i], s.bodies[0]) {
				t.Errorf("request %d has key %q and another body: %t", i, key, !bytes.Equal(s.bodies[i], s.bodies[0]))
			}
		}
		for i := 2; i < len(s.at); i++ {
			if s.at[i]-s.at[i-1] < (s.at[i-1]-s.at[i-2])/2 {
				t.Errorf("the waits do not grow: %v", s.at)
			}
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, form := range []func() string{
		func() string { return "7" },
		func() string { return time.Now().Add(7500 * time.Millisecond).UTC().Format(http.TimeFormat) },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []func(*http.Request) (*http.Response, error){status(503, "Retry-After", form()), status(204)}}
			if err := start(s).Post(t.Context(), one, "k"); err != nil {
				t.Fatal(err)
			}
			if wait := s.at[1]; wait < 6900*time.Millisecond || wait > 8*time.Second {
				t.Errorf("waited %s", wait)
			}
		})
	}
}

func TestGivingUpNamesTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []func(*http.Request) (*http.Response, error){unreachable}}
		err := start(s).Post(t.Context(), one, "k")
		if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(s.started); waited > defaultGiveUp {
			t.Errorf("gave up after %s", waited)
		}
	})
}

func TestCancellingEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := &script{answers: []func(*http.Request) (*http.Response, error){status(503, "Retry-After", "60")}}
		if err := start(s).Post(ctx, one, "k"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestARefusalCarriesTheServersWords(t *testing.T) {
	s := &script{answers: []func(*http.Request) (*http.Response, error){problem(400,
		`{"title":"Bad Request","detail":"1 of 2 events is malformed","errors":[{"index":1,"field":"value","detail":"not a number"},{"field":"body","detail":"odd"}]}`)}}
	err := start(s).Post(t.Context(), one, "k")
	var no *Refused
	if !errors.As(err, &no) {
		t.Fatalf("got %v", err)
	}
	if no.Status != 400 || len(no.Errors) != 2 || no.Errors[0] != (EventFault{1, "value", "not a number", ""}) || no.Errors[1].Index != -1 {
		t.Errorf("got %+v", no)
	}
	const want = "the server answered 400: 1 of 2 events is malformed; event 1, value: not a number; body: odd"
	if no.Error() != want {
		t.Errorf("got  %s\nwant %s", no.Error(), want)
	}
	if len(s.keys) != 1 {
		t.Errorf("%d requests", len(s.keys))
	}
}

func TestAWrongAddressIsNamed(t *testing.T) {
	for _, url := range []string{"", "localhost:8080", "ftp://x", "http://", "http://[::1"} {
		err := (&Client{URL: url}).Post(t.Context(), one, "k")
		if err == nil || !strings.Contains(err.Error(), "is no server address") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestHoldsLooksForTheVeryEvent(t *testing.T) {
	var asked string
	s := &script{answers: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
		asked = r.URL.RequestURI()
		return problem(200, `{"events":[{"id":"a","source":"x"},{"id":"b","source":"y"}],"next":null}`)(r)
	}}}
	c := start(s)
	for _, want := range []struct {
		id, source string
		held       bool
	}{{"a", "x", true}, {"b", "x", false}} {
		held, err := c.Holds(t.Context(), event.Event{Metric: "m", Time: 5, ID: want.id, Source: want.source, Tags: []event.Tag{{Key: "k", Value: "v w"}}})
		if err != nil || held != want.held {
			t.Errorf("%v: %t, %v", want, held, err)
		}
	}
	if asked != "/api/events?from=5&limit=1000&metric=m&tag.k=v+w&to=6" {
		t.Errorf("asked %s", asked)
	}
}

func TestLargeBodiesAreCompressed(t *testing.T) {
	s := &script{answers: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Content-Encoding") != "zstd" {
			t.Error("not compressed")
		}
		return status(204)(r)
	}}}
	many := make([]event.Event, 1000)
	for i := range many {
		many[i] = one[0]
	}
	if err := start(s).Post(t.Context(), many, "k"); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	plain, err := z.DecodeAll(s.bodies[0], nil)
	if err != nil || bytes.Count(plain, []byte("\n")) != 1000 {
		t.Errorf("%d lines, %v", bytes.Count(plain, []byte("\n")), err)
	}
}

func TestEveryEventIsOneLineOfJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 30, -1)
		e := event.Event{
			Metric: text.Draw(t, "metric"), Value: rapid.Float64().Draw(t, "value"), Time: rapid.Int64().Draw(t, "time"),
			ID: text.Draw(t, "id"), Source: text.Draw(t, "source"),
		}
		keys := rapid.SliceOfNDistinct(text, 0, 4, rapid.ID[string]).Draw(t, "keys")
		for _, k := range keys {
			e.Tags = append(e.Tags, event.Tag{Key: k, Value: text.Draw(t, "tag")})
		}
		line := AppendNDJSON(nil, []event.Event{e})
		if bytes.Count(line, []byte("\n")) != 1 {
			t.Fatalf("not one line: %q", line)
		}
		var got struct {
			MetricName string
			Value      float64
			Tags       map[string]string
			Timestamp  int64
			ID, Source string
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if got.MetricName != e.Metric || got.Value != e.Value || got.Timestamp != e.Time || got.ID != e.ID || got.Source != e.Source || len(got.Tags) != len(e.Tags) {
			t.Fatalf("%+v became %s", e, line)
		}
		for _, tag := range e.Tags {
			if got.Tags[tag.Key] != tag.Value {
				t.Fatalf("tag %q became %q", tag, got.Tags[tag.Key])
			}
		}
	})
}

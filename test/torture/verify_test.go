package torture

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// stored is an event as the API answers it.
type stored struct {
	Seq uint64 `json:"seq"`
	event
}

// events pages through everything stored, by number.
func (s *server) events() []stored {
	s.t.Helper()
	var all []stored
	pages(s, "/api/events?limit=10000", func(body []byte) (*string, error) {
		var page struct {
			Events []stored `json:"events"`
			Next   *string  `json:"next"`
		}
		err := json.Unmarshal(body, &page)
		all = append(all, page.Events...)
		return page.Next, err
	})
	slices.SortFunc(all, func(a, b stored) int { return int(a.Seq) - int(b.Seq) })
	return all
}

// alerts pages through every transition, oldest first, as it is.
func (s *server) alerts() []string {
	s.t.Helper()
	var all []string
	pages(s, "/api/alerts/history?limit=10000", func(body []byte) (*string, error) {
		var page struct {
			Alerts []json.RawMessage `json:"alerts"`
			Next   *string           `json:"next"`
		}
		err := json.Unmarshal(body, &page)
		for _, a := range page.Alerts {
			all = append(all, string(a))
		}
		return page.Next, err
	})
	slices.Reverse(all)
	return all
}

func pages(s *server, path string, take func(body []byte) (next *string, err error)) {
	s.t.Helper()
	for cursor := ""; ; {
		status, body, err := s.get(s.t.Context(), path+cursor)
		if err != nil || status != http.StatusOK {
			s.t.Fatalf("GET %s%s: %d, %v: %.300s", path, cursor, status, err, body)
		}
		next, err := take(body)
		if err != nil {
			s.t.Fatalf("GET %s%s: %v", path, cursor, err)
		}
		if next == nil {
			return
		}
		cursor = "&cursor=" + url.QueryEscape(*next)
	}
}

// checkStored holds what is stored against what was sent: acknowledged requests
// whole and once, given-up ones whole and once or not at all, nothing else.
func (l *ledger) checkStored(s *server, all []stored) {
	s.t.Helper()
	found := make(map[string]stored, len(all))
	for i, e := range all {
		if e.Seq != uint64(i+1) {
			s.t.Fatalf("the events' numbers have a gap or a repeat: event %d has number %d", i+1, e.Seq)
		}
		if other, twice := found[e.name()]; twice {
			s.t.Errorf("event %s is there twice, as %d and %d", e.name(), other.Seq, e.Seq)
		}
		found[e.name()] = e
	}
	var counts [3]int
	for _, r := range l.requests {
		state := l.state[r]
		counts[state]++
		there := 0
		for _, sent := range r.events {
			got, ok := found[sent.name()]
			if !ok {
				continue
			}
			there++
			if !same(sent, got.event) {
				s.t.Errorf("sent %+v, stored %+v", sent, got)
			}
			delete(found, sent.name())
		}
		if there == len(r.events) || state != acked && there == 0 {
			continue
		}
		s.t.Errorf("of a request of %d events (key %q, acknowledged %t) %d are there", len(r.events), r.key, state == acked, there)
	}
	for name := range found {
		s.t.Errorf("event %q was never sent", name)
	}
	s.t.Logf("%d events of %d acknowledged and %d given-up requests", len(all), counts[acked], counts[givenUp])
}

func same(a, b event) bool {
	return a.MetricName == b.MetricName && a.Value == b.Value && a.Timestamp == b.Timestamp &&
		a.ID == b.ID && a.Source == b.Source && maps.Equal(a.Tags, b.Tags)
}

// checkPoints holds the points of a stream against what is stored.
func checkPoints(s *server, what string, points []frame, want []stored) {
	s.t.Helper()
	if len(points) != len(want) {
		s.t.Errorf("%s showed %d points, %d are stored", what, len(points), len(want))
	}
	for i := range min(len(points), len(want)) {
		got, err := points[i].event()
		if err != nil || points[i].id != strconv.FormatUint(want[i].Seq, 10) || !same(got, want[i].event) {
			s.t.Fatalf("%s: point %d is %+v, stored is %+v (%v)", what, i, points[i], want[i], err)
		}
	}
}

// checkAlerts holds the alerts of a stream against the history.
func checkAlerts(s *server, what string, alerts []frame, history []string) {
	s.t.Helper()
	if len(alerts) != len(history) {
		s.t.Errorf("%s showed %d alerts, the history has %d", what, len(alerts), len(history))
	}
	for i := range min(len(alerts), len(history)) {
		var shown, kept map[string]any
		err := errors.Join(json.Unmarshal([]byte(alerts[i].data), &shown), json.Unmarshal([]byte(history[i]), &kept))
		if err != nil || alerts[i].id != kept["id"] || fmt.Sprint(shown) != fmt.Sprint(kept) {
			s.t.Fatalf("%s: alert %d is %+v, the history has %s (%v)", what, i, alerts[i], history[i], err)
		}
	}
}

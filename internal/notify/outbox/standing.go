package outbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/common/model"
)

// Ack is somebody's word that an alert is being seen to. It holds until the
// series is ok again, or worse than it was.
type Ack struct {
	ID     string `json:"id"`
	Series string `json:"series"`
	// Alerts are the ids of the alerts of the series that it was given for.
	Alerts   []string       `json:"alerts,omitempty"`
	Labels   model.LabelSet `json:"labels,omitempty"`
	Severity string         `json:"severity"`
	Who      string         `json:"who"`
	Note     string         `json:"note,omitempty"`
	At       time.Time      `json:"at"`
	Ended    time.Time      `json:"ended,omitzero"`
}

// covers tells whether the acknowledgement was for this firing.
func (a *Ack) covers(of Alert) bool {
	return a.Series == of.Series() && (a.Ended.IsZero() || of.StartsAt.Before(a.Ended)) &&
		(!of.StartsAt.After(a.At) || a.Ended.IsZero() && severityRank(of.Severity()) > severityRank(a.Severity))
}

// standing is how each series stands, as far as the outbox was told, and who
// has acknowledged it.
type standing struct {
	mu     sync.Mutex
	series map[string]stand
	acks   map[string][]*Ack // by series, oldest first
}

type stand struct {
	severity string // "ok" where nothing fires
	at       time.Time
}

func (s *standing) init() { s.series, s.acks = map[string]stand{}, map[string][]*Ack{} }

func (s *standing) load(value []byte) error {
	a := &Ack{}
	if err := json.Unmarshal(value, a); err != nil {
		return fmt.Errorf("an acknowledgement cannot be read: %w", err)
	}
	if a.Series == "" || a.ID == "" {
		return fmt.Errorf("an acknowledgement lacks its id or series")
	}
	s.set(a)
	return nil
}

// set puts an acknowledgement in its place, or in that of its older version.
func (s *standing) set(a *Ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acks[a.Series] = slices.DeleteFunc(s.acks[a.Series], func(o *Ack) bool { return o.ID == a.ID })
	s.acks[a.Series] = append(s.acks[a.Series], a)
	slices.SortFunc(s.acks[a.Series], func(a, b *Ack) int { return a.At.Compare(b.At) })
}

// Observe tells how the series of an alert stands since a moment: "ok" or a
// severity. internal/notify calls it with each change, before the pipeline has
// it, so that acknowledgements and escalations end in time also where no
// message says so.
func (o *Outbox) Observe(labels model.LabelSet, severity string, at time.Time) {
	o.standing.observe(o, SeriesOf(labels), severity, at)
}

// saw takes in what a message says of its alerts.
func (s *standing) saw(o *Outbox, m *Message) {
	for _, a := range m.Alerts {
		series := a.Series()
		if !a.Resolved {
			s.observe(o, series, a.Severity(), a.StartsAt)
			continue
		}
		// An end counts only for the severity in which the series stands.
		s.mu.Lock()
		now, known := s.series[series]
		s.mu.Unlock()
		if !known || now.severity == a.Severity() {
			s.observe(o, series, "ok", a.EndsAt)
		}
	}
}

func (s *standing) observe(o *Outbox, series, severity string, at time.Time) {
	s.mu.Lock()
	before, known := s.series[series]
	if known && (at.Before(before.at) || before.severity == severity && !at.After(before.at)) {
		s.mu.Unlock()
		return
	}
	s.series[series] = stand{severity, at}
	var ended *Ack
	if acks := s.acks[series]; len(acks) > 0 {
		if last := acks[len(acks)-1]; last.Ended.IsZero() && last.endedBy(severity, at) {
			now := *last
			now.Ended = at.UTC()
			acks[len(acks)-1], ended = &now, &now
		}
	}
	s.mu.Unlock()
	if ended != nil {
		o.storeLater(ended)
	}
}

// endedBy tells whether a change of the series after the acknowledgement ends
// it. The same severity once more means that it was left in between.
func (a *Ack) endedBy(severity string, at time.Time) bool {
	if !at.After(a.At) {
		return false
	}
	return severity == "ok" || severityRank(severity) <= severityRank(a.Severity)
}

// fires tells whether nothing has been heard of the alert's end.
func (s *standing) fires(a Alert) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, known := s.series[a.Series()]
	return !known || now.severity == a.Severity() || now.at.Before(a.StartsAt)
}

// acknowledged tells whether an acknowledgement that holds is for the alert.
func (s *standing) acknowledged(a Alert) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	acks := s.acks[a.Series()]
	return len(acks) > 0 && acks[len(acks)-1].Ended.IsZero() && acks[len(acks)-1].covers(a)
}

// of lists the acknowledgements given for an alert.
func (s *standing) of(alert Alert) []Ack {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Ack
	for _, a := range s.acks[alert.Series()] {
		if a.covers(alert) {
			all = append(all, *a)
		}
	}
	return all
}

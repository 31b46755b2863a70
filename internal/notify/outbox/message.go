package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"
)

// State is what became of a message.
type State string

// The states of a message. A dead letter is sent again only when asked for.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Dead      State = "dead"
)

// Target is one integration of one receiver: where a message goes.
type Target struct {
	Receiver    string `json:"receiver"`
	Integration string `json:"integration"`
	Index       int    `json:"index"`
}

func (t Target) String() string { return fmt.Sprintf("%s/%s[%d]", t.Receiver, t.Integration, t.Index) }

// Message is one notification to one integration, with everything needed to
// send it and the proof of what became of it. One that is in use is never
// changed: a change makes a new one.
type Message struct {
	// ID is the same for a message stored again after a crash, and for no
	// other: receivers may use it as idempotency key.
	ID string `json:"id"`
	// Seq is the order in which messages were stored.
	Seq uint64 `json:"seq"`
	Target
	// Notification is common to the messages of all integrations of a receiver
	// about the same state of a group.
	Notification string `json:"notification"`
	// Content tells the set of alerts and their states, Generation how many
	// messages the group had at this integration before.
	Content    string `json:"content"`
	Generation int64  `json:"generation"`

	GroupKey    string              `json:"group_key"`
	GroupLabels model.LabelSet      `json:"group_labels,omitempty"`
	RouteLabels model.LabelSet      `json:"route_labels,omitempty"`
	Reason      notify.NotifyReason `json:"reason"`
	Repeat      time.Duration       `json:"repeat,omitempty"`
	// Severity is the worst of the alerts that fire, or of all if none does.
	Severity string `json:"severity"`
	// Resolved says that no alert of it fires.
	Resolved bool    `json:"resolved"`
	Alerts   []Alert `json:"alerts"`
	// Letter is what the message says instead of alerts, nil where it has some.
	Letter *Letter `json:"letter,omitempty"`

	Stored time.Time `json:"stored"`
	Origin *Origin   `json:"origin,omitempty"`

	State State     `json:"state"`
	Done  time.Time `json:"done,omitzero"` // when it left Pending
	// Tries counts all attempts; Attempts holds the first and the last of them.
	Tries    int       `json:"tries"`
	Attempts []Attempt `json:"attempts,omitempty"`
	// Patience is from when the time until it becomes a dead letter is counted:
	// Stored, or the retry asked for last.
	Patience time.Time `json:"patience"`
	// Parts are what a message to several addresses has delivered already, with
	// the receiver's own id of each.
	Parts    map[string]string `json:"parts,omitempty"`
	Receipts []Receipt         `json:"receipts,omitempty"`
	// Data is what the notifier wants to know again for the group's next message.
	Data map[string]string `json:"data,omitempty"`
}

// Origin says why a message was stored that the routing did not ask for.
type Origin struct {
	// Kind is "fallback", "escalation" or "report".
	Kind string `json:"kind"`
	// Receiver is whose messages failed, or were not acknowledged.
	Receiver string `json:"receiver"`
	// Of is the message that led to this one, or the report's name.
	Of string `json:"of"`
}

// The kinds of Origin.
const (
	OriginFallback   = "fallback"
	OriginEscalation = "escalation"
	OriginReport     = "report"
)

// Alert is an alert of a message, as it stood when the message was stored.
type Alert struct {
	Labels       model.LabelSet `json:"labels"`
	Annotations  model.LabelSet `json:"annotations,omitempty"`
	StartsAt     time.Time      `json:"starts_at"`
	EndsAt       time.Time      `json:"ends_at,omitzero"`
	UpdatedAt    time.Time      `json:"updated_at,omitzero"`
	GeneratorURL string         `json:"generator_url,omitempty"`
	Resolved     bool           `json:"resolved"`
}

// AlertID is the position of the transition that raised the alert, "" for one
// that another system sent.
func (a Alert) AlertID() string { return string(a.Annotations["alert_id"]) }

// Severity is the alert's severity label.
func (a Alert) Severity() string { return string(a.Labels["severity"]) }

// Series tells what the alert is about, whatever its severity.
func (a Alert) Series() string { return SeriesOf(a.Labels) }

// SeriesOf is the series that an alert with these labels belongs to.
func SeriesOf(labels model.LabelSet) string {
	rest := labels.Clone()
	delete(rest, "severity")
	return rest.Fingerprint().String()
}

func alertOf(a *alert.Alert) Alert {
	stored := Alert{
		Labels: a.Labels, Annotations: a.Annotations, GeneratorURL: a.GeneratorURL,
		StartsAt: a.StartsAt.UTC(), UpdatedAt: a.UpdatedAt.UTC(), Resolved: a.Resolved(),
	}
	if stored.Resolved {
		stored.EndsAt = a.EndsAt.UTC()
	}
	return stored
}

// Original is the alert for the notifier. One that fired when the message was
// stored still does, whatever has passed since.
func (a Alert) Original() *alert.Alert {
	return &alert.Alert{UpdatedAt: a.UpdatedAt, Alert: model.Alert{
		Labels: a.Labels, Annotations: a.Annotations, GeneratorURL: a.GeneratorURL,
		StartsAt: a.StartsAt, EndsAt: a.EndsAt,
	}}
}

// severityRank orders severities, the worst first.
func severityRank(severity string) int {
	switch severity {
	case "critical":
		return 0
	case "warning":
		return 1
	case "ok":
		return 3
	}
	return 2
}

// urgency orders messages: critical before warning before the rest, and within
// a severity what fires before what is resolved.
func (m *Message) urgency() int {
	rank := 2 * severityRank(m.Severity)
	if m.Resolved {
		rank++
	}
	return rank
}

// summarise fills in what follows from the alerts.
func (m *Message) summarise() {
	m.Resolved = true
	for _, a := range m.Alerts {
		m.Resolved = m.Resolved && a.Resolved
	}
	best := 4
	for _, a := range m.Alerts {
		if rank := severityRank(a.Severity()); a.Resolved == m.Resolved && rank < best {
			best, m.Severity = rank, a.Severity()
		}
	}
}

func decode(value []byte) (*Message, error) {
	m := &Message{}
	if err := json.Unmarshal(value, m); err != nil {
		return nil, fmt.Errorf("a stored message cannot be read: %w", err)
	}
	if m.ID == "" || m.Receiver == "" || len(m.Alerts) == 0 && m.Letter == nil {
		return nil, fmt.Errorf("a stored message lacks its id, receiver or what it says")
	}
	return m, nil
}

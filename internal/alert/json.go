package alert

import (
	"encoding/json"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// MarshalJSON writes a transition as the stream and the history give it.
func (t Transition) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID        string            `json:"id"`
		Rule      string            `json:"rule"`
		Metric    string            `json:"metricName"`
		Tags      map[string]string `json:"tags"`
		State     State             `json:"state"`
		Previous  State             `json:"previous"`
		Value     float64           `json:"value"`
		Condition string            `json:"condition"`
		Timestamp int64             `json:"timestamp"`
		Since     int64             `json:"since"`
		At        int64             `json:"at"`
	}{
		t.Position.String(), t.Rule, t.Metric, tagMap(t.Tags), t.State, t.Previous,
		t.Value, t.Condition, t.Timestamp, t.Since, t.At,
	})
}

// MarshalJSON writes the state of a series as GET /api/thresholds gives it.
func (s Series) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Rule      string            `json:"rule"`
		Metric    string            `json:"metricName"`
		Tags      map[string]string `json:"tags"`
		State     State             `json:"state"`
		Since     int64             `json:"since"`
		Value     float64           `json:"value"`
		Timestamp int64             `json:"timestamp"`
		Pending   State             `json:"pending,omitempty"`
		Deadline  int64             `json:"deadline,omitempty"`
	}{
		s.Rule, s.Metric, tagMap(s.Tags), s.State, s.Since,
		s.Value, s.Timestamp, s.Pending, s.Deadline,
	})
}

func tagMap(tags []event.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}

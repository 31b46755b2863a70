package alert

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// transitionJSON is a Transition as the stream, the history and the log have it.
type transitionJSON struct {
	ID        string            `json:"id"`
	Kind      string            `json:"kind"`
	Rule      string            `json:"rule"`
	Metric    string            `json:"metricName"`
	Tags      map[string]string `json:"tags"`
	State     State             `json:"state"`
	Previous  State             `json:"previous"`
	Value     *float64          `json:"value"`
	Condition string            `json:"condition"`
	Timestamp int64             `json:"timestamp"`
	Since     int64             `json:"since"`
	At        int64             `json:"at"`

	N           int64             `json:"n,omitempty"`
	Provisional bool              `json:"provisional,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Evidence    json.RawMessage   `json:"evidence,omitempty"`
}

// MarshalJSON writes a transition; a value that is no number is null.
func (t Transition) MarshalJSON() ([]byte, error) {
	out := transitionJSON{
		ID: t.Position.String(), Kind: cmp.Or(t.Kind, KindThreshold), Rule: t.Rule, Metric: t.Metric, Tags: event.TagMap(t.Tags),
		State: t.State, Previous: t.Previous, Condition: t.Condition, Timestamp: t.Timestamp, Since: t.Since, At: t.At,
		N: t.N, Provisional: t.Provisional, Annotations: event.TagMap(t.Annotations), Evidence: t.Evidence,
	}
	if !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
		out.Value = &t.Value
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Transition) UnmarshalJSON(text []byte) error {
	var in transitionJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	at, err := ParsePosition(in.ID)
	if err != nil {
		return err
	}
	*t = Transition{
		Position: at, Kind: in.Kind, Rule: in.Rule, Metric: in.Metric, Tags: tagList(in.Tags),
		State: in.State, Previous: in.Previous, Value: math.NaN(), Condition: in.Condition,
		Timestamp: in.Timestamp, Since: in.Since, At: in.At,
		N: in.N, Provisional: in.Provisional, Annotations: tagList(in.Annotations), Evidence: in.Evidence,
	}
	if in.Value != nil {
		t.Value = *in.Value
	}
	return nil
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
		s.Rule, s.Metric, event.TagMap(s.Tags), s.State, s.Since,
		s.Value, s.Timestamp, s.Pending, s.Deadline,
	})
}

// tagList is ordered by key; nil where there are none.
func tagList(m map[string]string) (tags []event.Tag) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		tags = append(tags, event.Tag{Key: key, Value: m[key]})
	}
	return tags
}

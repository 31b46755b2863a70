package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Evidence is what the transition of a threshold keeps of its rule: enough to
// judge once more, as it was judged then.
type Evidence struct {
	// Rule tells versions of the rule apart, Text is the rule as it stands in the
	// section `thresholds`, below its name, as JSON.
	Rule string          `json:"rule"`
	Text json.RawMessage `json:"text"`
	// DefinitionVersion is that of the KPI whose values are judged, 0 for a metric.
	DefinitionVersion int `json:"definitionVersion,omitempty"`
}

// text is a threshold as JSON: the keys that were given, in order.
func (t *Threshold) text() string {
	all := map[string]any{}
	note := func(key string, given bool, value any) {
		if given {
			all[key] = value
		}
	}
	note("warning", t.Warning.given(), t.Warning.text)
	note("critical", t.Critical.given(), t.Critical.text)
	note("metric", t.Metric != "", t.Metric)
	note("by", len(t.By) > 0, t.By)
	note("for", t.For > 0, t.For.String())
	note("hysteresis", t.Hysteresis > 0, t.Hysteresis)
	note("keep_firing_for", t.KeepFiringFor > 0, t.KeepFiringFor.String())
	note("max_age", t.MaxAge > 0, t.MaxAge.String())
	note("max_series", t.MaxSeries > 0, t.MaxSeries)
	if n := t.NoData; n != nil {
		silence := map[string]any{"after": n.After.String()}
		if n.State != "" {
			silence["state"] = n.State
		}
		all["no_data"] = silence
	}
	if len(t.Expect) > 0 {
		all["expect"] = t.Expect
	}
	text, err := json.Marshal(all)
	if err != nil {
		return "" // not reachable: hysteresis is a number where Validate found no fault
	}
	return string(text)
}

// Hash tells versions of a rule apart; "" where its text is not known.
func (r *Rule) Hash() string {
	if r.Text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(r.Text))
	return hex.EncodeToString(sum[:8])
}

// evidence is the same for every transition of the rule.
func (r *Rule) evidence() json.RawMessage {
	if r.Text == "" {
		return nil
	}
	text, err := json.Marshal(Evidence{r.Hash(), json.RawMessage(r.Text), r.DefinitionVersion})
	if err != nil {
		return nil
	}
	return text
}

// withSeen adds the members of a JSON object to evidence; other text is ignored.
func withSeen(evidence json.RawMessage, seen string) json.RawMessage {
	if len(evidence) < 2 || len(seen) <= 2 || seen[0] != '{' || !json.Valid([]byte(seen)) {
		return evidence
	}
	return slices.Concat(evidence[:len(evidence)-1], []byte{','}, []byte(seen[1:]))
}

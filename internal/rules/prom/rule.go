package prom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"

	"github.com/hms-ops/hms-monitor/internal/alert"
	hmsrules "github.com/hms-ops/hms-monitor/internal/rules"
)

// Kind is that of all transitions and rules of this package.
const Kind = "promql"

// rule is a rule, and what was found when it was evaluated last.
type rule struct {
	inner rules.Rule
	alert *rules.AlertingRule // nil for a recording rule
	expr  parser.Expr
	group string
	text  string
	query string // the expression as Prometheus writes it
	hash  string
	// written is the expression as it stands in the file, in one line: messages quote it.
	written string
	// metric is the one that the expression reads, "" for several.
	metric string
	// until is how long before the instant of evaluation it stops reading (ms).
	until int64

	at        atomic.Int64 // the instant evaluated last, 0 for never
	succeeded bool         // at least once
	found     []alert.Transition
	was       promql.Vector // the value evaluated last, where it was foreseen
}

func newRule(inner rules.Rule, expr parser.Expr, file string, g group, i int) *rule {
	r := &rule{inner: inner, expr: expr, group: rules.GroupKey(file, g.Name), text: g.texts[i].yaml, query: inner.Query().String(), written: oneLine(g.Rules[i].Expr, expr), until: readsUntil(expr)}
	r.alert, _ = inner.(*rules.AlertingRule)
	// What decides is the rule, and what its group adds to it.
	offset := ""
	if g.QueryOffset != nil {
		offset = g.QueryOffset.String()
	}
	sum := sha256.Sum256([]byte(inner.String() + "\nquery_offset: " + offset))
	r.hash = hex.EncodeToString(sum[:8])
	if names := reads(expr); len(names) == 1 {
		r.metric = names[0]
	}
	return r
}

// oneLine is an expression as it was written, its lines joined; where there may
// be comments in it, as Prometheus writes it.
func oneLine(written string, expr parser.Expr) string {
	text := strings.TrimSpace(written)
	if !strings.Contains(text, "\n") {
		return text
	}
	if strings.ContainsAny(text, "#`") {
		return expr.String()
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, " ")
}

func (r *rule) status() hmsrules.Status {
	s := hmsrules.Status{
		Rule: r.inner.Name(), Kind: Kind, Text: r.text, Hash: r.hash, At: r.at.Load(), Took: r.inner.GetEvaluationDuration(),
	}
	if err := r.inner.LastError(); err != nil {
		s.Error = err.Error()
	}
	if r.alert == nil {
		return s
	}
	s.State = rules.StateInactive.String()
	for _, a := range r.alert.ActiveAlerts() {
		switch a.State {
		case rules.StateFiring:
			s.Firing++
		case rules.StatePending:
			s.Pending++
		}
	}
	switch {
	case s.Firing > 0:
		s.State = rules.StateFiring.String()
	case s.Pending > 0:
		s.State = rules.StatePending.String()
	}
	return s
}

// evidence is what an alert went by.
type evidence struct {
	Group string `json:"group"`
	Expr  string `json:"expr"`
	Hash  string `json:"hash"`
	// At is the instant evaluated (ms), Value the expression's value there: a
	// text, because it may be no number.
	At     int64             `json:"at"`
	Value  string            `json:"value"`
	Labels map[string]string `json:"labels"`
	// ActiveAt is when the expression began to hold, FiredAt when `for` was over.
	ActiveAt      int64  `json:"activeAt"`
	FiredAt       int64  `json:"firedAt"`
	For           string `json:"for,omitempty"`
	KeepFiringFor string `json:"keepFiringFor,omitempty"`
	// KeptSince is since when it no longer holds and keep_firing_for applies.
	KeptSince int64 `json:"keptSince,omitempty"`
	// Watermark is the latest event time heard of.
	Watermark int64 `json:"watermark,omitempty"`
}

func (e evidence) json() json.RawMessage {
	text, err := json.Marshal(e)
	if err != nil {
		return nil // not reachable: texts and whole numbers
	}
	return text
}

func span(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

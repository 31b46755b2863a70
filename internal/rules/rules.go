// Package rules evaluates the alert rules that are more than a threshold: those
// of Prometheus rule files (rules/prom) and the ready-made ones (rules/detect).
// It decides when each is looked at: soon after something that it reads has
// changed, and on its tick. What a rule finds goes into the log, and from there
// to the history, the stream and the notifier; see alert.Book. It must not know
// HTTP, the log's carrier or the database. The app runs it, the backtest uses
// the same groups over the past.
package rules

import (
	"context"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// KindExternal is the alert.Transition.Kind of what other systems send.
const KindExternal = "external"

// Group is what is evaluated at once: the rules of one group of a rule file, or
// one ready-made rule.
type Group interface {
	// Name is unique among the groups: "rules/office.yaml;backlog", "sla-burn".
	Name() string
	// Reads lists the metrics and KPIs that the group looks at; nil where that
	// cannot be told.
	Reads() []string
	// Interval is how often it is evaluated when nothing changes.
	Interval() time.Duration
	// Rules describes the rules of the group, as the last evaluation left them.
	Rules() []Status
	// Evaluate judges the instant at, in ms. It gives each series that is not
	// ok (alert.Warning or alert.Critical), without Position and Previous; a
	// series that was given before and now is not has recovered. Instants come
	// in ascending order. After an error the series stay as they are.
	Evaluate(ctx context.Context, at int64) ([]alert.Transition, error)
}

// Status is how a rule stands.
type Status struct {
	Rule string `json:"rule"`
	Kind string `json:"kind"`
	// Text is the rule as it was written; Hash tells versions of it apart.
	Text string `json:"text"`
	Hash string `json:"hash"`
	// State is inactive, pending or firing, as Prometheus has it; for a
	// recording rule it is empty.
	State string `json:"state,omitempty"`
	// Firing and Pending count series.
	Firing  int `json:"firing"`
	Pending int `json:"pending"`
	// At is the instant evaluated last, in ms, and Took how long that was.
	At    int64         `json:"at,omitempty"`
	Took  time.Duration `json:"took,omitempty"`
	Error string        `json:"error,omitempty"`
}

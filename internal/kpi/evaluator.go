// Package kpi is the vocabulary of key performance indicators: what a definition
// says, what an evaluator of a type does, and what an answer holds. The types
// are in packages below it; the engine runs them. Nothing here or below reads a
// clock: time is handed in, and every answer is a function of the events and
// the instant asked about.
package kpi

import (
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// Evaluator is a KPI at work. What it answers depends on the events applied,
// not on their order. It is used by one goroutine at a time.
type Evaluator interface {
	// Apply takes the events of a block in.
	Apply(b *Batch)
	// Value answers for one window. The first series is the total.
	Value(q Query) []Series
	// Changes reports whether an answer as of to may differ from one as of from
	// by the passing of time alone, for a window of this length.
	Changes(from, to, window int64) bool
	// Forget drops what can only count before t.
	Forget(t int64)
	// AppendBinary appends what Restore reads back into a new evaluator of the
	// same definition.
	AppendBinary(dst []byte) []byte
	Restore(r *bin.Reader)
}

// Query asks for a KPI over [From, At), as things stood just before At: of two
// events, the one at At does not count yet.
type Query struct {
	From, At int64
	// Now marks what is not over: a window that ends after it is partial. It
	// changes no other figure.
	Now int64
	// By lists places in the definition's By whose values each get a series.
	By []int
	// Brief leaves the figures and intervals out: history needs values alone.
	Brief bool
}

// Series is the answer for the total, or for one combination of tag values.
type Series struct {
	Tags []event.Tag
	// Value is NaN where there is no data.
	Value float64
	// N is how many things the value is made of.
	N int64
	// Interval is the 95 % confidence interval, nil where none is defined.
	Interval *[2]float64
	// Verdict says whether an objective is met, "" where there is none: met,
	// missed or undetermined.
	Verdict Verdict
	// Figures has the shape of the type; it marshals to the JSON of the API.
	Figures any
}

// Verdict is what can be said of an objective.
type Verdict string

// The verdicts.
const (
	Met          Verdict = "met"
	Missed       Verdict = "missed"
	Undetermined Verdict = "undetermined"
)

package alert

import (
	"fmt"
	"slices"
	"time"
)

// DefaultMaxSeries bounds a rule that sets no bound of its own.
const DefaultMaxSeries = 10_000

// Rule watches one metric. Durations are in milliseconds, as event times are.
type Rule struct {
	Name   string
	Metric string
	// By lists tag keys; each combination of their values is a series with a
	// state of its own. An event without a key belongs to the series without it.
	By []string
	// Warning and Critical may be nil; without both, only silence counts.
	Warning, Critical *Bound
	For               int64
	Hysteresis        float64
	// KeepFiringFor is how long a better value must last before the state is left.
	KeepFiringFor int64
	// NoData is how long a series may be silent before it is in NoDataState, or
	// stays in a worse one; 0 for ever.
	NoData      int64
	NoDataState severity
	// Expect lists series that are missed from the start, by their By values.
	Expect    [][]string
	MaxAge    int64
	MaxSeries int

	// Text is the rule as it was written, see Evidence; "" where that is not known.
	Text string `json:"-"`
	// DefinitionVersion is that of the KPI whose values are judged, 0 for a metric.
	DefinitionVersion int `json:"-"`
}

// severity is a State as a number that can be compared.
type severity int8

const (
	fine severity = iota
	warn
	crit
	severities
)

func (s severity) state() State { return [...]State{OK, Warning, Critical}[s] }

// bound is the condition of a severity, nil where the rule has none.
func (r *Rule) bound(s severity) *Bound {
	switch s {
	case warn:
		return r.Warning
	case crit:
		return r.Critical
	}
	return nil
}

// level is how bad v is for a series that now stands at current: a state is
// entered at its limit and left only Hysteresis beyond it.
func (r *Rule) level(v float64, current severity) severity {
	for s := crit; s > fine; s-- {
		bound := r.bound(s)
		if bound == nil {
			continue
		}
		if current >= s {
			wide := bound.widened(r.Hysteresis)
			bound = &wide
		}
		if bound.Holds(v) {
			return s
		}
	}
	return fine
}

// silence says in words why a series is in NoDataState.
func (r *Rule) silence() string {
	return fmt.Sprintf("no value for %v", time.Duration(r.NoData)*time.Millisecond)
}

// condition says in words what decides that a series is at s.
func (r *Rule) condition(s severity) string {
	if bound := r.bound(s); bound != nil {
		return bound.String()
	}
	left := r.Warning
	if left == nil {
		left = r.Critical
	}
	if left == nil {
		return "a value came"
	}
	wide := left.widened(r.Hysteresis)
	return Bound{wide.Op.opposite(), wide.Limit}.String()
}

// sameSeries reports whether both rules judge the same series, so that the
// states of one can stand for those of the other.
func (r *Rule) sameSeries(o *Rule) bool {
	return r.Name == o.Name && r.Metric == o.Metric && slices.Equal(r.By, o.By)
}

// sameTest reports whether both rules judge values alike.
func (r *Rule) sameTest(o *Rule) bool {
	return equalBound(r.Warning, o.Warning) && equalBound(r.Critical, o.Critical) &&
		r.For == o.For && r.Hysteresis == o.Hysteresis && r.KeepFiringFor == o.KeepFiringFor &&
		r.NoData == o.NoData && r.NoDataState == o.NoDataState
}

func equalBound(a, b *Bound) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// State judges a value as if it were the first one.
func (r *Rule) State(v float64) State { return r.level(v, fine).state() }

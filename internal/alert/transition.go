// Package alert judges values against thresholds and tells each change of
// state once. It is driven by the pipeline, which hands it every block of the
// deduplicated log and the time, and keeps its state with the events, so that
// the transitions are a pure function of the log. It knows nothing of HTTP,
// the log's carrier or the database, and never reads a clock.
package alert

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// State is how a watched series stands against its thresholds.
type State string

// The states, in order of severity.
const (
	OK       State = "ok"
	Warning  State = "warning"
	Critical State = "critical"
)

// Position orders transitions within the stream: N counts those that event Seq
// brought about, or, with no event of their own, those since event Seq.
type Position struct {
	Seq uint64
	N   uint32
}

// String is the id that the live stream gives what stands there: "seq.n" for
// an alert, "seq" for an event.
func (p Position) String() string {
	if p.N == 0 {
		return strconv.FormatUint(p.Seq, 10)
	}
	return strconv.FormatUint(p.Seq, 10) + "." + strconv.FormatUint(uint64(p.N), 10)
}

// ParsePosition reads "seq.n", or "seq" alone: after the event and before
// anything that it brought about.
func ParsePosition(s string) (Position, error) {
	head, tail, dotted := strings.Cut(s, ".")
	seq, err := strconv.ParseUint(head, 10, 64)
	if err != nil {
		return Position{}, fmt.Errorf("%q is no stream position: it has the form 123 or 123.1", s)
	}
	p := Position{Seq: seq}
	if dotted {
		n, err := strconv.ParseUint(tail, 10, 32)
		if err != nil {
			return Position{}, fmt.Errorf("%q is no stream position: it has the form 123 or 123.1", s)
		}
		p.N = uint32(n)
	}
	return p, nil
}

// Before reports whether p comes before q.
func (p Position) Before(q Position) bool {
	return p.Seq < q.Seq || p.Seq == q.Seq && p.N < q.N
}

// KindThreshold is the Kind of what the section `thresholds` and those of KPIs
// bring about.
const KindThreshold = "threshold"

// Transition is one change of state of one watched series. Its JSON form is
// what the stream sends as an "alert" event and the history answers.
//
// A rule that is not a threshold gives transitions without Position and
// Previous, as often as it finds a series so; Book tells which of them are
// changes.
type Transition struct {
	Position Position `json:"-"`
	// Kind says what judged: KindThreshold, "promql" for a rule of a Prometheus
	// rule file, the type of a detector ("burn_rate"), "server" for what the
	// server finds about itself, or "external" for an alert that another system sent. A series is told by Kind, Rule and Tags.
	Kind string
	// Rule is the name under which the rule stands in the configuration.
	Rule   string
	Metric string
	// Tags tell the series of a rule apart: the values of a threshold's `by`
	// keys, the labels of a PromQL alert; ordered by key.
	Tags     []event.Tag
	State    State
	Previous State
	// Value is the one that was judged, Timestamp its event time.
	Value     float64
	Timestamp int64
	// At is when the change was judged, by the log's clock.
	At int64
	// Since is when the series entered State by event time: with `for`, when
	// the condition began to hold.
	Since int64
	// Condition is the threshold that decides, in words: "below 2".
	Condition string
	// N is how many observations the value rests on; 0 where that is not known.
	N int64
	// Provisional says that late events may still take the judgement back.
	Provisional bool
	// Annotations are texts for people: summary, description, runbook_url.
	Annotations []event.Tag
	// Evidence is what the rule went by, as JSON whose shape its Kind tells;
	// nil for none.
	Evidence json.RawMessage
}

// SeriesKey is a text that tells series apart, of whatever kind and rule.
func (t *Transition) SeriesKey() string {
	return string(event.AppendTagsKey([]byte(t.Kind+"\x00"+t.Rule+"\x00"), t.Tags))
}

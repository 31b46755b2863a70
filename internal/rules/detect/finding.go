package detect

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// finding is a series that meets the condition, or comes near to it.
type finding struct {
	tags []event.Tag
	// level is warning or critical; "" stands for the rule's severity.
	level alert.State
	// ratio is how far the condition is met: 1 is to meet it.
	ratio float64
	value float64
	n     int64
	// since is when the condition began to hold, where the facts tell; 0: since it
	// was first judged so.
	since int64
	// order is the place among others where the bound on series counts; since
	// where it is 0.
	order       int64
	provisional bool
	// condition and summary are texts for people.
	condition, summary string
	evidence           *Evidence
}

// Evidence is what a detector went by, as JSON in the transition.
type Evidence struct {
	// Rule is the hash of the rule as it was written, which is Text.
	Rule              string          `json:"rule"`
	Text              json.RawMessage `json:"text"`
	DefinitionVersion int             `json:"definitionVersion"`
	// At is the instant judged; Seq the last event that was counted in, Watermark
	// the latest event time heard of.
	At        int64  `json:"at"`
	Seq       uint64 `json:"seq"`
	Watermark int64  `json:"watermark"`
	// Window is what was judged, Base what it was held against, where one is.
	Window Span   `json:"window"`
	Base   *Span  `json:"base,omitempty"`
	N      int64  `json:"n"`
	Value  Number `json:"value"`
	// Figures are those of the type.
	Figures any `json:"figures,omitempty"`
	// Values are what the judgement rests on, the latest last, at most 200.
	Values []Reading `json:"values,omitempty"`
}

// Span is a range of time in ms.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Reading is a value over [T, T+step) or the like, with what it is made of.
type Reading struct {
	T     int64
	Value float64
	N     int64
}

// MarshalJSON writes [t, value, n].
func (r Reading) MarshalJSON() ([]byte, error) {
	return json.Marshal([3]any{r.T, Number(r.Value), r.N})
}

// Number is null in JSON where it is none.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if v := float64(n); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

const mostValues = 200

func lastValues(all []Reading) []Reading { return all[max(0, len(all)-mostValues):] }

// evidence begins the account of a judgement as of t.
func evidence(a *engine.Answer, t int64, window Span, f *finding) *Evidence {
	return &Evidence{
		DefinitionVersion: a.Number, At: t, Seq: a.Seq, Watermark: a.Watermark,
		Window: window, N: f.n, Value: Number(f.value),
	}
}

var errNotReady = errors.New("the KPI still reads history")

// ready turns an answer without data behind it into an error, so that what
// stands stays as it is.
func ready(a *engine.Answer, err error) error {
	if err == nil && !a.Ready {
		return fmt.Errorf("%s: %w (%d of %d events)", a.Definition.Name, errNotReady, a.Done, a.Total)
	}
	return err
}

// groupsOf are the lines to look at: the groups where it was asked for any,
// otherwise the total.
func groupsOf(all []engine.Course, by []string) []engine.Course {
	if len(by) > 0 && len(all) > 0 {
		return all[1:]
	}
	return all
}

// present leaves out tags without a value, and orders the others by key.
func present(tags []event.Tag) []event.Tag {
	there := make([]event.Tag, 0, len(tags))
	for _, t := range tags {
		if t.Value != "" {
			there = append(there, t)
		}
	}
	slices.SortFunc(there, func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
	return there
}

// within says which series is meant: " in office north".
func within(tags []event.Tag) string {
	var b strings.Builder
	for i, t := range tags {
		if i > 0 {
			b.WriteString(",")
		} else {
			b.WriteString(" in")
		}
		b.WriteString(" " + t.Key + " " + t.Value)
	}
	return b.String()
}

// lengthText writes a length of time in ms for people: "3d 4h", "12m".
func lengthText(length int64) string {
	d := time.Duration(length) * time.Millisecond
	switch {
	case d >= 24*time.Hour:
		days, rest := d/(24*time.Hour), d%(24*time.Hour)/time.Hour
		if rest == 0 {
			return fmt.Sprintf("%dd", days)
		}
		return fmt.Sprintf("%dd %dh", days, rest)
	case d >= time.Hour:
		hours, rest := d/time.Hour, d%time.Hour/time.Minute
		if rest == 0 {
			return fmt.Sprintf("%dh", hours)
		}
		return fmt.Sprintf("%dh %dm", hours, rest)
	case d >= time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

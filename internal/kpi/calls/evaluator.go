package calls

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// longestWait, in seconds, is more than any: what is beyond is no wait.
const longestWait = 1e9

// Evaluator follows calls.
type Evaluator struct {
	spec                        *Spec
	metrics                     kpi.Kinds
	labels                      *facts.Labels
	index                       *facts.Index
	calls                       *fold.Keyed[call]
	answerWithin, abandonWithin float64 // in seconds

	byCode []uint8 // scratch
	found  []facts.Fact
	waits  []float64
}

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	if e.byCode = e.metrics.Rows(b.Block, e.byCode); e.byCode == nil {
		return
	}
	e.labels.Use(b.Block)
	keys := b.Texts(e.spec.Key)
	codes, _ := b.Codes(e.spec.Key)
	for row, code := range b.Metric.Codes {
		kind := e.byCode[code]
		if kind == 0 {
			continue
		}
		ev := fold.Event{Kind: kind, T: b.Times[row], Label: e.labels.Row(row)}
		if kind != eventOffered {
			ev.A, ev.B = e.wait(kind, b.Values[row])
		}
		if key := keys.Row(row); key != event.Absent {
			e.calls.Add(codes[key], ev)
		} else {
			e.alone(ev)
		}
	}
}

// wait is the wait of an end in microseconds, and which end it is. The limits
// are held against the value as it came, and the sum of whole microseconds does
// not depend on their order.
func (e *Evaluator) wait(kind uint8, seconds float64) (micros, end int64) {
	limit, within, beyond := e.answerWithin, answeredWithin, answeredLate
	if kind == eventAbandoned {
		limit, within, beyond = e.abandonWithin, abandonedShort, abandonedLong
	}
	switch {
	case !(seconds >= 0 && seconds <= longestWait):
		return noWait, int64(beyond)
	case seconds <= limit:
		return int64(math.Round(seconds * 1e6)), int64(within)
	}
	return int64(math.Round(seconds * 1e6)), int64(beyond)
}

// alone takes in an event of a call without a key.
func (e *Evaluator) alone(ev fold.Event) {
	if ev.Kind == eventOffered {
		e.index.Add(facts.Fact{Kind: offered, Group: ev.Label, T: ev.T})
		return
	}
	e.found = end(e.found[:0], ev, ev.T, ev.Label, ev.Label)
	for _, f := range e.found {
		e.index.Add(f)
	}
}

// Changes implements kpi.Evaluator.
func (e *Evaluator) Changes(from, to, window int64) bool {
	if e.index.Changes(from, to) || e.index.Changes(from-window, to-window) {
		return true
	}
	// A call offered before from may end after it.
	total := e.index.Total()
	for kind := answeredWithin; kind <= abandonedLong; kind++ {
		for _, end := range total.RangeAbove(kind, from-window, from, float64(from)) {
			if end >= float64(from) && end < float64(to) {
				return true
			}
		}
	}
	return false
}

// Forget implements kpi.Evaluator.
func (e *Evaluator) Forget(t int64) { e.index.Forget(t) }

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	return e.calls.AppendBinary(e.index.AppendBinary(e.labels.AppendBinary(dst)))
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.index.Restore(r)
	e.calls.Restore(r)
}

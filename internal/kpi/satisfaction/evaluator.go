package satisfaction

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// none is the code of a tag that a row has not.
const none = 0

// Evaluator counts answers.
type Evaluator struct {
	spec    *Spec
	in      instrument
	k       kinds
	metrics kpi.Kinds
	labels  *facts.Labels
	index   *facts.Index
	surveys *fold.Keyed[survey]
	// people is the place of the tag in By that identifies people, or -1.
	people int

	byCode []uint8 // scratch
}

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	if e.byCode = e.metrics.Rows(b.Block, e.byCode); e.byCode == nil {
		return
	}
	e.labels.Use(b.Block)
	instruments, keys := b.Texts(instrumentTag), b.Texts(e.spec.Key)
	own, _ := instruments.Code(e.spec.Instrument)
	codes, _ := b.Codes(e.spec.Key)
	for row, code := range b.Metric.Codes {
		kind := e.byCode[code]
		if kind == 0 {
			continue
		}
		if in := instruments.Row(row); in != own && in != none {
			continue
		}
		ev := fold.Event{Kind: kind, T: b.Times[row], Label: e.labels.Row(row)}
		if kind == answered {
			var ok bool
			if ev.A, ok = e.in.score(b.Values[row]); !ok {
				ev.Kind, ev.A = invalid, 0
			}
		}
		if key := keys.Row(row); key != none {
			e.surveys.Add(codes[key], ev)
		} else {
			e.index.Add(e.alone(ev))
		}
	}
}

// alone is the fact of an event that names no survey.
func (e *Evaluator) alone(ev fold.Event) facts.Fact {
	f := facts.Fact{Group: ev.Label, T: ev.T}
	switch ev.Kind {
	case sent:
		f.Kind = e.k.keyless()
	case answered:
		f.Kind = e.k.score(ev.A)
	default:
		f.Kind = e.k.invalid()
	}
	return f
}

// Changes implements kpi.Evaluator.
func (e *Evaluator) Changes(from, to, window int64) bool {
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window)
}

// Forget implements kpi.Evaluator.
func (e *Evaluator) Forget(t int64) { e.index.Forget(t) }

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	return e.surveys.AppendBinary(e.index.AppendBinary(e.labels.AppendBinary(dst)))
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.index.Restore(r)
	e.surveys.Restore(r)
}

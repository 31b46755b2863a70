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

	byCode []uint8 // scratch, as is:
	rows   []int
}

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	rows := e.concerning(b)
	if len(rows) == 0 {
		return // most blocks hold no survey, or none of this instrument
	}
	e.labels.Use(b.Block)
	keys := b.Texts(e.spec.Key)
	codes, _ := b.Codes(e.spec.Key)
	for _, row := range rows {
		ev := fold.Event{Kind: e.byCode[b.Metric.Codes[row]], T: b.Times[row], Label: e.labels.Row(row)}
		if ev.Kind == answered {
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

// concerning are the rows of surveys with this instrument, or with none named.
func (e *Evaluator) concerning(b *kpi.Batch) []int {
	e.rows = e.rows[:0]
	if e.byCode = e.metrics.Rows(b.Block, e.byCode); e.byCode == nil {
		return nil
	}
	instruments := b.Texts(instrumentTag)
	own, _ := instruments.Code(e.spec.Instrument)
	for row, code := range b.Metric.Codes {
		if e.byCode[code] == 0 {
			continue
		}
		if in := instruments.Row(row); in == own || in == none {
			e.rows = append(e.rows, row)
		}
	}
	return e.rows
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

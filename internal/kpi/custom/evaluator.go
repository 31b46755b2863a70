package custom

import (
	"math/bits"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/custom/formula"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// Evaluator keeps the events that the formula selects, each with its value or
// with the code of a tag's text where that matters, and aggregates those of the
// window when it is asked.
type Evaluator struct {
	formula *formula.Formula
	env     *kpi.Env
	by      []string
	labels  *facts.Labels
	index   *facts.Index
	// kinds are the facts that each variable is made from, by place.
	kinds      []facts.Kind
	selections []selection
	refers     bool // to other KPIs

	// What metric names mean, as a set of selections, a bit each.
	names    map[string]uint32
	prefixes []prefix
	byCode   []uint32 // by the block's code of the name

	numbers []float64 // scratch
	codes   codeSet
}

type prefix struct {
	begin string
	means uint32
}

// selection is one of the formula's at work.
type selection struct {
	matcher *formula.Matcher // nil where all events count
	// plain: there are facts that carry the value or nothing, of kind.
	plain bool
	kind  facts.Kind
	texts []texts
}

// texts are facts that carry the code of a tag's text.
type texts struct {
	kind facts.Kind
	tag  string
	// Of the block in use.
	codes  []uint32
	column *event.TagColumn
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, env *kpi.Env) kpi.Evaluator {
	e := &Evaluator{formula: s.compiled(), env: env, by: c.By, labels: facts.NewLabels(c.By), names: map[string]uint32{}}
	e.refers = len(e.formula.KPIs()) > 0
	e.selections = make([]selection, len(e.formula.Selections))
	for i, sel := range e.formula.Selections {
		if sel.Filter != nil {
			e.selections[i].matcher = sel.Filter.Matcher()
		}
		if begin, many := strings.CutSuffix(sel.Event, "*"); many {
			e.prefixes = append(e.prefixes, prefix{begin, 1 << i})
		} else {
			e.names[sel.Event] |= 1 << i
		}
	}
	e.index = facts.NewIndex(e.plan(), len(c.By) > 0)
	return e
}

// plan gives each variable a kind of facts, the same one to those that need the
// same, and tells which kinds carry a number.
func (e *Evaluator) plan() (wide []bool) {
	kind := func(number bool) facts.Kind {
		wide = append(wide, number)
		return facts.Kind(len(wide) - 1) //nolint:gosec // MaxAggregates
	}
	e.kinds = make([]facts.Kind, len(e.formula.Variables))
	for i, v := range e.formula.Variables {
		switch s := v.Selection; {
		case v.KPI != "":
		case v.Tag != "":
			e.kinds[i] = e.selections[s].textsOf(v.Tag, func() facts.Kind { return kind(true) })
		default:
			sel := &e.selections[s]
			if !sel.plain {
				sel.plain, sel.kind = true, kind(false)
			}
			e.kinds[i] = sel.kind
			wide[sel.kind] = wide[sel.kind] || v.Func != "count"
		}
	}
	return wide
}

func (s *selection) textsOf(tag string, kind func() facts.Kind) facts.Kind {
	for _, t := range s.texts {
		if t.tag == tag {
			return t.kind
		}
	}
	s.texts = append(s.texts, texts{kind: kind(), tag: tag})
	return s.texts[len(s.texts)-1].kind
}

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	if !e.use(b) {
		return
	}
	for row, code := range b.Metric.Codes {
		means := e.byCode[code]
		if means == 0 {
			continue
		}
		f := facts.Fact{Group: noGroup, T: b.Times[row]}
		for ; means != 0; means &= means - 1 {
			s := &e.selections[bits.TrailingZeros32(means)]
			if s.matcher != nil && !s.matcher.Match(row) {
				continue
			}
			if f.Group == noGroup {
				f.Group = e.labels.Row(row)
			}
			if s.plain {
				f.Kind, f.X = s.kind, b.Values[row]+0 // -0 is 0
				e.index.Add(f)
			}
			for i := range s.texts {
				t := &s.texts[i]
				if t.column == nil {
					continue
				}
				if word := t.column.Codes[row]; t.column.Words[word] != "" {
					f.Kind, f.X = t.kind, float64(t.codes[word])
					e.index.Add(f)
				}
			}
		}
	}
}

// noGroup is the code of no group.
const noGroup = 1<<32 - 1

// use looks up what a block's rows will be asked for; false where no event of it
// matters.
func (e *Evaluator) use(b *kpi.Batch) bool {
	var all uint32
	e.byCode = append(e.byCode[:0], 0)
	for _, name := range b.Metric.Words[1:] {
		means := e.names[name]
		for _, p := range e.prefixes {
			if strings.HasPrefix(name, p.begin) {
				means |= p.means
			}
		}
		all |= means
		e.byCode = append(e.byCode, means)
	}
	if all == 0 {
		return false
	}
	e.labels.Use(b.Block)
	for ; all != 0; all &= all - 1 {
		s := &e.selections[bits.TrailingZeros32(all)]
		if s.matcher != nil {
			s.matcher.Use(b.Block)
		}
		for i := range s.texts {
			t := &s.texts[i]
			t.codes, t.column = b.Codes(t.tag)
		}
	}
	return true
}

// Changes implements kpi.Evaluator. Of the KPIs it is made from it knows nothing:
// they may change at any time.
func (e *Evaluator) Changes(from, to, window int64) bool {
	return e.refers || e.index.Changes(from, to) || e.index.Changes(from-window, to-window)
}

// Forget implements kpi.Evaluator.
func (e *Evaluator) Forget(t int64) { e.index.Forget(t) }

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	return e.index.AppendBinary(e.labels.AppendBinary(dst))
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.index.Restore(r)
}

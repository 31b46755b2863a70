package conflict

import (
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Evaluator finds conflicts.
type Evaluator struct {
	spec    *Spec
	level   level
	metrics kpi.Kinds
	rows    *rows
	rules   *rules
	labels  *facts.Labels
	agents  *facts.Dict
	by      int // of the labels' keys, the first ones are the tags of By
	index   *facts.Index
	cases   *fold.Keyed[machine]
	// top is above the codes of all cases.
	top int

	byCode          []uint8 // scratch, as are:
	read            []fold.Arrival
	round           round
	flips, merged   []flip
	runs            []run
	ended, censored []float64
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, _ *kpi.Env) kpi.Evaluator {
	e := &Evaluator{
		spec: s, level: level(slices.Index(levelNames[:], s.Level)), metrics: kpi.Kinds{}, //nolint:gosec // one of five
		labels: facts.NewLabels(append(slices.Clone(c.By), s.Fields)), agents: &facts.Dict{}, by: len(c.By), index: newIndex(len(c.By) > 0),
	}
	for _, r := range s.roles() {
		if r.metric != "" {
			e.metrics[r.metric] = r.kind
		}
	}
	e.rules = &rules{
		within: ms(s.ProxyWithin), lease: ms(s.Lease), near: ms(s.NearMiss), expiry: ms(s.EditExpiry), window: ms(c.Window),
		labels: e.labels, agents: e.agents,
	}
	e.rows = newRows(s, e.agents)
	e.cases = fold.NewKeyed(e.rules, e.index)
	return e
}

func ms(d units.Duration) int64 { return time.Duration(d).Milliseconds() }

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	if e.byCode = e.metrics.Rows(b.Block, e.byCode); e.byCode == nil {
		return
	}
	e.labels.Use(b.Block)
	e.rows.use(b, e.byCode)
	e.read = e.read[:0]
	codes, _ := b.Codes(e.spec.Key)
	keys := b.Texts(e.spec.Key)
	for row, code := range b.Metric.Codes {
		kind := e.byCode[code]
		if kind == 0 {
			continue
		}
		var key uint32
		if at := keys.Row(row); at != 0 {
			key = codes[at]
		} else if key = e.rows.named(b, row, kind); key == 0 {
			continue
		}
		ev := fold.Event{Kind: kind, T: b.Times[row], Label: e.labels.Row(row)}
		if e.rows.read(row, &ev) {
			e.top = max(e.top, int(key)+1)
			e.read = append(e.read, fold.Arrival{Key: key, Event: ev})
		}
	}
	e.cases.AddAll(e.read, nil)
}

// Changes implements kpi.Evaluator. Time itself tells on how long conflicts
// take, while some that began in the window are open.
func (e *Evaluator) Changes(from, to, window int64) bool {
	if e.index.Changes(from, to) || e.index.Changes(from-window, to-window) {
		return true
	}
	total := e.index.Total()
	for l := range levels {
		if l != averted && to > from && open(total, l, to) > 0 && total.Count(started+l, to-window, to) > 0 {
			return true
		}
	}
	return false
}

// Forget implements kpi.Evaluator.
func (e *Evaluator) Forget(t int64) { e.index.Forget(t) }

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	dst = e.agents.AppendBinary(e.labels.AppendBinary(dst))
	dst = bin.AppendUint(e.index.AppendBinary(dst), e.top)
	return e.cases.AppendBinary(dst)
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.agents.Restore(r)
	e.rules.groups, e.rules.fields = nil, nil
	e.index.Restore(r)
	e.top = r.Len() // each takes a byte at least below
	e.round = round{}
	e.cases.Restore(r)
}

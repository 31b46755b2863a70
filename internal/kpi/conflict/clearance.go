package conflict

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// flip is a conflict of a case that begins, goes on again, or is over.
type flip struct {
	t    int64
	key  float64
	kind facts.Kind // started, resumed or closed
}

// run is an episode as far as the flips tell.
type run struct {
	start, over int64
	open        int // above 0 while it is open
}

// clearance looks at the episodes begun in the window.
func (e *Evaluator) clearance(c kpi.Cut, l level, q kpi.Query) Clearance {
	e.ended, e.censored = e.ended[:0], e.censored[:0]
	if l == averted { // which is over at once
		e.ended = append(e.ended, make([]float64, c.Count(started+l, q.From, q.At))...)
	} else if c.Codes == nil {
		e.collect(c.Cut, l, q)
	}
	for _, code := range c.Codes { // all of an episode is in one group
		if l != averted {
			e.collect(e.index.Groups([]uint32{code}), l, q)
		}
	}
	found := Clearance{N: len(e.ended) + len(e.censored), Censored: len(e.censored)}
	curve := stats.KaplanMeier(e.ended, e.censored)
	found.Median, found.P90 = finite(curve.Quantile(0.5)), finite(curve.Quantile(0.9))
	return found
}

// collect adds how long the episodes of one group took.
func (e *Evaluator) collect(c facts.Cut, l level, q kpi.Query) {
	lag := int64(0)
	if quietly(l) {
		lag = e.rules.within
	}
	e.round.begin(e.top)
	e.runs = e.runs[:0]
	for _, f := range e.walk(c, l, q.From, q.At) {
		if f.kind == started {
			e.round.set(f.key, len(e.runs))
			e.runs = append(e.runs, run{start: f.t, open: 1})
		} else if at, ok := e.round.get(f.key); ok { // else it began before the window
			if f.kind == closed {
				e.runs[at].open--
				e.runs[at].over = f.t
			} else {
				e.runs[at].open++
			}
		}
	}
	for _, r := range e.runs {
		if r.open > 0 {
			e.censored = append(e.censored, seconds(q.At-r.start))
		} else {
			e.ended = append(e.ended, seconds(r.over-lag-r.start))
		}
	}
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

// walk gives the flips of a level in [from, to), in order; of one instant, first
// what begins. The cut must be the total or a single group.
func (e *Evaluator) walk(c facts.Cut, l level, from, to int64) []flip {
	e.flips = e.flips[:0]
	for _, kind := range [...]facts.Kind{started, resumed, closed} {
		before := len(e.flips)
		for t, x := range c.Range(kind+l, from, to) {
			e.flips = append(e.flips, flip{t, x, kind})
		}
		if before > 0 && before < len(e.flips) {
			e.merged = merge(e.merged[:0], e.flips[:before], e.flips[before:])
			e.flips, e.merged = e.merged, e.flips
		}
	}
	return e.flips
}

// merge appends what two lists hold in order of time, of one instant the first
// list's first.
func merge(dst, a, b []flip) []flip {
	for len(a) > 0 && len(b) > 0 {
		if b[0].t < a[0].t {
			dst, b = append(dst, b[0]), b[1:]
		} else {
			dst, a = append(dst, a[0]), a[1:]
		}
	}
	return append(append(dst, a...), b...)
}

package conflict

import (
	"cmp"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// Figures are what stands beside the value.
type Figures struct {
	L0    Level `json:"L0"`
	L1    Level `json:"L1"`
	L2    Level `json:"L2"`
	L3    Level `json:"L3"`
	Proxy Proxy `json:"proxy"`
	// Cases is how many cases were edited in the window.
	Cases int `json:"cases"`
}

// Level is what is known of the conflicts of one level.
type Level struct {
	// Started counts the episodes that began in the window, Open the conflicts
	// that are open as of its end, whenever they began.
	Started int `json:"started"`
	Open    int `json:"open"`
	// Rate is Started by the cases edited in the window; nil where there are none.
	Rate      *float64  `json:"rate"`
	Clearance Clearance `json:"clearance"`
}

// Proxy is a Level with what it was merged from.
type Proxy struct {
	Level
	// Pairs counts the edits that follow one by another agent.
	Pairs int `json:"pairs"`
}

// Clearance is how long the episodes begun in the window took to be over, in
// seconds, by Kaplan and Meier: those that go on count as that long at least.
type Clearance struct {
	// Median and P90 are nil where too many go on to tell.
	Median *float64 `json:"median"`
	P90    *float64 `json:"p90"`
	// N counts the episodes, Censored those of them that go on.
	N        int `json:"n"`
	Censored int `json:"censored"`
}

// Value implements kpi.Evaluator.
func (e *Evaluator) Value(q kpi.Query) []kpi.Series {
	cuts := kpi.Cuts(e.index, e.labels, q.By)
	all := make([]kpi.Series, 0, len(cuts))
	for i, c := range cuts {
		cases := e.edited(c.Cut, q, i == 0)
		s := kpi.Series{Tags: c.Tags, N: int64(cases), Value: math.NaN()}
		if rate := share(c.Count(started+e.level, q.From, q.At), cases); rate != nil {
			s.Value = *rate
		}
		if !q.Brief {
			s.Figures = e.figures(c.Cut, q, cases)
		}
		all = append(all, s)
	}
	return all
}

func (e *Evaluator) figures(c facts.Cut, q kpi.Query, cases int) Figures {
	of := func(l level) Level {
		n := c.Count(started+l, q.From, q.At)
		return Level{Started: n, Open: open(c, l, q.At), Rate: share(n, cases), Clearance: e.clearance(c, l, q)}
	}
	return Figures{
		L0: of(coPresence), L1: of(nearMiss), L2: of(averted), L3: of(confirmed),
		Proxy: Proxy{Level: of(proxy), Pairs: c.Count(paired, q.From, q.At)}, Cases: cases,
	}
}

func share(n, cases int) *float64 {
	if cases == 0 {
		return nil
	}
	return new(float64(n) / float64(cases))
}

// open counts the conflicts that are open as of t. What was averted never is.
func open(c facts.Cut, l level, t int64) int {
	if l == averted {
		return 0
	}
	return c.Rank(started+l, t) + c.Rank(resumed+l, t) - c.Rank(closed+l, t)
}

// edited counts the distinct cases edited in the window. For all of them and the
// definition's own window that is a difference of ranks.
func (e *Evaluator) edited(c facts.Cut, q kpi.Query, total bool) (n int) {
	if total && q.At-q.From == e.rules.window {
		return c.Rank(entered, q.At) - c.Rank(left, q.At)
	}
	if e.round++; e.round == 0 {
		clear(e.seen)
		e.round = 1
	}
	if more := e.top - len(e.seen); more > 0 {
		e.seen = append(e.seen, make([]uint32, more)...)
	}
	for _, x := range c.Range(edited, q.From, q.At) {
		if key := int(x); key >= 0 && key < len(e.seen) && e.seen[key] != e.round {
			e.seen[key] = e.round
			n++
		}
	}
	return n
}

// flip is a conflict of a case that begins, goes on again, or is over.
type flip struct {
	key  float64
	t    int64
	kind facts.Kind // started, resumed or closed
}

// walk collects the flips of a level in [from, to), those of one case together
// and in order.
func (e *Evaluator) walk(c facts.Cut, l level, from, to int64) []flip {
	e.flips = e.flips[:0]
	for _, kind := range [...]facts.Kind{started, resumed, closed} {
		for t, x := range c.Range(kind+l, from, to) {
			e.flips = append(e.flips, flip{x, t, kind})
		}
	}
	slices.SortFunc(e.flips, func(a, b flip) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.t, b.t), cmp.Compare(a.kind, b.kind))
	})
	return e.flips
}

// clearance looks at the episodes begun in the window. What was averted is over
// at once.
func (e *Evaluator) clearance(c facts.Cut, l level, q kpi.Query) Clearance {
	var ended, censored []float64
	lag := int64(0)
	if quietly(l) {
		lag = e.rules.within
	}
	flips := e.walk(c, l, q.From, q.At)
	for i := 0; i < len(flips); {
		if flips[i].kind != started {
			i++ // of an episode that began before the window
			continue
		}
		begun, open, over := flips[i], 1, int64(0)
		for i++; i < len(flips) && flips[i].key == begun.key && flips[i].kind != started; i++ {
			if flips[i].kind == closed {
				open, over = open-1, flips[i].t
			} else {
				open++
			}
		}
		switch {
		case l == averted:
			ended = append(ended, 0)
		case open > 0:
			censored = append(censored, seconds(q.At-begun.t))
		default:
			ended = append(ended, seconds(over-lag-begun.t))
		}
	}
	found := Clearance{N: len(ended) + len(censored), Censored: len(censored)}
	curve := stats.KaplanMeier(ended, censored)
	found.Median, found.P90 = finite(curve.Quantile(0.5)), finite(curve.Quantile(0.9))
	return found
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

func finite(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

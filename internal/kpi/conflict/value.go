package conflict

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
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
	for _, c := range cuts {
		cases := e.edited(c, q)
		s := kpi.Series{Tags: c.Tags, N: int64(cases), Value: math.NaN()}
		if rate := share(c.Count(started+e.level, q.From, q.At), cases); rate != nil {
			s.Value = *rate
		}
		if !q.Brief {
			s.Figures = e.figures(c, q, cases)
		}
		all = append(all, s)
	}
	return all
}

func (e *Evaluator) figures(c kpi.Cut, q kpi.Query, cases int) Figures {
	of := func(l level) Level {
		n := c.Count(started+l, q.From, q.At)
		return Level{Started: n, Open: open(c.Cut, l, q.At), Rate: share(n, cases), Clearance: e.clearance(c, l, q)}
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

func finite(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// open counts the conflicts that are open as of t. What was averted never is.
func open(c facts.Cut, l level, t int64) int {
	if l == averted {
		return 0
	}
	return c.Rank(started+l, t) + c.Rank(resumed+l, t) - c.Rank(closed+l, t)
}

// edited counts the distinct cases edited in the window. For all of them and the
// definition's own window that is a matter of ranks.
func (e *Evaluator) edited(c kpi.Cut, q kpi.Query) (n int) {
	if c.Codes == nil && q.At-q.From == e.rules.window {
		return c.Count(edited, q.From, q.At) - c.Rank(again, q.At) + c.Rank(single, q.At)
	}
	e.round.begin(e.top)
	for _, x := range c.Range(edited, q.From, q.At) {
		if e.round.first(x) {
			n++
		}
	}
	return n
}

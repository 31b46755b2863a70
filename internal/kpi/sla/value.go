package sla

import (
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// Figures are the four adherence figures and what they leave out.
type Figures struct {
	// Due: of the cycles whose deadline passed in the window, those in time.
	Due Share `json:"due"`
	// Closed: of the cycles that ended in the window.
	Closed Share `json:"closed"`
	// ClosedAndOverdue: of those, and of the ones open and overdue at its end.
	ClosedAndOverdue Share `json:"closed_and_overdue"`
	// Live are the open cycles at the end of the window.
	Live Live `json:"live"`
	// Verdict on the objective, null without one.
	Verdict *kpi.Verdict `json:"verdict"`
	// Needed is how many more cycles, all in time, would settle the verdict as
	// met, NeededLate how many late ones as missed; null where it is settled, or
	// no number would do.
	Needed     *int64 `json:"needed"`
	NeededLate *int64 `json:"neededLate"`
	// Cancelled before their deadline in the window, and so not due.
	Cancelled int `json:"cancelled"`
	// WithoutGoal: cycles that began in the window and have no deadline.
	WithoutGoal int `json:"withoutGoal"`
	// Unmatched stops without a start before them; Repeated starts of open cycles
	// and stops of ended ones; WithoutKey events that name no case.
	Unmatched  int `json:"unmatched"`
	Repeated   int `json:"repeated"`
	WithoutKey int `json:"withoutKey"`
}

// Share is how many of total cycles were in time.
type Share struct {
	Met   int `json:"met"`
	Total int `json:"total"`
	// Ratio is null where Total is 0.
	Ratio *float64 `json:"ratio"`
	// Label says what the figure means, so that none stands alone as a per cent.
	Label string `json:"label"`
}

// Live counts the open cycles.
type Live struct {
	Breached int `json:"breached"`
	AtRisk   int `json:"atRisk"`
	OnTrack  int `json:"onTrack"`
	Paused   int `json:"paused"`
}

func share(inTime, total int, label string) Share {
	s := Share{Met: inTime, Total: total, Label: label}
	if total > 0 {
		s.Ratio = new(float64(inTime) / float64(total))
	}
	return s
}

// Value implements kpi.Evaluator.
func (e *Evaluator) Value(q kpi.Query) []kpi.Series {
	cuts := e.cuts(q.By)
	all := make([]kpi.Series, 0, len(cuts))
	for _, c := range cuts {
		inTime, total := c.Count(met, q.From, q.At), c.Count(due, q.From, q.At)
		s := kpi.Series{Tags: c.Tags, Value: math.NaN(), N: int64(total)}
		if total > 0 {
			s.Value = float64(inTime) / float64(total)
		}
		if !q.Brief {
			e.explain(&s, c, q, inTime)
		}
		all = append(all, s)
	}
	return all
}

// cuts are the series to answer, as for the last query if nothing came since: a
// history asks for the same ones at thousands of instants.
func (e *Evaluator) cuts(by []int) []kpi.Cut {
	if l := &e.last; l.cuts == nil || l.revision != e.revision || !slices.Equal(l.by, by) {
		*l = lastCuts{by: slices.Clone(by), revision: e.revision, cuts: kpi.Cuts(e.index, e.groups.Labels, by)}
	}
	return e.last.cuts
}

type lastCuts struct {
	by       []int
	revision int
	cuts     []kpi.Cut
}

// explain adds what history has no use for.
func (e *Evaluator) explain(s *kpi.Series, c kpi.Cut, q kpi.Query, inTime int) {
	n := func(k facts.Kind) int { return c.Count(k, q.From, q.At) }
	now := counter{c.Cut}.live(q.At)
	soon := e.soonest(c.Codes, q.At)
	now.AtRisk, now.OnTrack = now.AtRisk+soon, now.OnTrack-soon
	onTime, late := n(closedMet), n(closedLate)
	f := Figures{
		Due:    share(inTime, int(s.N), "cycles whose deadline passed; open and overdue ones count as missed"),
		Closed: share(onTime, onTime+late, "cycles that ended; excludes open overdue"),
		ClosedAndOverdue: share(onTime, onTime+late+now.Breached,
			"cycles that ended, and those open and overdue now"),
		Live:      now,
		Cancelled: n(dropped), WithoutGoal: n(goalless),
		Unmatched: n(unmatched), Repeated: n(repeated), WithoutKey: n(keyless),
	}
	if s.N > 0 {
		lo, hi := stats.Wilson(int64(inTime), s.N)
		s.Interval = &[2]float64{lo, hi}
	}
	if objective := e.spec.Objective; objective > 0 {
		lo, hi := stats.Wilson(int64(inTime), s.N)
		s.Verdict = stats.Verdict(lo, hi, objective)
		f.Verdict = new(s.Verdict)
		onTime, late := stats.Needed(int64(inTime), s.N, objective)
		f.Needed, f.NeededLate = number(onTime), number(late)
	}
	s.Figures = f
}

func number(n int64) *int64 {
	if n == 0 || n == stats.Never {
		return nil
	}
	return &n
}

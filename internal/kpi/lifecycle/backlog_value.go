package lifecycle

import (
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// BacklogFigures are what stands beside the number of open cases. What is null
// cannot be said.
type BacklogFigures struct {
	// Open cases as of the end of the window; the others are of the window.
	Open      int64 `json:"open"`
	Opened    int64 `json:"opened"`
	Reopened  int64 `json:"reopened"`
	Resolved  int64 `json:"resolved"`
	Cancelled int64 `json:"cancelled"`
	// Net is opened + reopened - resolved - cancelled.
	Net int64 `json:"net"`
	// Moved cases came into the group, for they were given its tags while open,
	// less those that left it so: open grew by net + moved.
	Moved int64 `json:"moved"`
	// Unmatched events name no case, or close one that was never opened.
	Unmatched int64 `json:"unmatched"`
	Age       Ages  `json:"age"`
	// Reported is how many cases the source says are open, Difference open less
	// that.
	Reported   *float64 `json:"reported"`
	Difference *float64 `json:"difference"`
	Partial    bool     `json:"partial"`
}

// Ages are of the cases open, in hours since they were opened or reopened.
type Ages struct {
	P50 *float64 `json:"p50"`
	P90 *float64 `json:"p90"`
	Max *float64 `json:"max"`
}

// Value implements kpi.Evaluator.
func (e *backlog) Value(q kpi.Query) []kpi.Series {
	var all []kpi.Series
	for _, c := range kpi.Cuts(e.index, e.labels, q.By) {
		s := kpi.Series{Tags: c.Tags, Value: math.NaN()}
		s.N = int64(open(c.Cut, q.At))
		if c.Rank(spans, q.At) > c.Rank(before, q.At) || c.Rank(entered, q.At) > 0 {
			s.Value = float64(s.N) // a case was heard of
		}
		if !q.Brief {
			s.Figures = e.explain(c, q)
		}
		all = append(all, s)
	}
	return all
}

// open counts the cycles that were open just before t.
func open(c facts.Cut, t int64) int {
	return c.Rank(spans, t) - c.Rank(before, t) + c.Rank(entered, t) - c.Rank(left, t) - c.Rank(done, t) - c.Rank(undone, t)
}

func (e *backlog) explain(c kpi.Cut, q kpi.Query) BacklogFigures {
	count := func(k facts.Kind) int64 { return int64(c.Count(k, q.From, q.At)) }
	f := BacklogFigures{
		Open: int64(open(c.Cut, q.At)), Reopened: count(again), Resolved: count(done), Cancelled: count(undone),
		Moved: count(entered) - count(left), Unmatched: count(strays), Age: e.ages(c.Cut, q.At), Partial: q.At > q.Now,
	}
	f.Opened = count(spans) - count(before) - f.Reopened
	f.Net = f.Opened + f.Reopened - f.Resolved - f.Cancelled
	if sum, ok := e.reported(c, q.At); ok {
		difference := float64(f.Open) - sum
		f.Reported, f.Difference = &sum, &difference
	}
	return f
}

// ages are of the cycles open just before t.
func (e *backlog) ages(c facts.Cut, t int64) Ages {
	e.old = e.old[:0]
	for since := range c.RangeAbove(spans, math.MinInt64, t, float64(t)) {
		e.old = append(e.old, hours(t-since))
	}
	for since := range c.RangeAbove(before, math.MinInt64, t, float64(t)) {
		i := slices.Index(e.old, hours(t-since)) // few cases move between groups
		e.old = slices.Delete(e.old, i, i+1)
	}
	if len(e.old) == 0 {
		return Ages{}
	}
	slices.Reverse(e.old) // the youngest first: it is quick to select from what is in order
	p50, p90, most := stats.Quantile(e.old, 0.5), stats.Quantile(e.old, 0.9), slices.Max(e.old)
	return Ages{&p50, &p90, &most}
}

// reported adds up what the sources said last, each of its part of the cases.
func (e *backlog) reported(c kpi.Cut, t int64) (sum float64, ok bool) {
	sources := c.Cut
	if c.Tags == nil { // the total has none that stand apart
		sources = e.everywhere()
	}
	for _, x := range sources.Last(reported, t) {
		sum, ok = sum+x, true
	}
	return sum, ok
}

func hours(ms int64) float64 { return float64(ms) / 3_600_000 }

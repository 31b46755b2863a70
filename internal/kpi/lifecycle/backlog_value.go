package lifecycle

import (
	"math"
	"slices"
	"sort"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/radix"
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
		if c.Rank(began, q.At) > 0 || c.Rank(entered, q.At) > 0 {
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
	return c.Rank(began, t) + c.Rank(entered, t) - c.Rank(left, t) - c.Rank(done, t) - c.Rank(undone, t)
}

func (e *backlog) explain(c kpi.Cut, q kpi.Query) BacklogFigures {
	count := func(k facts.Kind) int64 { return int64(c.Count(k, q.From, q.At)) }
	f := BacklogFigures{
		Open: int64(open(c.Cut, q.At)), Reopened: count(again), Resolved: count(done), Cancelled: count(undone),
		Moved: count(entered) - count(left), Unmatched: count(strays), Age: e.ages(c.Cut, q.At), Partial: q.At > q.Now,
	}
	f.Opened = count(began) - f.Reopened
	f.Net = f.Opened + f.Reopened - f.Resolved - f.Cancelled
	if sum, ok := e.reported(c, q.At); ok {
		difference := float64(f.Open) - sum
		f.Reported, f.Difference = &sum, &difference
	}
	return f
}

// ages are of the cycles open just before t: those that go on, and those that
// ended or left since, but for those that came into the group since. None is
// looked at that goes on: ages are searched by how many cycles had begun.
func (e *backlog) ages(c facts.Cut, t int64) Ages {
	e.over = appendBegun(e.over[:0], c, t, done, undone, left)
	e.came = appendBegun(e.came[:0], c, t, entered)
	begunBefore := func(v int64) int { return c.Rank(standing, v) + below(e.over, v) - below(e.came, v) }
	n := begunBefore(t)
	if n <= 0 {
		return Ages{}
	}
	// The age that i of them are below, or are of as well.
	age := func(i int) *float64 {
		older := func(age int) bool { return begunBefore(t-int64(age)) < n-i }
		most := 3_600_000
		for !older(most) && most < math.MaxInt/4 {
			most *= 2
		}
		lived := hours(int64(sort.Search(most, older)))
		return &lived
	}
	return Ages{age(stats.Place(0.5, n)), age(stats.Place(0.9, n)), age(n - 1)}
}

// appendBegun appends when the cycles began that began before t and of which there
// are facts at t or after, in order.
func appendBegun(dst []int64, c facts.Cut, t int64, kinds ...facts.Kind) []int64 {
	for _, k := range kinds {
		for _, x := range c.RangeAbove(k, t, math.MaxInt64, -float64(t-1)) {
			dst = append(dst, -int64(x))
		}
	}
	radix.Sort(dst, func(t int64) int64 { return t })
	return dst
}

// below counts the instants before t.
func below(ordered []int64, t int64) int {
	n, _ := slices.BinarySearch(ordered, t)
	return n
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

package satisfaction

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// Figures are what stands beside the value. What is null cannot be said, or is
// suppressed.
type Figures struct {
	Responses int64 `json:"responses"`
	// Sent surveys of the window, and the share of those with a key that was
	// answered, whenever.
	Sent         int64        `json:"sent"`
	ResponseRate *float64     `json:"responseRate"`
	Distribution Distribution `json:"distribution"`
	Mean         *float64     `json:"mean"`
	// Share of csat5 and ces7: the answers of 4 to 5 and of 5 to 7.
	Share         *float64    `json:"share,omitempty"`
	ShareInterval *[2]float64 `json:"shareInterval,omitempty"`
	Promoters     *int64      `json:"promoters,omitempty"`
	Passives      *int64      `json:"passives,omitempty"`
	Detractors    *int64      `json:"detractors,omitempty"`
	// Needed is how many more answers, all content or all not, would settle the
	// verdict on csat5.
	Needed *int64 `json:"needed,omitempty"`
	// Early: there are few answers yet.
	Early bool `json:"early"`
	// Invalid answers were no whole number of the instrument.
	Invalid int64 `json:"invalid"`
	// Suppressed: so few answers that they might tell who gave them.
	Suppressed bool `json:"suppressed"`
}

// Distribution counts the answers by score.
type Distribution struct {
	low    int
	counts []int64
}

// Of counts the answers that were score.
func (d Distribution) Of(score int) int64 { return d.counts[score-d.low] }

// MarshalJSON writes an object of the scores in order, null for none.
func (d Distribution) MarshalJSON() ([]byte, error) {
	if d.counts == nil {
		return []byte("null"), nil
	}
	text := []byte{'{'}
	for i, n := range d.counts {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(append(text, '"'), int64(d.low+i), 10)
		text = strconv.AppendInt(append(text, '"', ':'), n, 10)
	}
	return append(text, '}'), nil
}

var _ json.Marshaler = Distribution{}

// Value implements kpi.Evaluator.
func (e *Evaluator) Value(q kpi.Query) []kpi.Series {
	var all []kpi.Series
	for _, c := range kpi.Cuts(e.index, e.labels, q.By) {
		t := e.tally(c, q)
		r := e.in.judge(t)
		s := kpi.Series{Tags: c.Tags, Value: r.value, N: t.n}
		if e.suppresses(t.n, c, q) {
			s.Value = math.NaN()
		}
		if !q.Brief {
			e.explain(&s, c, q, t, r)
		}
		all = append(all, s)
	}
	return all
}

// tally counts the answers in the window that were the last of their survey as
// of its end.
func (e *Evaluator) tally(c kpi.Cut, q kpi.Query) tally {
	t := tally{in: &e.in, counts: make([]int64, e.k.scores)}
	for i := range t.counts {
		score := int64(e.k.low + i)
		n := int64(c.Count(e.k.score(score), q.From, q.At))
		for _, at := range c.RangeAbove(e.k.superseded(score), q.From, q.At, float64(q.From)) {
			if at >= float64(q.From) {
				n--
			}
		}
		t.counts[i] = n
		t.n += n
	}
	return t
}

// suppresses reports whether n answers are too few to show.
func (e *Evaluator) suppresses(n int64, c kpi.Cut, q kpi.Query) bool {
	least := int64(0)
	switch {
	case e.spec.MinN != nil:
		least = *e.spec.MinN
	case len(c.Tags) > 0 && slices.Contains(q.By, e.people):
		least = leastForPersons
	}
	return n > 0 && n < least
}

// explain adds what history has no use for.
func (e *Evaluator) explain(s *kpi.Series, c kpi.Cut, q kpi.Query, t tally, r result) {
	f := Figures{
		Responses: t.n, Early: t.n < early,
		Invalid: int64(c.Count(e.k.invalid(), q.From, q.At)),
	}
	f.Sent, f.ResponseRate = e.response(c, q)
	if f.Suppressed = t.n > 0 && math.IsNaN(s.Value); !f.Suppressed {
		f.score(t)
	}
	if e.spec.Objective != nil {
		s.Verdict = kpi.Undetermined
	}
	if r.defined && !f.Suppressed {
		s.Interval = &[2]float64{r.lo, r.hi}
		if e.spec.Objective != nil {
			s.Verdict = stats.Verdict(r.lo, r.hi, *e.spec.Objective)
		}
	}
	if e.spec.Objective != nil && !f.Suppressed && e.spec.Instrument == "csat5" {
		good, bad := stats.Needed(t.from(t.in.top), t.n, *e.spec.Objective)
		f.Needed = new(min(good, bad))
	}
	s.Figures = f
}

// response is how many surveys were sent in the window, and what share of those
// with a key was answered.
func (e *Evaluator) response(c kpi.Cut, q kpi.Query) (sent int64, rate *float64) {
	keyed := c.Count(e.k.sent(), q.From, q.At)
	responded := c.Count(e.k.responded(), q.From, q.At)
	for _, at := range c.RangeAbove(e.k.responded(), q.From, q.At, float64(q.At)) {
		if at >= float64(q.At) {
			responded--
		}
	}
	if keyed > 0 {
		rate = new(float64(responded) / float64(keyed))
	}
	return int64(keyed + c.Count(e.k.keyless(), q.From, q.At)), rate
}

// score adds what the answers themselves say.
func (f *Figures) score(t tally) {
	f.Distribution = Distribution{t.in.low, t.counts}
	if t.n > 0 {
		_, m, _ := stats.Moments(t.in.low, t.counts)
		f.Mean = new(m)
	}
	if t.in.top > 0 && t.n > 0 {
		r := share(t)
		f.Share = new(r.value)
		if t.in.unit != ratio { // else it is the value's
			f.ShareInterval = &[2]float64{r.lo, r.hi}
		}
	}
	if t.in.promoter > 0 {
		f.Promoters = new(t.from(t.in.promoter))
		f.Detractors = new(t.n - t.from(t.in.passive))
		f.Passives = new(t.n - *f.Promoters - *f.Detractors)
	}
}

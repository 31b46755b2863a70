package calls

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// Figures are what stands beside the service level: of the calls offered in the
// window, how many were answered and abandoned by its end, and how many in time.
type Figures struct {
	Offered        int64 `json:"offered"`
	Answered       int64 `json:"answered"`
	AnsweredWithin int64 `json:"answeredWithin"`
	Abandoned      int64 `json:"abandoned"`
	ShortAbandoned int64 `json:"shortAbandoned"`
	// AbandonRate is abandoned / offered.
	AbandonRate *float64 `json:"abandonRate"`
	// AverageSpeedOfAnswer, in seconds, and Waits are of the calls answered in
	// the window, whenever they were offered.
	AverageSpeedOfAnswer *float64 `json:"averageSpeedOfAnswer"`
	Waits                Waits    `json:"waits"`
	// Unmatched answers and abandonments belong to no offer that is known; they
	// count at their own time. Repeated ones are of a call that had ended.
	Unmatched int64 `json:"unmatched"`
	Repeated  int64 `json:"repeated"`
	// Invalid waits are negative, or beyond all measure.
	Invalid int64  `json:"invalid"`
	Needed  *int64 `json:"needed,omitempty"`
	Partial bool   `json:"partial"`
}

// Waits are of answered calls, in seconds.
type Waits struct {
	N   int64    `json:"n"`
	P50 *float64 `json:"p50"`
	P90 *float64 `json:"p90"`
}

// Value implements kpi.Evaluator.
func (e *Evaluator) Value(q kpi.Query) []kpi.Series {
	var all []kpi.Series
	for _, c := range kpi.Cuts(e.index, e.labels, q.By) {
		within := ended(c, answeredWithin, q)
		short := ended(c, abandonedShort, q)
		n := int64(c.Count(offered, q.From, q.At))
		s := kpi.Series{Tags: c.Tags, Value: math.NaN(), N: max(0, n-short)}
		// Without keys, calls given up may have been offered in the window before.
		if s.N > 0 {
			s.Value = float64(within) / float64(s.N)
		}
		if !q.Brief {
			f := Figures{Offered: n, AnsweredWithin: within, ShortAbandoned: short, Partial: q.At > q.Now}
			e.explain(&f, c, q)
			e.judge(&s, &f)
			s.Figures = f
		}
		all = append(all, s)
	}
	return all
}

// ended counts the calls offered in the window that ended so before its end.
func ended(c kpi.Cut, kind facts.Kind, q kpi.Query) int64 {
	n := c.Count(kind, q.From, q.At)
	for _, end := range c.RangeAbove(kind, q.From, q.At, float64(q.At)) {
		if end >= float64(q.At) {
			n--
		}
	}
	return int64(n)
}

func (e *Evaluator) explain(f *Figures, c kpi.Cut, q kpi.Query) {
	f.Answered = f.AnsweredWithin + ended(c, answeredLate, q)
	f.Abandoned = f.ShortAbandoned + ended(c, abandonedLong, q)
	f.Unmatched = int64(c.Count(unmatched, q.From, q.At))
	f.Repeated = int64(c.Count(repeated, q.From, q.At))
	f.Invalid = int64(c.Count(invalid, q.From, q.At))
	if f.Offered > 0 {
		f.AbandonRate = new(float64(f.Abandoned) / float64(f.Offered))
	}
	e.speed(f, c, q)
}

// speed adds how long callers waited for an answer.
func (e *Evaluator) speed(f *Figures, c kpi.Cut, q kpi.Query) {
	var sum int64
	e.waits = e.waits[:0]
	for _, micros := range c.Range(waited, q.From, q.At) {
		sum += int64(micros)
		e.waits = append(e.waits, micros)
	}
	f.Waits.N = int64(len(e.waits))
	if f.Waits.N == 0 {
		return
	}
	f.AverageSpeedOfAnswer = new(float64(sum) / (float64(f.Waits.N) * 1e6))
	f.Waits.P50 = new(stats.Quantile(e.waits, .5) / 1e6)
	f.Waits.P90 = new(stats.Quantile(e.waits, .9) / 1e6)
}

// judge adds the interval, which more answers than calls have not, and the
// verdict.
func (e *Evaluator) judge(s *kpi.Series, f *Figures) {
	if s.N > 0 && f.AnsweredWithin <= s.N {
		lo, hi := stats.Wilson(f.AnsweredWithin, s.N)
		s.Interval = &[2]float64{lo, hi}
	}
	if e.spec.Objective == nil {
		return
	}
	s.Verdict = kpi.Undetermined
	if s.Interval != nil {
		s.Verdict = stats.Verdict(s.Interval[0], s.Interval[1], *e.spec.Objective)
		good, bad := stats.Needed(f.AnsweredWithin, s.N, *e.spec.Objective)
		f.Needed = new(min(good, bad))
	}
}

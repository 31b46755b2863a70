package lifecycle

import (
	"math"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// ResponseFigures are what stands beside the median. Durations are in hours;
// null where so many still wait that it cannot be said.
type ResponseFigures struct {
	Answered   int64    `json:"answered"`
	Unanswered int64    `json:"unanswered"`
	P50        *float64 `json:"p50"`
	P90        *float64 `json:"p90"`
	// Business counts the open hours of the calendar only; null without one.
	Business *Percentiles `json:"business"`
	// Cancelled cases were cancelled before an answer.
	Cancelled int64 `json:"cancelled"`
	// Unmatched events of the window name no case, or one never opened.
	Unmatched int64 `json:"unmatched"`
	Partial   bool  `json:"partial"`
}

// Percentiles are of durations in hours.
type Percentiles struct {
	P50 *float64 `json:"p50"`
	P90 *float64 `json:"p90"`
}

// durations are those that ended, and those so far of what goes on.
type durations struct{ ended, censored []float64 }

// Value implements kpi.Evaluator.
func (e *response) Value(q kpi.Query) []kpi.Series {
	var all []kpi.Series
	for _, c := range kpi.Cuts(e.index, e.labels, q.By) {
		e.clock.gather(c, q, nil)
		n, waiting := int64(len(e.clock.ended)), int64(len(e.clock.censored))
		curve := stats.KaplanMeier(e.clock.ended, e.clock.censored)
		s := kpi.Series{Tags: c.Tags, Value: curve.Quantile(0.5), N: n + waiting}
		if !q.Brief {
			of := percentiles(curve)
			f := ResponseFigures{
				Answered: n, Unanswered: waiting, P50: of.P50, P90: of.P90, Cancelled: cancelledOf(c, q),
				Unmatched: int64(c.Count(lost, q.From, q.At)), Partial: q.At > q.Now,
			}
			if e.calendar != nil {
				e.business.gather(c, q, e.calendar)
				of := percentiles(stats.KaplanMeier(e.business.ended, e.business.censored))
				f.Business = &of
			}
			s.Figures = f
		}
		all = append(all, s)
	}
	return all
}

// gather finds the waits of the cases opened in the window, as they stood just
// before its end, in the open hours of a calendar.
func (d *durations) gather(c kpi.Cut, q kpi.Query, hoursOf *calendar.Calendar) {
	d.ended, d.censored = d.ended[:0], d.censored[:0]
	for since, end := range c.Range(answered, q.From, q.At) {
		if end < float64(q.At) {
			d.ended = append(d.ended, hoursOf.Between(since, int64(end)).Hours())
		}
	}
	for since := range c.RangeAbove(waits, q.From, q.At, float64(q.At)) {
		d.censored = append(d.censored, hoursOf.Between(since, q.At).Hours())
	}
}

// cancelledOf counts the cases opened in the window that were cancelled by its end.
func cancelledOf(c kpi.Cut, q kpi.Query) (n int64) {
	for _, end := range c.Range(gone, q.From, q.At) {
		if end < float64(q.At) {
			n++
		}
	}
	return n
}

func percentiles(s stats.Survival) Percentiles {
	return Percentiles{known(s.Quantile(0.5)), known(s.Quantile(0.9))}
}

// known is nil for what cannot be said.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

package detect

import (
	"context"
	"math"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// course is the values of one series, a place for each step; NaN where there are
// none.
type course struct {
	tags   []event.Tag
	values []float64
	ns     []int64
}

// pointsAtOnce bounds a question: the engine takes no events in meanwhile.
const pointsAtOnce = 2000

// read asks a KPI at each step of a span, by groups where by is given. The series
// are in the order of their first value.
func read(ctx context.Context, source Source, q engine.Question, span engine.Span) (a engine.Answer, all []*course, err error) {
	step := span.Step.Milliseconds()
	total := int((span.To - span.From) / step)
	at := map[string]*course{}
	steps := int64(1)
	for from := span.From; from < span.To; {
		part := engine.Span{From: from, To: min(span.To, from+steps*step), Step: span.Step}
		answer, courses, err := source.History(ctx, q, part)
		if err := ready(&answer, err); err != nil {
			return answer, nil, err
		}
		a, from = answer, part.To
		steps = max(1, pointsAtOnce/int64(max(1, len(courses))))
		for _, c := range groupsOf(courses, q.By) {
			key := event.TagsKey(c.Tags)
			known := at[key]
			if known == nil {
				known = &course{tags: c.Tags, values: make([]float64, total), ns: make([]int64, total)}
				for i := range known.values {
					known.values[i] = math.NaN()
				}
				at[key] = known
				all = append(all, known)
			}
			for _, p := range c.Points {
				i := (p.T - span.From) / step
				known.values[i], known.ns[i] = p.Value, p.N
			}
		}
	}
	return a, all, nil
}

// readings are the values with their times, those without data left out.
func (c *course) readings(from, step int64) []Reading {
	all := make([]Reading, 0, len(c.values))
	for i, v := range c.values {
		if !math.IsNaN(v) {
			all = append(all, Reading{from + int64(i)*step, v, c.ns[i]})
		}
	}
	return all
}

package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

const (
	// MaxPoints bounds a history, all its series together.
	MaxPoints = 200_000
	// stepsAtOnce is how many steps are answered before events may come in
	// between: some milliseconds.
	stepsAtOnce = 128
	// MaxDetails bounds a history with details: each is a hundred times a point.
	MaxDetails = 5_000
)

// Span is the range and step of a history.
type Span struct {
	From, To int64
	Step     time.Duration
}

// Course is one line of a history.
type Course struct {
	Tags   []event.Tag
	Points []Point
	// Details has what stands beside each point; nil unless asked for.
	Details []Detail
}

// Detail is what stands beside a point.
type Detail struct {
	Interval *[2]float64 // nil: none is defined
	Figures  any
}

// Point is a value over [T, T+step), or over the window before T+step where one
// was asked for.
type Point struct {
	T     int64
	Value float64 // NaN: no data
	N     int64
}

// History answers a question at every step of a span. Each point is what Value
// says at the end of its step, over the step, or over q.Window where given.
func (e *Engine) History(ctx context.Context, q Question, span Span) (Answer, []Course, error) {
	v, by, err := e.find(q.KPI, q.Version, q.By)
	if err != nil {
		return Answer{}, nil, err
	}
	return e.history(ctx, v, by, q, span)
}

func (e *Engine) history(ctx context.Context, v *version, by []int, q Question, span Span) (Answer, []Course, error) {
	step, window := span.Step.Milliseconds(), q.Window.Milliseconds()
	if window == 0 {
		window = step
	}
	switch {
	case step < 1:
		return Answer{}, nil, fmt.Errorf("%w: a step of %v is too short", ErrQuestion, span.Step)
	case window < 1:
		return Answer{}, nil, fmt.Errorf("%w: a window of %v is too short", ErrQuestion, q.Window)
	case span.To <= span.From:
		return Answer{}, nil, fmt.Errorf("%w: the range ends before it begins", ErrQuestion)
	case (span.To-span.From)/step > most(q):
		return Answer{}, nil, fmt.Errorf("%w: the range has more than %d steps of %v: ask for longer steps or a shorter range", ErrQuestion, most(q), span.Step)
	}
	a := e.answer(v, span.To)
	a.From = span.From
	if !a.Ready {
		return a, []Course{{}}, nil
	}
	c := courses{at: map[string]int{}, all: []Course{{}}, detail: q.Detail}
	for t := span.From; t < span.To && c.points <= most(q); {
		if err := ctx.Err(); err != nil {
			return a, nil, err
		}
		v.lock()
		for range stepsAtOnce {
			if t >= span.To {
				break
			}
			c.add(t, v.eval.Value(kpi.Query{From: t + step - window, At: t + step, Now: q.Now, By: by, Brief: !q.Detail}))
			t += step
		}
		v.mu.Unlock()
	}
	if c.points > most(q) {
		return a, nil, fmt.Errorf("%w: it has more than %d points: ask for longer steps, a shorter range or fewer groups", ErrQuestion, most(q))
	}
	return a, c.all, nil
}

func most(q Question) int64 {
	if q.Detail {
		return MaxDetails
	}
	return MaxPoints
}

// courses collects the points of every series, wherever a series begins.
type courses struct {
	at     map[string]int
	all    []Course
	key    []byte
	points int64
	detail bool
}

func (c *courses) add(t int64, all []kpi.Series) {
	for i, s := range all {
		at := 0
		if i > 0 {
			c.key = c.key[:0]
			for _, tag := range s.Tags {
				c.key = append(append(c.key, tag.Value...), 0)
			}
			known, ok := c.at[string(c.key)]
			if !ok {
				known = len(c.all)
				c.at[string(c.key)] = known
				c.all = append(c.all, Course{Tags: s.Tags})
			}
			at = known
		}
		c.all[at].Points = append(c.all[at].Points, Point{t, s.Value, s.N})
		if c.detail {
			c.all[at].Details = append(c.all[at].Details, Detail{s.Interval, s.Figures})
		}
		c.points++
	}
}

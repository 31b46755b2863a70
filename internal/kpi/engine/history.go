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
	case (span.To-span.From)/step > MaxPoints:
		return Answer{}, nil, fmt.Errorf("%w: the range has more than %d steps of %v: ask for longer steps or a shorter range", ErrQuestion, MaxPoints, span.Step)
	}
	a := e.answer(v, span.To)
	a.From = span.From
	if !a.Ready {
		return a, []Course{{}}, nil
	}
	c := courses{at: map[string]int{}, all: []Course{{}}}
	for t := span.From; t < span.To && c.points <= MaxPoints; {
		if err := ctx.Err(); err != nil {
			return a, nil, err
		}
		v.mu.Lock()
		for range stepsAtOnce {
			if t >= span.To {
				break
			}
			c.add(t, v.eval.Value(kpi.Query{From: t + step - window, At: t + step, Now: q.Now, By: by, Brief: true}))
			t += step
		}
		v.mu.Unlock()
	}
	if c.points > MaxPoints {
		return a, nil, fmt.Errorf("%w: it has more than %d points: ask for longer steps, a shorter range or fewer groups", ErrQuestion, MaxPoints)
	}
	return a, c.all, nil
}

// courses collects the points of every series, wherever a series begins.
type courses struct {
	at     map[string]int
	all    []Course
	key    []byte
	points int
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
		c.points++
	}
}

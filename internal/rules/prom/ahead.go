package prom

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/promql"
)

// ahead has the values of an expression at the steps in [from, to].
type ahead struct {
	expr string
	// next is about how many steps is asked at once next, most at most.
	next, most int64
	from, to   int64
	values     promql.Matrix
	// places are those of the values looked at last, at an instant.
	places []int
	at     int64
	end    func()
}

func (a *ahead) has(at, step int64) bool {
	return at >= a.from && at <= a.to && (at-a.from)%step == 0
}

// read evaluates the expression at the steps from an instant on. It is false
// where that cannot be done at once: there is too much, or it fails at one of
// them.
func (a *ahead) read(ctx context.Context, o *Options, at, step, end int64) bool {
	if a.end != nil {
		a.end()
		a.end = nil
	}
	a.from, a.to, a.values = 1, 0, nil
	for a.next > 1 && ctx.Err() == nil {
		last := at + max(0, min(a.next-1, (end-1-at)/step))*step
		if a.over(ctx, o, at, last, step) == nil {
			a.from, a.to = at, last
			a.next = min(2*a.next, a.most)
			return true
		}
		a.next, a.most = a.next/8, max(a.most/2, 8)
	}
	a.next = 2
	return false
}

// over evaluates the expression at the steps in [from, to].
func (a *ahead) over(ctx context.Context, o *Options, from, to, step int64) error {
	q, err := o.Engine.NewRangeQuery(ctx, o.Queryable, nil, a.expr, time.UnixMilli(from), time.UnixMilli(to), time.Duration(step)*time.Millisecond)
	if err != nil {
		return err
	}
	m, err := q.Exec(ctx).Matrix()
	if err != nil {
		q.Close()
		return err
	}
	a.values, a.places, a.at, a.end = m, make([]int, len(m)), from, q.Close
	return nil
}

// value is that at one of the steps; they are asked for in their order, as a rule.
func (a *ahead) value(at int64) (v promql.Vector) {
	if at < a.at {
		clear(a.places)
	}
	a.at = at
	for i, s := range a.values {
		points := s.Floats
		for a.places[i] < len(points) && points[a.places[i]].T < at {
			a.places[i]++
		}
		if k := a.places[i]; k < len(points) && points[k].T == at {
			v = append(v, promql.Sample{T: at, F: points[k].F, Metric: s.Metric, DropName: s.DropName})
		}
	}
	return v
}

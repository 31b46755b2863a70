package engine

import (
	"context"
	"fmt"
	"iter"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Moments are the instants in (span.From, span.To] as of which an answer may
// differ from that before, with span.Step as of those multiples of it alone, and
// span.From before them. More says that there are more than `most`.
func (e *Engine) Moments(ctx context.Context, q Question, span Span, most int) (all []int64, more bool, err error) {
	v, _, err := e.find(q.KPI, q.Version, nil)
	if err != nil {
		return nil, false, err
	}
	window := q.Window.Milliseconds()
	if window == 0 {
		window = v.window()
	}
	all = append(all, span.From)
	for at := span.From; at < span.To; {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		v.lock()
		for range stepsAtOnce {
			if step := span.Step.Milliseconds(); step > 0 {
				at = v.nextStep(at, span.To, window, step)
			} else {
				at = v.nextMove(at, span.To, window)
			}
			if at > span.To {
				break
			}
			all = append(all, at)
		}
		v.mu.Unlock()
		if len(all) > most {
			return all[:most], true, nil
		}
	}
	return all, false, nil
}

// nextMove is the first instant after at as of which the answer may differ; one
// after end where there is none.
func (v *version) nextMove(at, end, window int64) int64 {
	length := int64(1)
	for !v.eval.Changes(at, at+length, window) {
		if at+length >= end {
			return end + 1
		}
		length = min(2*length, end-at)
	}
	// Up to at+same nothing changes, up to at+length something does.
	for same := length / 2; same+1 < length; {
		if middle := same + (length-same)/2; v.eval.Changes(at, at+middle, window) {
			length = middle
		} else {
			same = middle
		}
	}
	return at + length
}

// nextStep is the first multiple of step after at as of which it may differ.
func (v *version) nextStep(at, end, window, step int64) int64 {
	for next := at + step - ((at%step)+step)%step; next <= end; next += step {
		if v.eval.Changes(at, next, window) {
			return next
		}
	}
	return end + 1
}

// Values answers a question as of several instants, without figures, until yield
// says that it is enough.
func (e *Engine) Values(ctx context.Context, q Question, instants iter.Seq[int64], yield func(at int64, all []kpi.Series) bool) (Answer, error) {
	v, by, err := e.find(q.KPI, q.Version, q.By)
	if err != nil {
		return Answer{}, err
	}
	window := q.Window.Milliseconds()
	if q.Window == 0 {
		window = v.window()
	}
	if window < 1 {
		return Answer{}, fmt.Errorf("%w: a window of %v is too short", ErrQuestion, q.Window)
	}
	a := e.answer(v, q.At)
	if !a.Ready {
		return a, nil
	}
	for part := range chunks(instants, stepsAtOnce) {
		if err := ctx.Err(); err != nil {
			return a, err
		}
		found := make([][]kpi.Series, len(part))
		v.lock()
		for i, at := range part {
			found[i] = v.eval.Value(kpi.Query{From: at - window, At: at, Now: q.Now, By: by, Brief: true})
		}
		v.mu.Unlock()
		for i, at := range part {
			if !yield(at, found[i]) {
				return a, nil
			}
		}
	}
	return a, nil
}

func chunks(all iter.Seq[int64], n int) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		var part []int64
		for x := range all {
			if part = append(part, x); len(part) == n {
				if !yield(part) {
					return
				}
				part = part[:0]
			}
		}
		if len(part) > 0 {
			yield(part)
		}
	}
}

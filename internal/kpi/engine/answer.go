package engine

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Errors of a question. What wraps ErrQuestion is the asker's fault.
var (
	ErrUnknown  = errors.New("there is no such KPI")
	ErrQuestion = errors.New("the question cannot be answered")
)

// Question is what is asked of a KPI.
type Question struct {
	KPI string
	// At is the instant as of which it is answered (ms).
	At int64
	// Window is how far back it looks; 0 for the definition's own.
	Window time.Duration
	// By lists tag keys of the definition's By.
	By []string
	// Version is a definition's; 0 for the one in force.
	Version int
	// Now tells which windows are over.
	Now int64
	// Detail adds intervals and figures to the points of a history.
	Detail bool
}

// Answer is a KPI as of an instant.
type Answer struct {
	Definition *kpi.Definition
	Record
	At, From int64
	// Watermark is the latest event time heard of: events from before it may
	// still come late, those after it are still to come.
	Watermark int64
	// Seq is the last event that is counted in.
	Seq uint64
	// Ready is false while history is still being read; Done of Total events are.
	Ready       bool
	Done, Total uint64
	Series      []kpi.Series

	rule *alert.Rule
	// terse leaves the texts out of the JSON.
	terse bool
}

// Value answers a question.
func (e *Engine) Value(q Question) (Answer, error) {
	v, by, err := e.find(q.KPI, q.Version, q.By)
	if err != nil {
		return Answer{}, err
	}
	return e.value(v, by, q)
}

func (e *Engine) value(v *version, by []int, q Question) (Answer, error) {
	window := q.Window
	if window == 0 {
		window = time.Duration(v.def.Window)
	}
	if window < time.Millisecond {
		return Answer{}, fmt.Errorf("%w: a window of %v is too short", ErrQuestion, window)
	}
	a := e.answer(v, q.At)
	a.From = q.At - window.Milliseconds()
	if !a.Ready {
		a.Series = []kpi.Series{{Value: math.NaN()}}
		return a, nil
	}
	v.lock()
	defer v.mu.Unlock()
	a.Series = v.eval.Value(kpi.Query{From: a.From, At: q.At, Now: q.Now, By: by})
	return a, nil
}

func (e *Engine) answer(v *version, at int64) Answer {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return Answer{
		Definition: v.def, Record: v.Record, At: at, Watermark: e.newest, Seq: e.seq, rule: v.rule,
		Ready: v.ready.Load(), Done: v.done.Load(), Total: v.total.Load(),
	}
}

// Words are the title and unit of a KPI; false where there is none of that name.
// It waits for nothing.
func (e *Engine) Words(name string) (kpi.Words, bool) {
	v, ok := (*e.current.Load())[name]
	if !ok {
		return kpi.Words{}, false
	}
	return v.def.Words(), true
}

// find is the version asked for, and the places of the tags in its By.
func (e *Engine) find(name string, number int, keys []string) (*version, []int, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	s, ok := e.byName[name]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	v := s.current()
	if number != 0 {
		v = s.number(number)
		if v == nil {
			return nil, nil, fmt.Errorf("%w: %s has no version %d, the newest is %d", ErrQuestion, name, number, s.newest().Number)
		}
		if !slices.Contains(s.running(), v) {
			return nil, nil, fmt.Errorf("%w: version %d of %s is kept as a definition only; versions %d and later go on", ErrQuestion, number, name, s.running()[0].Number)
		}
	}
	by, err := v.broken(keys)
	return v, by, err
}

// broken are the places of the tags to break a KPI down by.
func (v *version) broken(keys []string) ([]int, error) {
	by, unknown := v.places(keys)
	if unknown != "" {
		return nil, fmt.Errorf("%w: %s is not broken down by %q; its definition lists by: [%s]", ErrQuestion, v.def.Name, unknown, strings.Join(v.def.By, ", "))
	}
	return by, nil
}

// State is what is shown of a value beside it.
type State string

// NoData and Undetermined stand where thresholds say nothing.
const (
	NoData       State = "no_data"
	Undetermined State = "undetermined"
)

// State judges one series of the answer by the KPI's thresholds, or by its
// objective where it has none.
func (a *Answer) State(s kpi.Series) State {
	switch {
	case math.IsNaN(s.Value):
		return NoData
	case a.rule != nil && s.N >= a.Definition.Thresholds.MinN:
		return State(a.rule.State(s.Value))
	case s.Verdict == kpi.Missed:
		return State(alert.Critical)
	case s.Verdict == kpi.Undetermined:
		return Undetermined
	}
	return State(alert.OK)
}

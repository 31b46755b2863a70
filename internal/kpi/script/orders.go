package script

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// expect asks the engine that saw the events as written, and others.
func (r *run) expect(line int, e *expectation) error {
	if r.live == nil {
		return errors.New("nothing is defined yet")
	}
	r.report.Expectations += len(e.rows)
	if !r.compare(line, e, r.live, "as written") {
		return nil // the others would only repeat it
	}
	stages := r.leadingTo(e.kpi)
	if err := r.spend(len(r.events) * len(stages)); err != nil {
		return err
	}
	for _, order := range []struct {
		name string
		of   func() (*lane, error)
	}{
		{"in order of time", func() (*lane, error) { return r.sorted(stages) }},
		{"in random order", func() (*lane, error) { return r.shuffled(stages, line) }},
		{"after a restart half way", func() (*lane, error) { return r.restarted(stages) }},
	} {
		other, err := order.of()
		if err != nil {
			return err
		}
		r.compare(line, e, other, order.name)
		other.close()
	}
	return nil
}

// maxWork bounds the time that a script may take: so many events may be handed to
// definitions.
const maxWork = 500_000

func (r *run) spend(work int) error {
	if r.work += work; r.work > maxWork {
		return fmt.Errorf("too much to check: each expectation hands all events out again, at most %d in all; split the script", maxWork)
	}
	return nil
}

// leadingTo are the stages of a KPI and of those that it is made from; others say
// nothing about it.
func (r *run) leadingTo(name string) (stages [][]*kpi.Definition) {
	needed := map[string]bool{}
	r.need(name, needed)
	for _, defined := range r.stages {
		stage := slices.DeleteFunc(slices.Clone(defined), func(d *kpi.Definition) bool { return !needed[d.Name] })
		if len(stages) == 0 || !slices.Equal(stage, stages[len(stages)-1]) {
			stages = append(stages, stage)
		}
	}
	return stages
}

func (r *run) need(name string, needed map[string]bool) {
	if needed[name] {
		return
	}
	needed[name] = true
	for _, defined := range r.stages { // a definition before may have referred to others
		for _, d := range defined {
			if s, ok := d.Spec.(interface{ Refers() []string }); ok && d.Name == name {
				for _, other := range s.Refers() {
					r.need(other, needed)
				}
			}
		}
	}
}

// fed is an engine that came to its definitions step by step and then took events in.
func (r *run) fed(stages [][]*kpi.Definition, events []event.Event) (*lane, error) {
	l := newLane(r.env)
	for _, defined := range stages {
		if err := l.define(r.env, defined); err != nil {
			return nil, err
		}
	}
	return l, l.give(events...)
}

func (r *run) sorted(stages [][]*kpi.Definition) (*lane, error) {
	events := slices.Clone(r.events)
	slices.SortStableFunc(events, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return r.fed(stages, events)
}

func (r *run) shuffled(stages [][]*kpi.Definition, seed int) (*lane, error) {
	events := slices.Clone(r.events)
	random := rand.New(rand.NewPCG(uint64(seed), 1)) //nolint:gosec // the same orders each time
	random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	return r.fed(stages, events)
}

func (r *run) restarted(stages [][]*kpi.Definition) (*lane, error) {
	half := len(r.events) / 2
	l, err := r.fed(stages, r.events[:half])
	if err != nil {
		return nil, err
	}
	l, err = l.restart(r.env, stages[len(stages)-1])
	if err != nil {
		return nil, err
	}
	return l, l.give(r.events[half:]...)
}

func (r *run) compare(line int, e *expectation, l *lane, how string) bool {
	a, err := l.engine.Value(engine.Question{KPI: e.kpi, At: e.at, Window: e.window, By: e.by, Version: e.version, Now: math.MaxInt64})
	if err != nil {
		r.fail(line, err.Error())
		return false
	}
	ok := true
	for _, want := range e.rows {
		if what := want.differs(a); what != "" {
			r.fail(want.line, how+": "+what)
			ok = false
		}
	}
	return ok
}

package script

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
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
	if r.work += len(r.events) * len(r.stages); r.work > maxWork {
		return fmt.Errorf("too much to check: each expectation hands all events to all definitions again, at most %d in all; split the script", maxWork)
	}
	for _, order := range []struct {
		name string
		of   func() (*lane, error)
	}{
		{"in order of time", r.sorted},
		{"in random order", func() (*lane, error) { return r.shuffled(line) }},
		{"after a restart half way", r.restarted},
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

// maxWork bounds the time that a script may take.
const maxWork = 2_000_000

// fresh is an engine that came to its definitions as the first one did.
func (r *run) fresh() (*lane, error) {
	l := newLane(r.env)
	for _, defined := range r.stages {
		if err := l.define(r.env, defined); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (r *run) fed(events []event.Event) (*lane, error) {
	l, err := r.fresh()
	if err != nil {
		return nil, err
	}
	return l, l.give(events...)
}

func (r *run) sorted() (*lane, error) {
	events := slices.Clone(r.events)
	slices.SortStableFunc(events, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return r.fed(events)
}

func (r *run) shuffled(seed int) (*lane, error) {
	events := slices.Clone(r.events)
	random := rand.New(rand.NewPCG(uint64(seed), 1)) //nolint:gosec // the same orders each time
	random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	return r.fed(events)
}

func (r *run) restarted() (*lane, error) {
	half := len(r.events) / 2
	l, err := r.fed(r.events[:half])
	if err != nil {
		return nil, err
	}
	l, err = l.restart(r.env, r.defined)
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

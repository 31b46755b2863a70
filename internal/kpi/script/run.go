package script

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// Report is what a run found.
type Report struct {
	// Expectations counts the series that were compared.
	Expectations int
	// Failures say where what was expected is not what was answered.
	Failures []string
}

// Run runs a script; file stands in the failures. The error is of a script that
// cannot be read.
func Run(file string, text []byte) (Report, error) {
	s, err := parse(text)
	if err != nil {
		return Report{}, fmt.Errorf("%s:%w", file, err)
	}
	r := run{file: file, env: kpi.Env{Calendars: map[string]*calendar.Calendar{}, KPIs: map[string]*kpi.Definition{}}}
	for _, name := range define.Vocabulary() {
		r.known(name)
	}
	defer r.close()
	for _, st := range s.steps {
		if err := r.do(st); err != nil {
			return r.report, fmt.Errorf("%s:%d: %w", file, st.line, err)
		}
	}
	return r.report, nil
}

type run struct {
	file    string
	env     kpi.Env
	metrics map[string]bool
	defined []*kpi.Definition
	events  []event.Event
	live    *lane
	report  Report
}

func (r *run) known(name string) {
	if r.metrics == nil {
		r.metrics = map[string]bool{}
		r.env.KnownMetric = func(name string) bool { return r.metrics[name] }
	}
	if !r.metrics[name] {
		r.metrics[name] = true
		r.env.Metrics = append(r.env.Metrics, name)
	}
}

func (r *run) close() {
	if r.live != nil {
		r.live.close()
	}
}

func (r *run) do(st step) error {
	switch {
	case st.names != nil:
		for _, name := range st.names {
			r.known(name)
		}
	case st.calendars != nil:
		return r.calendars(st.calendars)
	case st.define != nil:
		return r.define(st.define)
	case st.refuse != nil:
		r.refuse(st.line, st.refuse)
	case st.event != nil:
		r.events = append(r.events, *st.event)
		if r.live != nil {
			return r.live.give(*st.event)
		}
	case st.expect != nil:
		return r.expect(st.line, st.expect)
	}
	return nil
}

func (r *run) calendars(b *block) error {
	var section struct {
		Calendars calendar.Config `yaml:"calendars"`
	}
	d := strict.Decode(r.file, []byte("calendars:\n"+b.text), &section)
	if err := d.Err(); err != nil {
		return err
	}
	built, err := section.Calendars.Build(".")
	if err != nil {
		return err
	}
	maps.Copy(r.env.Calendars, built)
	return nil
}

// define puts a definition, over the events so far: a back-fill.
func (r *run) define(b *block) error {
	d, document := define.Parse(r.file, []byte(b.text), &r.env)
	if err := document.Err(); err != nil {
		return err
	}
	r.env.KPIs[d.Name] = d
	r.defined = append(slices.DeleteFunc(r.defined, func(o *kpi.Definition) bool { return o.Name == d.Name }), d)
	if r.live == nil {
		r.live = newLane(r.env)
		if err := r.live.give(r.events...); err != nil {
			return err
		}
	}
	return r.live.define(r.env, r.defined)
}

func (r *run) refuse(line int, f *refusal) {
	r.report.Expectations++
	_, document := define.Parse(r.file, []byte(f.text), &r.env)
	err := document.Err()
	switch {
	case err == nil:
		r.fail(line, "the definition is accepted, it should be refused")
	case !strings.Contains(err.Error(), f.reason):
		r.fail(line, fmt.Sprintf("the definition is refused with %q, which does not say %q", err, f.reason))
	}
}

func (r *run) fail(line int, what string) {
	r.report.Failures = append(r.report.Failures, fmt.Sprintf("%s:%d: %s", r.file, line, what))
}

// expect asks the engine that saw the events as written, and others.
func (r *run) expect(line int, e *expectation) error {
	if r.live == nil {
		return errors.New("nothing is defined yet")
	}
	r.report.Expectations += len(e.rows)
	if !r.compare(line, e, r.live, "as written") {
		return nil // the others would only repeat it
	}
	sorted := slices.Clone(r.events)
	slices.SortStableFunc(sorted, func(a, b event.Event) int { return int(max(-1, min(1, a.Time-b.Time))) })
	shuffled := slices.Clone(r.events)
	random := rand.New(rand.NewPCG(uint64(line), 1)) //nolint:gosec // the same orders each time
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for name, events := range map[string][]event.Event{"in order of time": sorted, "in random order": shuffled} {
		other := newLane(r.env)
		err := other.define(r.env, r.defined)
		if err == nil {
			err = other.give(events...)
		}
		if err != nil {
			return err
		}
		r.compare(line, e, other, name)
		other.close()
	}
	half, err := r.restarted()
	if err != nil {
		return err
	}
	defer half.close()
	r.compare(line, e, half, "after a restart half way")
	return nil
}

func (r *run) restarted() (*lane, error) {
	l := newLane(r.env)
	if err := l.define(r.env, r.defined); err != nil {
		return nil, err
	}
	if err := l.give(r.events[:len(r.events)/2]...); err != nil {
		return nil, err
	}
	l, err := l.restart(r.env, r.defined)
	if err != nil {
		return nil, err
	}
	return l, l.give(r.events[len(r.events)/2:]...)
}

func (r *run) compare(line int, e *expectation, l *lane, how string) bool {
	a, err := l.engine.Value(engine.Question{KPI: e.kpi, At: e.at, Window: e.window, By: e.by, Now: math.MaxInt64})
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

var quiet = slog.New(slog.DiscardHandler)

func background() context.Context { return context.Background() }

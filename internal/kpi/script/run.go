package script

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/suggest"
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
		err := r.do(st)
		if errors.As(err, &placed{}) {
			return r.report, err
		}
		if err != nil {
			return r.report, fmt.Errorf("%s:%d: %w", file, st.line, err)
		}
	}
	return r.report, nil
}

// placed is an error that names its place.
type placed struct{ error }

type run struct {
	file    string
	env     kpi.Env
	metrics map[string]bool
	// defined are the definitions in force, stages those of each time one was put.
	defined []*kpi.Definition
	stages  [][]*kpi.Definition
	// work counts the events handed to definitions for expectations.
	work   int
	events []event.Event
	live   *lane
	report Report
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
	case st.events != nil:
		return r.give(st.events)
	case st.expect != nil:
		return r.expect(st.line, st.expect)
	}
	return nil
}

// give hands events to the KPIs there are, and keeps them for those to come.
func (r *run) give(events []event.Event) error {
	for _, e := range events {
		if !r.metrics[e.Metric] {
			return fmt.Errorf("no event is called %q%s (a name of your own is declared before: events %s)", e.Metric, suggest.Near(e.Metric, r.env.Metrics), e.Metric)
		}
	}
	r.events = append(r.events, events...)
	if r.live == nil {
		return nil
	}
	if err := r.spend(len(events) * len(r.defined)); err != nil {
		return err
	}
	return r.live.give(events...)
}

func (r *run) calendars(b *block) error {
	var section struct {
		Calendars calendar.Config `yaml:"calendars"`
	}
	d := strict.Decode(r.file, []byte(strings.Repeat("\n", max(0, b.line-2))+"calendars:\n"+b.text), &section)
	dir := filepath.Dir(r.file)
	if len(d.Faults()) == 0 {
		d.Place(section.Calendars.Validate(dir).Under("calendars"))
	}
	if err := d.Err(); err != nil {
		return placed{err}
	}
	built, err := section.Calendars.Build(dir)
	if err != nil {
		return err
	}
	maps.Copy(r.env.Calendars, built)
	return nil
}

// define puts a definition, over the events so far: a back-fill.
func (r *run) define(b *block) error {
	d, err := r.parse(b)
	if err != nil {
		return placed{err}
	}
	r.env.KPIs = maps.Clone(r.env.KPIs)
	r.env.KPIs[d.Name] = d
	others := slices.DeleteFunc(slices.Clone(r.defined), func(o *kpi.Definition) bool { return o.Name == d.Name })
	r.defined = append(others, d)
	r.stages = append(r.stages, r.defined)
	if err := r.spend(len(r.events) + len(r.stages)*len(r.defined)); err != nil {
		return err
	}
	if r.live == nil {
		r.live = newLane(r.env)
		if err := r.live.give(r.events...); err != nil {
			return err
		}
	}
	return r.live.define(r.env, r.defined)
}

// parse reads a definition; the empty lines before it make its faults name the
// line of the script.
func (r *run) parse(b *block) (*kpi.Definition, error) {
	d, document := define.Parse(r.file, []byte(strings.Repeat("\n", b.line-1)+b.text), &r.env)
	return d, document.Err()
}

func (r *run) refuse(line int, f *refusal) {
	r.report.Expectations++
	_, err := r.parse(&f.block)
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

var quiet = slog.New(slog.DiscardHandler)

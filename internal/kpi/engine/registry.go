package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// ErrFixed says that a definition cannot be changed in this way.
var ErrFixed = errors.New("the definition stays")

// Configure makes these the definitions of the configuration, those of the file
// and the defaults; what operators put over the API goes before them. Changed
// definitions begin a new version at now. Env replaces what they refer to.
func (e *Engine) Configure(env kpi.Env, file, defaults []*kpi.Definition, now int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.o.Env = env
	e.configured = map[string]given{}
	for _, d := range defaults {
		e.configured[d.Name] = given{d, Default}
	}
	for _, d := range file {
		e.configured[d.Name] = given{d, File}
	}
	e.settle(now, Change{})
}

type given struct {
	def    *kpi.Definition
	origin Origin
}

// Put defines a KPI, or changes its definition. The definition in force goes on
// until the new one has all of history in it.
func (e *Engine) Put(d *kpi.Definition, c Change, now int64) (Record, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.put[d.Name] = given{d, API}
	e.settle(now, c)
	return e.byName[d.Name].newest().Record, nil
}

// Delete takes back what was put. A definition of the configuration comes into
// force again where there is one.
func (e *Engine) Delete(name string, c Change, now int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.byName[name]; !ok {
		return fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	if _, ok := e.put[name]; !ok {
		return fmt.Errorf("%w: %q comes from the %s; change it there, or put a definition of the same name over it", ErrFixed, name, e.configured[name].origin.words())
	}
	if _, stays := e.configured[name]; !stays {
		if by := e.referring(name); len(by) > 0 {
			return fmt.Errorf("%w: %q is used by %s; change or delete that first", ErrFixed, name, strings.Join(by, ", "))
		}
	}
	delete(e.put, name)
	e.settle(now, c)
	return nil
}

func (o Origin) words() string {
	switch o {
	case File:
		return "configuration file"
	case Default:
		return "defaults"
	}
	return "API"
}

// refers is a spec made from other KPIs.
type refers interface{ Refers() []string }

func (e *Engine) referring(name string) (names []string) {
	for _, s := range e.order {
		if r, ok := s.newest().def.Spec.(refers); ok && slices.Contains(r.Refers(), name) {
			names = append(names, s.name)
		}
	}
	return names
}

// settle brings the series in step with what is defined, by a change. The engine
// is locked.
func (e *Engine) settle(now int64, c Change) {
	wanted := maps.Clone(e.configured)
	if wanted == nil {
		wanted = map[string]given{}
	}
	maps.Copy(wanted, e.put)
	for name, s := range e.byName {
		if _, ok := wanted[name]; !ok {
			for _, v := range s.versions {
				e.giveUp(v)
			}
			delete(e.byName, name)
			e.stale = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		e.define(wanted[name], now, c)
	}
	e.index()
	var empty []*version
	for _, v := range e.live {
		if !v.ready.Load() && !v.filling {
			v.filling = true
			empty = append(empty, v)
		}
	}
	if len(empty) > 0 {
		e.filling.Go(func() { e.fill(empty) })
	}
}

// define gives a series the definition, which begins a new version unless it is
// the newest one's.
func (e *Engine) define(g given, now int64, c Change) {
	s, ok := e.byName[g.def.Name]
	number := 1
	if ok {
		newest := s.newest()
		if bytes.Equal(newest.Source, g.def.Source) && newest.Basis == g.def.Basis {
			if newest.Origin != g.origin {
				newest.Origin, e.stale = g.origin, true
			}
			return
		}
		number = newest.Number + 1
	} else {
		s = &series{name: g.def.Name}
		e.byName[s.name] = s
	}
	v := e.version(Record{Number: number, Origin: g.origin, Since: now, Source: g.def.Source, Basis: g.def.Basis, Change: c}, g.def)
	s.versions = append(s.versions, v)
	running := s.running()
	for _, old := range s.versions {
		if !slices.Contains(running, old) {
			e.giveUp(old)
		}
	}
	e.stale = true
}

func (e *Engine) version(r Record, d *kpi.Definition) *version {
	v := &version{Record: r, def: d}
	v.ended, v.end = context.WithCancel(e.closing)
	if t := d.Thresholds; t != nil {
		rules := alert.Thresholds{d.Name: t.Rule(d)}.Rules()
		v.rule = &rules[0]
		v.rule.DefinitionVersion = r.Number
	}
	v.eval = d.Spec.New(&d.Common, e.running())
	return v
}

// running is what evaluators may refer to.
func (e *Engine) running() *kpi.Env {
	env := e.o.Env
	env.Value = e.refer
	return &env
}

// refer answers for a KPI that another is made from.
func (e *Engine) refer(name string, from, at int64, by []string) []kpi.Series {
	v := (*e.current.Load())[name]
	if v == nil || !v.ready.Load() {
		return nil
	}
	places, unknown := v.places(by)
	if unknown != "" {
		places = nil // the total stands for every group
	}
	v.lock()
	defer v.mu.Unlock()
	return v.eval.Value(kpi.Query{From: from, At: at, Now: at, By: places, Brief: true})
}

func (e *Engine) giveUp(v *version) {
	v.end()
	v.ready.Store(false)
	if v.saved {
		v.saved = false
		e.forget(v.stateName())
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting, v.backlog, v.joining = nil, nil, false
}

// Env is what a new definition may refer to.
func (e *Engine) Env() *kpi.Env {
	e.mu.RLock()
	defer e.mu.RUnlock()
	env := e.o.Env
	env.KPIs = map[string]*kpi.Definition{}
	for name, s := range e.byName {
		env.KPIs[name] = s.newest().def
	}
	seen, known := maps.Clone(e.metrics), env.KnownMetric
	env.KnownMetric = func(name string) bool { return seen[name] || known != nil && known(name) }
	env.Metrics = slices.Concat(env.Metrics, slices.Sorted(maps.Keys(seen)))
	return &env
}

// Rules are the thresholds of all KPIs.
func (e *Engine) Rules() (rules []alert.Rule) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, s := range e.order {
		if r := s.current().rule; r != nil {
			rules = append(rules, *r)
		}
	}
	return rules
}

// Listed is one KPI with all its versions.
type Listed struct {
	Name       string
	Definition *kpi.Definition
	// Current is the version in force, Versions all of them, the oldest first.
	Current  Record
	Versions []Record
	// Ready is false while the newest version still reads history.
	Ready       bool
	Done, Total uint64
}

// List lists every KPI by name.
func (e *Engine) List() []Listed {
	e.mu.RLock()
	defer e.mu.RUnlock()
	all := make([]Listed, 0, len(e.order))
	for _, s := range e.order {
		all = append(all, s.listed())
	}
	return all
}

// Get is one KPI.
func (e *Engine) Get(name string) (Listed, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	s, ok := e.byName[name]
	if !ok {
		return Listed{}, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	return s.listed(), nil
}

func (s *series) listed() Listed {
	v, newest := s.current(), s.newest()
	l := Listed{Name: s.name, Definition: v.def, Current: v.Record, Ready: newest.ready.Load(), Done: newest.done.Load(), Total: newest.total.Load()}
	for _, v := range s.versions {
		l.Versions = append(l.Versions, v.Record)
	}
	return l
}

// Known makes the name of a stored event known, as its first event does, and how
// far events of it reach; what lies ahead of now is no measure of that.
func (e *Engine) Known(metric string, last, now int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.metrics[metric] = true
	if last <= now {
		e.newest = max(e.newest, last)
	}
}

// Forget drops what can only count before t; the events themselves are gone.
func (e *Engine) Forget(t int64) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, v := range e.live {
		v.lock()
		v.eval.Forget(t)
		v.mu.Unlock()
	}
}

package engine

import (
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// Cases lists the cases that a KPI holds against a clock; an empty name means
// case.sla, or else the first such KPI. The query's texts of keys are filled in.
func (e *Engine) Cases(name string, q kpi.CaseQuery) (Answer, []kpi.CaseRow, error) {
	v, view, err := e.caseView(name)
	if err != nil {
		return Answer{}, nil, err
	}
	a := e.answer(v, q.At)
	if !a.Ready {
		return a, nil, nil
	}
	q.Text = func(key uint32) string { return e.keys.Text(view.CaseTag(), key) }
	v.lock()
	list, err := view.Cases(q)
	v.mu.Unlock() // events need not wait until the list is made
	if err != nil {
		return a, nil, fmt.Errorf("%w: %w", ErrQuestion, err)
	}
	return a, list(), nil
}

// Case is the account of one case as of an instant; nil where no event of it is
// known.
func (e *Engine) Case(name, caseID string, at int64) (Answer, []kpi.CycleAccount, error) {
	v, view, err := e.caseView(name)
	if err != nil {
		return Answer{}, nil, err
	}
	a := e.answer(v, at)
	if !a.Ready {
		return a, nil, nil
	}
	v.lock()
	defer v.mu.Unlock()
	key, known := e.keys.Find(view.CaseTag(), caseID)
	if !known {
		return a, nil, nil
	}
	cycles := view.Account(key, at)
	for i := range cycles {
		cycles[i].DefinitionVersion = v.Number
	}
	return a, cycles, nil
}

func (e *Engine) caseView(name string) (*version, kpi.CaseView, error) {
	if name == "" {
		name = e.firstWithCases()
	}
	v, _, err := e.find(name, 0, nil)
	if err != nil {
		return nil, nil, err
	}
	view, ok := v.eval.(kpi.CaseView)
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s is of type %s, which holds no cases against a clock", ErrQuestion, name, v.def.Type)
	}
	return v, view, nil
}

const usualCases = "case.sla"

func (e *Engine) firstWithCases() string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if s, ok := e.byName[usualCases]; ok {
		if _, ok := s.current().eval.(kpi.CaseView); ok {
			return usualCases
		}
	}
	for _, s := range e.order {
		if _, ok := s.current().eval.(kpi.CaseView); ok {
			return s.name
		}
	}
	return usualCases
}

// Conflict is one that is open, told of by a KPI.
type Conflict struct {
	KPI    string   `json:"kpi"`
	CaseID string   `json:"caseId"`
	Level  string   `json:"level"`
	Agents []string `json:"agents"`
	Since  int64    `json:"since"`
	// Tags are those of the case by which the KPI is broken down.
	Tags map[string]string `json:"tags"`
}

// Conflicts lists the conflicts open as of an instant, of every KPI that knows
// of any.
func (e *Engine) Conflicts(at int64) []Conflict {
	e.mu.RLock()
	var all []*version
	for _, s := range e.order {
		all = append(all, s.current())
	}
	e.mu.RUnlock()
	found := []Conflict{}
	for _, v := range all {
		finder, ok := v.eval.(kpi.ConflictFinder)
		if !ok || !v.ready.Load() {
			continue
		}
		v.lock()
		open := finder.Conflicts(at)
		v.mu.Unlock()
		for _, c := range open {
			found = append(found, Conflict{v.def.Name, e.keys.Text(c.Key, c.Case), c.Level, c.Agents, c.Since, event.TagMap(c.Tags)})
		}
	}
	return found
}

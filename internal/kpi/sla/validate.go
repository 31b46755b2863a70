package sla

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// maxGoals bounds the clocks on a case: each is kept on its own.
const maxGoals = 8

// Validate implements kpi.Spec.
func (s *Spec) Validate(_ *kpi.Common, env *kpi.Env) (faults fault.List) {
	s.validateEvents(env, &faults)
	if s.Key == "" {
		faults.Add("is empty: name the tag that identifies a case, as in caseId", "key")
	}
	if !(s.Objective >= 0 && s.Objective <= 1) {
		faults.Add(fmt.Sprintf("is %v: it is a share between 0 and 1, as in 0.9", s.Objective), "objective")
	}
	if !(s.AtRisk >= 0 && s.AtRisk < 1) {
		faults.Add(fmt.Sprintf("is %v: it is the share of the target that is left, at least 0 and less than 1, as in 0.25", s.AtRisk), "at_risk")
	}
	s.Target.validate(&faults)
	checkCalendar(s.Calendar, env, &faults)
	if len(s.Goals) == 0 {
		if s.Target.none() && s.DueTag == "" {
			faults.Add("is missing: give a target, as in 48h, or a due_tag that holds each case's deadline, or goals", "target")
		}
		return faults
	}
	return append(faults, s.validateGoals(env)...)
}

func (s *Spec) validateEvents(env *kpi.Env, faults *fault.List) {
	whole := Goal{Start: s.Start, Stop: s.Stop, Target: Target{Tag: "any"}}
	for _, r := range s.roles(&whole) {
		if why := env.CheckMetric(r.metric); why != "" {
			faults.Add(why, r.key)
		}
	}
	checkDistinct(s.roles(&whole), faults)
}

// checkDistinct finds events that would mean two things to one clock.
func checkDistinct(roles []role, faults *fault.List) {
	first := map[string]string{}
	for _, r := range roles {
		if other, twice := first[r.metric]; twice && r.metric != "" {
			faults.Add(fmt.Sprintf("is %s, as %s is: one event cannot do both", r.metric, other), r.key)
		} else {
			first[r.metric] = r.key
		}
	}
}

func checkCalendar(name string, env *kpi.Env, faults *fault.List) {
	if name == "" || env == nil {
		return
	}
	if _, ok := env.Calendars[name]; ok {
		return
	}
	known := slices.Sorted(maps.Keys(env.Calendars))
	if len(known) == 0 {
		faults.Add(fmt.Sprintf("no calendar is called %q: the section calendars of the configuration defines none", name), "calendar")
		return
	}
	faults.Add(fmt.Sprintf("no calendar is called %q%s", name, suggest.Near(name, known)), "calendar")
}

func (s *Spec) validateGoals(env *kpi.Env) (faults fault.List) {
	if len(s.Goals) > maxGoals {
		faults.Add(fmt.Sprintf("lists %d goals, at most %d fit", len(s.Goals), maxGoals), "goals")
	}
	terms := s.terms()
	names := map[string]bool{}
	for i, g := range s.Goals {
		var wrong fault.List
		switch {
		case g.Name == "":
			wrong.Add("is missing: a goal has a name, as in first_response", "name")
		case names[g.Name]:
			wrong.Add(fmt.Sprintf("another goal is called %q, too", g.Name), "name")
		}
		names[g.Name] = true
		for _, r := range []role{{"start", g.Start, started}, {"stop", g.Stop, stopped}} {
			if why := env.CheckMetric(r.metric); r.metric != "" && why != "" {
				wrong.Add(why, r.key)
			}
		}
		if g.Start != "" || g.Stop != "" {
			checkDistinct(s.roles(&terms[i]), &wrong)
		}
		g.Target.validate(&wrong)
		checkCalendar(g.Calendar, env, &wrong)
		if terms[i].Target.none() && terms[i].DueTag == "" {
			wrong.Add("is missing: the goal has no target and no due_tag, and the definition has none for it", "target")
		}
		faults = append(faults, wrong.Under("goals", strconv.Itoa(i))...)
	}
	return faults
}

// Package sla is the KPI of cases held against a clock: resolved within 48
// hours, answered within four, by the deadline that came with the case. Clocks
// stop while a case is paused or its calendar is closed. The engine runs it, and
// asks it for the case view.
//
// It reads no clock and knows no transport. Every figure is a count of facts
// (see fact.go) that follow from the events of one case in the order of their
// own time (see machine.go).
package sla

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// goalTag is the pseudo-tag that tells the goals of a definition apart.
const goalTag = "goal"

// toTag of a change event is the new value of the target's tag.
const toTag = "to"

// Spec is what an SLA KPI says. An event name left empty is one that does not
// occur; start and stop must.
type Spec struct {
	// Start begins a cycle, Stop ends it, Reopen begins another one.
	Start  string `yaml:"start"`
	Stop   string `yaml:"stop"`
	Reopen string `yaml:"reopen"`
	// Pause stops the clock, Resume lets it run again.
	Pause  string `yaml:"pause"`
	Resume string `yaml:"resume"`
	// Cancel ends a cycle that is not to be counted.
	Cancel string `yaml:"cancel"`
	// Change gives the target's tag a new value, that of its tag `to`.
	Change string `yaml:"change"`
	// Key is the tag that identifies a case.
	Key string `yaml:"key"`

	// Target is how long a cycle may take.
	Target Target `yaml:"target"`
	// DueTag is the tag of the event that begins a cycle which holds its
	// deadline: ms since 1970 UTC, or RFC 3339.
	DueTag string `yaml:"due_tag"`
	// Calendar counts its open hours only; without one the clock always runs.
	Calendar string `yaml:"calendar"`
	// Goals are several clocks on each case, each with what it has of its own.
	Goals []Goal `yaml:"goals"`

	// Objective is the share of cycles that should be in time; 0 for none.
	Objective float64 `yaml:"objective"`
	// AtRisk is the share of the target that is left when a cycle is at risk.
	AtRisk float64 `yaml:"at_risk"`
	// Queue is the tag by which handling times are compared: a cycle with less
	// time left than its queue's median is at risk as well.
	Queue string `yaml:"queue"`
}

// Goal is one of several clocks. What it leaves out is that of the definition; one
// with a target or a due_tag of its own takes neither from there.
type Goal struct {
	Name     string `yaml:"name"`
	Start    string `yaml:"start"`
	Stop     string `yaml:"stop"`
	Target   Target `yaml:"target"`
	DueTag   string `yaml:"due_tag"`
	Calendar string `yaml:"calendar"`
}

// New is a spec with its defaults.
func New() *Spec {
	return &Spec{
		Start: "case.opened", Stop: "case.resolved", Reopen: "case.reopened", Pause: "case.paused", Resume: "case.resumed",
		Cancel: "case.cancelled", Change: "case.priority_changed", Key: "caseId", AtRisk: 0.25, Queue: "queue",
	}
}

// terms are the goals with everything settled; one without a name where the
// definition lists none.
func (s *Spec) terms() []Goal {
	whole := Goal{Start: s.Start, Stop: s.Stop, Target: s.Target, DueTag: s.DueTag, Calendar: s.Calendar}
	if len(s.Goals) == 0 {
		return []Goal{whole}
	}
	all := slices.Clone(s.Goals)
	for i := range all {
		g := &all[i]
		if g.Target.none() && g.DueTag == "" {
			g.Target, g.DueTag = s.Target, s.DueTag
		}
		g.Start, g.Stop, g.Calendar = or(g.Start, s.Start), or(g.Stop, s.Stop), or(g.Calendar, s.Calendar)
	}
	return all
}

func or(own, whole string) string {
	if own != "" {
		return own
	}
	return whole
}

// caseTags are the tags that cycles are told apart by: By without the
// pseudo-tag, and the queue.
func (s *Spec) caseTags(c *kpi.Common) []string {
	tags := slices.Clone(c.By)
	if len(s.Goals) > 0 {
		tags = slices.DeleteFunc(tags, func(key string) bool { return key == goalTag })
	}
	if s.Queue != "" && !slices.Contains(tags, s.Queue) {
		tags = append(tags, s.Queue)
	}
	return tags
}

// Reads implements kpi.Spec.
func (s *Spec) Reads(c *kpi.Common) kpi.Reads {
	r := kpi.Reads{Tags: append(s.caseTags(c), s.Key)}
	add := func(list *[]string, name string) {
		if name != "" && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for _, g := range s.terms() {
		for _, role := range s.roles(&g) {
			add(&r.Metrics, role.metric)
		}
		add(&r.Tags, g.DueTag)
		if g.Target.Tag != "" {
			add(&r.Tags, g.Target.Tag)
			add(&r.Tags, toTag)
		}
	}
	return r
}

// Describe implements kpi.Spec.
func (s *Spec) Describe(*kpi.Common) kpi.Description {
	var within []string
	for _, g := range s.terms() {
		text := fmt.Sprintf("%s %s %s", g.Stop, g.limit(), g.Start)
		if g.Name != "" {
			text = g.Name + ": " + text
		}
		if g.Calendar != "" {
			text += " in the hours of " + g.Calendar
		}
		within = append(within, text)
	}
	return kpi.Description{
		Unit: "ratio",
		Formula: "of the cycles whose deadline passed in the window, the share that ended by it; cycles open and overdue count as missed (" +
			strings.Join(within, "; ") + ")",
		Excludes: "cycles cancelled before their deadline; paused cycles, which have no deadline until they go on; " +
			"cycles without a deadline (withoutGoal); stops without a start (unmatched); events without the tag " + s.Key + " (withoutKey)",
	}
}

// limit says in words when a goal's cycles have to end.
func (g *Goal) limit() string {
	var texts []string
	if g.DueTag != "" {
		texts = append(texts, "by the instant in the tag "+g.DueTag+" of")
	}
	switch {
	case g.Target.none():
	case g.Target.Tag == "":
		texts = append(texts, fmt.Sprintf("within %v of", g.Target.Default))
	default:
		texts = append(texts, fmt.Sprintf("within the target of its %s after", g.Target.Tag))
	}
	return strings.Join(texts, ", otherwise ")
}

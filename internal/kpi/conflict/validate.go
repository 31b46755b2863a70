package conflict

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// role is an event by what it means here.
type role struct {
	key, metric string
	kind        uint8
}

func (s *Spec) roles() []role {
	return []role{
		{"edits", s.Edits, saved},
		{"edit_started", s.EditStarted, editStarted},
		{"edit_discarded", s.EditDiscarded, editEnded},
		{"edit_rejected", s.EditRejected, rejected},
		{"presence_started", s.PresenceStarted, present},
		{"presence_beat", s.PresenceBeat, present},
		{"presence_ended", s.PresenceEnded, absent},
		{"cleared", s.Cleared, cleared},
		{"assigned", s.Assigned, assigned},
	}
}

// Validate implements kpi.Spec.
func (s *Spec) Validate(c *kpi.Common, env *kpi.Env) (faults fault.List) {
	s.validateEvents(env, &faults)
	if s.Key == "" {
		faults.Add("is empty: name the tag that identifies a case, as in caseId", "key")
	}
	if s.Agent == "" {
		faults.Add("is empty: name the tag that identifies an agent, as in agentId", "agent")
	}
	if !slices.Contains(levelNames[:], s.Level) {
		faults.Add(fmt.Sprintf("%q is no level%s", s.Level, suggest.Near(s.Level, levelNames[:])), "level")
	}
	for _, d := range []struct {
		key   string
		span  units.Duration
		least time.Duration
	}{
		{"proxy_within", s.ProxyWithin, time.Second}, {"lease", s.Lease, time.Second},
		{"near_miss", s.NearMiss, 0}, {"edit_expiry", s.EditExpiry, time.Second},
	} {
		if span := time.Duration(d.span); span < d.least || span > longest {
			faults.Add(fmt.Sprintf("is %v: it is a length of time from %v to %v", d.span, d.least, units.Duration(longest)), d.key)
		}
	}
	if s.BotTag != "" && len(s.BotValues) == 0 {
		faults.Add("is empty: list the values of "+s.BotTag+" that mark a machine, as in [bot], or leave bot_tag empty", "bot_values")
	}
	if c.Window == 0 {
		c.Window = units.Duration(24 * time.Hour)
	}
	return faults
}

// longest bounds the times that conflicts are told by.
const longest = 366 * 24 * time.Hour

func (s *Spec) validateEvents(env *kpi.Env, faults *fault.List) {
	first := map[string]string{}
	for _, r := range s.roles() {
		if r.metric == "" && r.kind != saved {
			continue
		}
		if why := env.CheckMetric(r.metric); why != "" {
			faults.Add(why, r.key)
		}
		if other, twice := first[r.metric]; twice {
			faults.Add(fmt.Sprintf("is %s, as %s is: one event cannot do both", r.metric, other), r.key)
		}
		first[r.metric] = r.key
	}
}

// Reads implements kpi.Spec.
func (s *Spec) Reads(c *kpi.Common) kpi.Reads {
	r := kpi.Reads{Tags: slices.Clone(c.By)}
	for _, role := range s.roles() {
		if role.metric != "" {
			r.Metrics = append(r.Metrics, role.metric)
		}
	}
	for _, tag := range []string{
		s.Key, s.Agent, s.FromAgent, s.Session, s.EditID, s.Version, s.BaseVersion, s.Fields, s.ConflictID, s.BotTag,
	} {
		if tag != "" && !slices.Contains(r.Tags, tag) {
			r.Tags = append(r.Tags, tag)
		}
	}
	return r
}

// Describe implements kpi.Spec.
func (s *Spec) Describe(*kpi.Common) kpi.Description {
	what := map[string]string{
		levelNames[coPresence]: "two or more agents have a case open at once",
		levelNames[nearMiss]:   fmt.Sprintf("edits of one case by different agents overlap for more than %v", s.NearMiss),
		levelNames[averted]:    "a save is rejected because the case has changed",
		levelNames[confirmed]:  "an edit overwrites a version that its agent has not seen, of another agent and of the same fields",
		levelNames[proxy]:      fmt.Sprintf("different agents edit one case within %v (a proxy: nothing tells whether they were in each other's way)", s.ProxyWithin),
	}
	bots := []string{}
	if s.BotTag != "" {
		bots = append(bots, fmt.Sprintf("events whose tag %s is %s", s.BotTag, strings.Join(s.BotValues, ", ")))
	}
	if len(s.Bots) > 0 {
		bots = append(bots, "agents listed as bots")
	}
	excludes := "an agent against themselves; edits by whom the case was just handed to; events without " + s.Key + " or " + s.Agent
	if len(bots) > 0 {
		excludes += "; " + strings.Join(bots, " and ")
	}
	return kpi.Description{
		Unit: "ratio",
		Formula: fmt.Sprintf("%s episodes begun in the window / distinct cases edited in it; an episode begins when %s, and goes on across gaps of up to %v",
			s.Level, what[s.Level], s.ProxyWithin),
		Excludes: excludes,
	}
}

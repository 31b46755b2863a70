// Package detect has the alert rules that come ready made: SLO burn rates, cases
// that breach their SLA or are about to, spikes of conflicts, drifts of
// satisfaction, anomalies against the same hour of past weeks, and breaches that
// a forecast sees coming. Each is configured, not programmed.
//
// A detector judges what the KPI engine knows as of an instant. What it says
// follows from the facts and the instant alone; of what it said before it keeps
// only what `for`, `keep_firing_for` and `hysteresis` ask for, which it finds out
// again by judging the last instants once more. So a backtest over the past gives
// what was given live.
//
// It must not know HTTP, the log or the database, and reads no clock. The app
// makes the groups, package rules runs them.
package detect

import (
	"context"
	"math"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

// Source is where KPIs are asked; *engine.Engine is one.
type Source interface {
	Get(name string) (engine.Listed, error)
	Value(q engine.Question) (engine.Answer, error)
	History(ctx context.Context, q engine.Question, span engine.Span) (engine.Answer, []engine.Course, error)
	Cases(name string, q kpi.CaseQuery) (engine.Answer, []kpi.CaseRow, error)
	Conflicts(at int64) []engine.Conflict
}

var _ Source = (*engine.Engine)(nil)

// New makes a group of each entry. Validate found no fault in the section before;
// calendars are those of the configuration, by name.
func New(c Config, source Source, calendars map[string]*calendar.Calendar) []rules.Group {
	groups := make([]rules.Group, 0, len(c))
	for _, e := range c {
		if e.Spec != nil {
			groups = append(groups, newGroup(e, source, calendars))
		}
	}
	return groups
}

// detector judges one entry.
type detector interface {
	// judge gives the series that meet the condition as of an instant, or come as
	// near to it as `least` says: 1 is to meet it.
	judge(ctx context.Context, t int64, least float64) ([]finding, error)
	// looks are the instants at which it judges.
	looks() looks
}

// looks are instants at which a detector judges: they depend on the
// configuration alone, so that it does not matter when somebody asks.
type looks interface {
	// last is the latest one that is not after t.
	last(t int64) int64
	// next is the first one after t.
	next(t int64) int64
	// period is how far apart they are as a rule, in ms.
	period() int64
}

// grid is every multiple of a length of time.
type grid int64

func (g grid) last(t int64) int64 { return floor(t, int64(g)) }
func (g grid) next(t int64) int64 { return g.last(t) + int64(g) }
func (g grid) period() int64      { return int64(g) }

// floor is the greatest multiple of step that is not after t.
func floor(t, step int64) int64 {
	rest := t % step
	if rest < 0 {
		rest += step
	}
	return t - rest
}

// anytime is every instant: for conditions that are exact at each.
type anytime struct{}

func (anytime) last(t int64) int64 { return t }
func (anytime) next(int64) int64   { return math.MaxInt64 }
func (anytime) period() int64      { return 1 }

// immediate is a detector some of whose conditions, once met, stay so whatever
// else comes in: these are judged at whatever instant somebody asks, too.
type immediate interface {
	judgeNow(ctx context.Context, t int64) ([]finding, error)
	// hurries is false where judgeNow never finds anything.
	hurries() bool
}

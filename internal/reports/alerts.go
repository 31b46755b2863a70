package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// Firings are the alerts that stood within the span.
type Firings struct {
	Series int `json:"series" doc:"How many alerts stood at some time of the span."`
	// Standing counts those that stood at its end.
	Standing int      `json:"standing" doc:"How many of them stood at its end."`
	Shown    []Firing `json:"shown" nullable:"false" doc:"The worst of them, then those that stood longest; 20 at most."`
	Cut      bool     `json:"cut" doc:"Whether there were more changes of state than are read: then early ones are left out."`
}

// Firing is how one alert, a series of a rule, stood within the span.
type Firing struct {
	Kind       string            `json:"kind"`
	Rule       string            `json:"rule"`
	Metric     string            `json:"metricName"`
	Tags       map[string]string `json:"tags"`
	Worst      string            `json:"worst" enum:"warning,critical"`
	Times      int               `json:"times" doc:"How often it began; once where it stood already."`
	DurationMs int64             `json:"durationMs" doc:"How long it stood, within the span."`
	CriticalMs int64             `json:"criticalMs" doc:"How long of that it was critical."`
	Standing   bool              `json:"standing" doc:"Whether it stood at the end."`
	Earlier    bool              `json:"earlier" doc:"Whether it stood already when the span began."`
	LastID     string            `json:"lastId" doc:"Its last change of state up to the end, or where it stood throughout a known one: see /api/alerts/{id}."`
}

// mostChanges bounds how many changes of state are read for a summary.
const mostChanges = 20_000

func (s Sources) firings(ctx context.Context, of *Summary) (Firings, error) {
	// Those after the span tell how series stood at its end that did not change within.
	changes, cut, err := s.changes(ctx, of.From)
	if err != nil {
		return Firings{}, err
	}
	latest, err := s.Alerts.LatestAlerts(ctx, math.MaxInt64/1000)
	if err != nil {
		return Firings{}, err
	}
	slices.Reverse(changes) // they come newest first
	all := map[string]*course{}
	for _, t := range changes {
		add(all, t)
	}
	for _, t := range latest {
		if t.At < of.From {
			add(all, t)
		}
	}
	out := Firings{Shown: []Firing{}, Cut: cut}
	for _, c := range all {
		if f, stood := c.within(of.From, of.To); stood {
			out.Shown = append(out.Shown, f)
			if f.Standing {
				out.Standing++
			}
		}
	}
	out.Series = len(out.Shown)
	slices.SortFunc(out.Shown, worseFirst)
	out.Shown = out.Shown[:min(len(out.Shown), shownAtMost)]
	return out, nil
}

// changes are those judged at from or later, as many as are read at most.
func (s Sources) changes(ctx context.Context, from int64) (all []alert.Transition, cut bool, err error) {
	q := store.AlertQuery{From: from, To: math.MaxInt64, Limit: 5000}
	for len(all) < mostChanges {
		page, err := s.Alerts.FindAlerts(ctx, q)
		if err != nil {
			return nil, false, err
		}
		all = append(all, page...)
		if len(page) < q.Limit {
			return all, false, nil
		}
		q.Before = &page[len(page)-1].Position
	}
	return all, true, nil
}

// course is how one series went, in order of time.
type course struct {
	first   alert.Transition
	changes []alert.Transition
}

func add(all map[string]*course, t alert.Transition) {
	key := t.SeriesKey()
	c := all[key]
	if c == nil {
		c = &course{first: t}
		all[key] = c
	}
	c.changes = append(c.changes, t)
}

// within sums up how the series stood in [from, to).
func (c *course) within(from, to int64) (f Firing, stood bool) {
	state, since := c.first.Previous, from
	if c.first.At < from {
		state = c.first.State
	}
	f = Firing{
		Kind: c.first.Kind, Rule: c.first.Rule, Metric: c.first.Metric, Tags: event.TagMap(c.first.Tags),
		Earlier: fires(state), LastID: c.first.Position.String(),
	}
	if f.Earlier {
		f.Times = 1
	}
	worst := alert.OK
	count := func(until int64) {
		if !fires(state) {
			return
		}
		f.DurationMs += until - since
		worst = worse(worst, state)
		if state == alert.Critical {
			f.CriticalMs += until - since
		}
	}
	for _, t := range c.changes {
		if t.At < from {
			continue
		}
		if t.At >= to {
			break
		}
		count(t.At)
		if fires(t.State) && !fires(state) {
			f.Times++
		}
		state, since, f.LastID = t.State, t.At, t.Position.String()
		worst = worse(worst, state)
	}
	count(to)
	f.Standing, f.Worst = fires(state), string(worst)
	return f, worst != alert.OK
}

func fires(s alert.State) bool { return s == alert.Warning || s == alert.Critical }

func worse(a, b alert.State) alert.State {
	if b == alert.Critical || a == alert.OK && fires(b) {
		return b
	}
	return a
}

func worseFirst(a, b Firing) int {
	return cmp.Or(
		cmp.Compare(a.Worst, b.Worst), // critical stands before warning
		cmp.Compare(b.DurationMs, a.DurationMs),
		strings.Compare(a.Rule, b.Rule), strings.Compare(a.LastID, b.LastID))
}

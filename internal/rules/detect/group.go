package detect

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

// overflowTag marks the alert that stands for all beyond max_series.
const overflowTag = "overflow"

// group is one detector at work. It implements rules.Group.
type group struct {
	entry    Entry
	source   Source
	detector detector
	interval time.Duration
	least    float64

	// held is of the looks before the latest one, which is still open. Both are of
	// the goroutine that evaluates.
	held holder
	open *look

	mu     sync.Mutex
	status rules.Status
}

func newGroup(e Entry, source Source, calendars map[string]*calendar.Calendar) *group {
	g := &group{
		entry: e, source: source, interval: time.Second, least: 1,
		detector: e.Spec.detector(options{e.Common, source, calendars}),
		status:   rules.Status{Rule: e.Name, Kind: e.Type, Text: string(e.Source), Hash: e.hash(), State: "inactive"},
	}
	if h := e.Spec.holding(); h != nil {
		g.interval, g.least = time.Duration(h.Every), 1-h.Hysteresis
		g.held = holder{forMs: ms(h.For), keep: ms(h.KeepFiringFor), memory: h.memory(g.detector.looks().period())}
	}
	return g
}

// Name implements rules.Group.
func (g *group) Name() string { return "detectors;" + g.entry.Name }

// Reads implements rules.Group: the KPI and the events that it is made from.
func (g *group) Reads() []string {
	reads := []string{g.entry.KPI}
	if l, err := g.source.Get(g.entry.KPI); err == nil {
		reads = append(reads, l.Definition.Spec.Reads(&l.Definition.Common).Metrics...)
	}
	return reads
}

// Interval implements rules.Group.
func (g *group) Interval() time.Duration { return g.interval }

// Rules implements rules.Group.
func (g *group) Rules() []rules.Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	return []rules.Status{g.status}
}

// Evaluate implements rules.Group.
func (g *group) Evaluate(ctx context.Context, at int64) ([]alert.Transition, error) {
	firing, pending, err := g.standing(ctx, at)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status.At, g.status.Error = at, ""
	if err != nil {
		err = fmt.Errorf("detector %s: %w", g.entry.Name, err)
		g.status.Error = err.Error()
		return nil, err
	}
	all := g.transitions(firing, at)
	g.status.Firing, g.status.Pending, g.status.State = len(all), pending, "inactive"
	if pending > 0 {
		g.status.State = "pending"
	}
	if len(all) > 0 {
		g.status.State = "firing"
	}
	return all, nil
}

// standing is what fires as of at, and how many series wait.
func (g *group) standing(ctx context.Context, at int64) (map[string]finding, int, error) {
	last := g.detector.looks().last(at)
	if o := g.open; o == nil || o.t != last || at < o.at || at-o.at >= g.interval.Milliseconds() {
		if err := g.look(ctx, last, at); err != nil {
			return nil, 0, err
		}
	}
	firing, pending := g.held.with(g.open).standing()
	now, ok := g.detector.(immediate)
	if !ok || g.held.forMs > 0 {
		return firing, pending, nil
	}
	found, err := now.judgeNow(ctx, at)
	if err != nil {
		return nil, 0, err
	}
	for _, f := range found {
		f.level, f.since = cmp.Or(f.level, g.entry.Severity), cmp.Or(f.since, at)
		worst(firing, string(f.level)+"\x00"+event.TagsKey(f.tags), f)
	}
	return firing, pending, nil
}

// look judges the looks up to the last one that were not judged yet, and that one
// in any case.
func (g *group) look(ctx context.Context, last, at int64) error {
	switch {
	case g.open == nil || g.open.t == last:
	case g.open.t < last:
		g.held.take(g.open.t, g.open.found)
		g.open = nil
	default: // time goes back
		g.held.begun, g.open = false, nil
	}
	looks := g.detector.looks()
	for _, t := range instants(looks, g.held.start(last, looks), last) {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := g.detector.judge(ctx, t, g.least)
		if err != nil {
			return err
		}
		for i := range found {
			found[i].level = cmp.Or(found[i].level, g.entry.Severity)
		}
		if t == last {
			g.open = &look{t, at, found}
			return nil
		}
		g.held.take(t, found)
	}
	return nil
}

// transitions are what fires, the longest first, and one for what is beyond the
// bound. Who came first keeps the place, so that alerts do not take turns.
func (g *group) transitions(firing map[string]finding, at int64) []alert.Transition {
	found := make([]finding, 0, len(firing))
	for _, f := range firing {
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.order, a.since), cmp.Or(b.order, b.since)), slices.CompareFunc(a.tags, b.tags, func(x, y event.Tag) int {
			return cmp.Or(strings.Compare(x.Key, y.Key), strings.Compare(x.Value, y.Value))
		}))
	})
	if beyond := len(found) - g.entry.MaxSeries; beyond > 0 {
		found = append(found[:g.entry.MaxSeries], g.overflow(found[g.entry.MaxSeries:]))
	}
	all := make([]alert.Transition, 0, len(found))
	for i := range found {
		all = append(all, g.transition(&found[i], at))
	}
	return all
}

// overflow is one finding for many.
func (g *group) overflow(beyond []finding) finding {
	f := finding{
		tags: []event.Tag{{Key: overflowTag, Value: "true"}}, level: alert.Warning, value: float64(len(beyond)), n: int64(len(beyond)),
		since:     beyond[0].since,
		condition: fmt.Sprintf("%d more series beyond the first %d", len(beyond), g.entry.MaxSeries),
		evidence:  beyond[0].evidence,
	}
	for i := range beyond {
		if beyond[i].level == alert.Critical {
			f.level = alert.Critical
		}
	}
	f.summary = fmt.Sprintf("%s: %s (max_series)", g.entry.Name, f.condition)
	return f
}

func (g *group) transition(f *finding, at int64) alert.Transition {
	t := alert.Transition{
		Kind: g.entry.Type, Rule: g.entry.Name, Metric: g.entry.KPI, Tags: f.tags, State: f.level,
		Value: f.value, N: f.n, At: at, Timestamp: at, Since: f.since, Condition: f.condition, Provisional: f.provisional,
		Annotations: []event.Tag{{Key: "summary", Value: f.summary}},
	}
	if math.IsNaN(t.Value) || math.IsInf(t.Value, 0) {
		t.Value = 0 // a transition's value is a number in JSON; the condition says what is missing
	}
	if f.evidence != nil {
		f.evidence.Rule, f.evidence.Text = g.status.Hash, g.entry.Source
		t.Timestamp = f.evidence.At
		t.Evidence, _ = json.Marshal(f.evidence) // texts and numbers only
	}
	return t
}

package promql

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// ErrNotReady says that a KPI has no values yet because it still reads history.
var ErrNotReady = errors.New("the KPI still reads history; it can be asked once that is done")

// Evaluator is the KPI engine.
type Evaluator interface {
	List() []engine.Listed
	Get(name string) (engine.Listed, error)
	History(ctx context.Context, q engine.Question, span engine.Span) (engine.Answer, []engine.Course, error)
}

// KPIs gives the values of KPIs as samples. A sample at t is the value as of t,
// events of that very millisecond included, over the window of the definition.
type KPIs struct {
	engine               Evaluator
	lookback, resolution int64
	max                  int
}

// NewKPIs makes a reader of KPIs.
func NewKPIs(e Evaluator, c Config) *KPIs {
	return &KPIs{e, time.Duration(c.Lookback).Milliseconds(), time.Duration(c.Resolution).Milliseconds(), c.MaxSamples}
}

// names lists the KPIs that the matchers match.
func (k *KPIs) names(matchers []*labels.Matcher) (names []string) {
	if name, exact := exactName(matchers); exact {
		if _, err := k.engine.Get(name); err == nil {
			names = append(names, name)
		}
		return names
	}
	for _, l := range k.engine.List() {
		if nameMatches(l.Name, matchers) {
			names = append(names, l.Name)
		}
	}
	return names
}

// read gives the series of one KPI: its total, which has no tags, and one for
// each group of those of its tags that the matchers do not demand to be absent.
func (k *KPIs) read(ctx context.Context, name string, from, to int64, h *storage.SelectHints, matchers []*labels.Matcher) ([]series, error) {
	listed, err := k.engine.Get(name)
	if err != nil {
		return nil, err
	}
	a := answers{name: name, by: grouping(listed.Definition, matchers), matchers: matchers, lines: map[string]*line{}}
	for _, span := range k.spans(from, to, h) {
		q := engine.Question{KPI: name, Window: time.Duration(listed.Definition.Window), By: a.by, Now: to + 1}
		answer, courses, err := k.engine.History(ctx, q, span)
		switch {
		case err != nil:
			return nil, err
		case !answer.Ready:
			return nil, fmt.Errorf("%s: %w", name, ErrNotReady)
		}
		if err := a.add(courses, span, k.max); err != nil {
			return nil, err
		}
	}
	return a.series(gridOf(h)), nil
}

// grouping are the tags that the series of a selection may have.
func grouping(d *kpi.Definition, matchers []*labels.Matcher) (by []string) {
	for _, key := range d.By {
		absent := slices.ContainsFunc(matchers, func(m *labels.Matcher) bool {
			return m.Name == key && m.Type == labels.MatchEqual && m.Value == ""
		})
		if !absent {
			by = append(by, key)
		}
	}
	return by
}

// spans are the instants in [from, to] at which a selector needs a KPI. A point
// of a span stands for the instant that is its step less a millisecond later:
// values are as things stood just before the end of a step.
func (k *KPIs) spans(from, to int64, h *storage.SelectHints) (spans []engine.Span) {
	every := func(first, last, step int64) {
		if first <= last {
			spans = append(spans, engine.Span{From: first - step + 1, To: last - step + 2, Step: time.Duration(step) * time.Millisecond})
		}
	}
	aligned := func(first, last, step int64) { every(first+mod(-first, step), last, step) }
	switch {
	case h == nil || h.Range == 0 && h.Step == 0:
		every(to, to, 1)
	case h.Range == 0:
		first := from + k.lookback - 1
		if first > to {
			first = from
		}
		every(first+mod(to-first, h.Step), to, h.Step)
		if mod(to, h.Step) != 0 {
			aligned(from, to, h.Step) // where a subquery looks
		}
	default:
		aligned(from, to, k.resolution)
		if mod(to, k.resolution) != 0 {
			every(to, to, 1)
		}
	}
	return spans
}

func mod(a, n int64) int64 { return ((a % n) + n) % n }

// answers collects the values of a KPI as lines.
type answers struct {
	name     string
	by       []string
	matchers []*labels.Matcher
	lines    map[string]*line
	count    int
	instants []int64 // asked about
}

func (a *answers) add(courses []engine.Course, span engine.Span, most int) error {
	step := span.Step.Milliseconds()
	for t := span.From; t < span.To; t += step {
		a.instants = append(a.instants, t+step-1)
	}
	for i, c := range courses {
		l := a.line(c.Tags, i == 0)
		if l == nil {
			continue
		}
		points := make([]point, 0, len(c.Points))
		for _, p := range c.Points {
			if !math.IsNaN(p.Value) {
				points = append(points, point{p.T + step - 1, p.Value})
			}
		}
		if len(points) > 0 {
			l.add(points)
		}
		if a.count += len(points); a.count > most {
			return fmt.Errorf("%s has more than %d samples there: ask for a longer step, a shorter range or fewer groups", a.name, most)
		}
	}
	return nil
}

// line finds the line of a group, nil where the matchers do not match it. What
// has none of the tags is not told from the total and left out.
func (a *answers) line(tags []event.Tag, total bool) *line {
	b := labels.NewScratchBuilder(len(tags) + 1)
	b.Add(model.MetricNameLabel, a.name)
	some := total
	for _, t := range tags {
		if t.Value != "" {
			b.Add(t.Key, t.Value)
			some = true
		}
	}
	if !some {
		return nil
	}
	b.Sort()
	l := b.Labels()
	if !matches(l, a.matchers) {
		return nil
	}
	key := l.String()
	if a.lines[key] == nil {
		a.lines[key] = &line{labels: l}
	}
	return a.lines[key]
}

// series are the lines that have samples, sorted.
func (a *answers) series(g grid) (all []series) {
	slices.Sort(a.instants)
	for _, l := range a.lines {
		if len(l.times) > 0 {
			all = append(all, series{l.ended(a.instants), g})
		}
	}
	sortSeries(all)
	return all
}

// ended marks where a line stops having values among the instants asked about,
// so that the engine takes no older value for them.
func (l *line) ended(instants []int64) line {
	marked := line{labels: l.labels}
	for _, t := range instants {
		n := len(marked.times)
		switch {
		case len(l.times) > 0 && l.times[0] == t:
			marked.times, marked.values = append(marked.times, t), append(marked.values, l.values[0])
			l.times, l.values = l.times[1:], l.values[1:]
		case n > 0 && !value.IsStaleNaN(marked.values[n-1]):
			marked.times, marked.values = append(marked.times, t), append(marked.values, math.Float64frombits(value.StaleNaN))
		}
	}
	return marked
}

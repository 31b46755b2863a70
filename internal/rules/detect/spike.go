package detect

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/conflict"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// ConflictSpike alerts where more conflicts began within a window than its own
// past lets expect, by the tail of a Poisson or, where the past varies more than
// that, a negative binomial distribution; see expect. With longer_than it alerts
// on conflicts that stay open instead. The level is that of the KPI.
type ConflictSpike struct {
	Holding
	By     []string       `yaml:"by"`
	Window units.Duration `yaml:"window"`
	// History is how far back the windows are that it is held against.
	History units.Duration `yaml:"history"`
	// Measure is count, or rate: conflicts by the cases edited.
	Measure string `yaml:"measure"`
	// Probability is how improbable so many must be.
	Probability float64 `yaml:"probability"`
	// MinCount leaves fewer conflicts than this unjudged.
	MinCount int64 `yaml:"min_count"`
	// LongerThan alerts on conflicts open for longer.
	LongerThan units.Duration `yaml:"longer_than"`
}

const (
	count = "count"
	rate  = "rate"
)

func newConflictSpike() *ConflictSpike {
	return &ConflictSpike{
		Holding: Holding{Every: units.Duration(10 * time.Second)}, Window: units.Duration(time.Hour), History: units.Duration(7 * 24 * time.Hour),
		Measure: count, Probability: 0.001, MinCount: 3,
	}
}

func (s *ConflictSpike) holding() *Holding { return &s.Holding }

const mostWindows = 1000

func (s *ConflictSpike) validate(_ *Common, d *kpi.Definition, _ *kpi.Env) (faults fault.List) {
	faults = s.check(s.Every)
	checkBy(s.By, d, &faults)
	if d != nil {
		if _, ok := d.Spec.(*conflict.Spec); !ok {
			faults.Add(fmt.Sprintf("%s is of type %s: name a KPI of type conflict", d.Name, d.Type), "kpi")
		}
	}
	checkLength("window", s.Window, time.Minute, 31*24*time.Hour, &faults)
	if n := s.History / max(s.Window, 1); n < 4 || n > mostWindows {
		faults.Add(fmt.Sprintf("is %d windows: write how far back to look, from 4 to %d of them", n, mostWindows), "history")
	}
	if s.Measure != count && s.Measure != rate {
		faults.Add(fmt.Sprintf("%q is no measure: write count or rate", s.Measure), "measure")
	}
	if !(s.Probability > 0 && s.Probability <= 0.5) {
		faults.Add(fmt.Sprintf("is %v: write a probability above 0 and up to 0.5, as in 0.001", s.Probability), "probability")
	}
	if s.MinCount < 1 {
		faults.Add(fmt.Sprintf("is %d: write a number of conflicts, 1 at least", s.MinCount), "min_count")
	}
	if s.LongerThan < 0 {
		faults.Add("a duration cannot be negative", "longer_than")
	}
	if s.LongerThan > 0 && len(s.By) > 0 {
		faults.Add("conflicts that stay open are told of together: leave one of `by` and `longer_than` out", "by")
	}
	return faults
}

func (s *ConflictSpike) detector(o options) detector {
	if s.LongerThan > 0 {
		return &openConflicts{s, o}
	}
	return &spike{ConflictSpike: s, options: o}
}

// spike is a ConflictSpike at work.
type spike struct {
	*ConflictSpike
	options
	// past are the windows before `before`, which go with the clock by whole windows.
	past   []*course
	before int64
}

func (s *spike) looks() looks { return grid(ms(s.Every)) }

// SpikeFigures is the evidence of a spike.
type SpikeFigures struct {
	Expected   float64 `json:"expected"`
	Dispersion float64 `json:"dispersion"`
	// Probability of as many or more, and the least count that is less probable
	// than the rule asks for.
	Probability float64 `json:"probability"`
	Limit       int64   `json:"limit"`
	// Cases were edited in the window.
	Cases int64 `json:"cases"`
}

// judge implements detector. The ratio is that of the count to its limit.
func (s *spike) judge(ctx context.Context, t int64, least float64) ([]finding, error) {
	a, now, err := s.source.History(ctx, engine.Question{KPI: s.KPI, By: s.By, Now: t},
		engine.Span{From: t - ms(s.Window), To: t, Step: time.Duration(s.Window)})
	if err := ready(&a, err); err != nil {
		return nil, err
	}
	if err := s.look(ctx, t); err != nil {
		return nil, err
	}
	past := map[string]*course{}
	for _, c := range s.past {
		past[event.TagsKey(c.tags)] = c
	}
	var found []finding
	for _, c := range groupsOf(now, s.By) {
		if len(c.Points) == 0 {
			continue
		}
		p := c.Points[0]
		begun := episodes(p.Value, p.N)
		base := past[event.TagsKey(c.Tags)]
		if begun < s.MinCount || base == nil {
			continue
		}
		e := s.expected(base, p.N)
		f := SpikeFigures{Expected: e.mean, Dispersion: e.dispersion, Probability: e.atLeast(begun), Limit: max(s.MinCount, e.limit(s.Probability)), Cases: p.N}
		ratio := float64(begun) / float64(f.Limit)
		if math.IsNaN(e.mean) || ratio < least {
			continue
		}
		one := finding{tags: present(c.Tags), ratio: ratio, value: float64(begun), n: p.N}
		one.condition = fmt.Sprintf("%d conflicts within %v against %s expected from %v before (as many by chance: %s)",
			begun, s.Window, kpi.Number(e.mean), s.History, kpi.Number(f.Probability))
		one.summary = fmt.Sprintf("%s%s: %s", a.Definition.Label(), within(one.tags), one.condition)
		one.evidence = evidence(&a, t, Span{t - ms(s.Window), t}, &one)
		one.evidence.Base = &Span{s.before - ms(s.History), s.before}
		one.evidence.Figures, one.evidence.Values = f, lastValues(base.readings(s.before-ms(s.History), ms(s.Window)))
		found = append(found, one)
	}
	return found, nil
}

// look reads the windows of the past. They are whole ones since 1970, so that
// they are read once a window and not at each look.
func (s *spike) look(ctx context.Context, t int64) error {
	before := floor(t-ms(s.Window), ms(s.Window))
	if s.past != nil && before == s.before {
		return nil
	}
	span := engine.Span{From: before - ms(s.History)/ms(s.Window)*ms(s.Window), To: before, Step: time.Duration(s.Window)}
	_, past, err := read(ctx, s.source, engine.Question{KPI: s.KPI, By: s.By, Now: t}, span)
	if err != nil {
		return err
	}
	s.past, s.before = past, before
	return nil
}

// expected is how many conflicts the past lets expect of so many cases edited.
func (s *spike) expected(base *course, cases int64) expectation {
	counts, exposures, exposure := make([]float64, len(base.values)), make([]float64, len(base.values)), 1.0
	for i, v := range base.values {
		counts[i], exposures[i] = float64(episodes(v, base.ns[i])), 1
		if s.Measure == rate {
			exposures[i] = float64(base.ns[i])
		}
	}
	if s.Measure == rate {
		exposure = float64(cases)
	}
	return expect(counts, exposures, exposure)
}

// episodes is how many began, where the KPI's value is their number by that of
// the cases edited.
func episodes(value float64, cases int64) int64 {
	if math.IsNaN(value) {
		return 0
	}
	return int64(math.Round(value * float64(cases)))
}

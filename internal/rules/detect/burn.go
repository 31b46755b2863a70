package detect

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// BurnRate alerts where the error budget of an objective is used up too fast:
// over a long window, so that it matters, and over a short one, so that it goes
// on (Beyer et al., The Site Reliability Workbook, O'Reilly 2018, chapter 5,
// "multiwindow, multi-burn-rate alerts"). A burn rate of 1 uses the budget up
// exactly at the end of the objective's period.
type BurnRate struct {
	Holding
	// By are tags of the KPI; each combination of values is judged on its own.
	By []string `yaml:"by"`
	// Objective is the share that should be good; by default the KPI's own.
	Objective *float64 `yaml:"objective"`
	// Windows are judged each on its own; those of the Workbook for 30 days where
	// none are given.
	Windows []BurnWindow `yaml:"windows"`
	// MinN leaves a long window of fewer things unjudged: with little traffic one
	// failure would use the budget of hours.
	MinN int64 `yaml:"min_n"`
}

// BurnWindow is a pair of windows.
type BurnWindow struct {
	Long  units.Duration `yaml:"long"`
	Short units.Duration `yaml:"short"`
	// Burn is the rate that both must exceed.
	Burn     float64     `yaml:"burn"`
	Severity alert.State `yaml:"severity"`
}

const defaultBurnN = 30

func newBurnRate() *BurnRate {
	return &BurnRate{Holding: Holding{Every: units.Duration(time.Minute)}, MinN: defaultBurnN}
}

func (b *BurnRate) holding() *Holding { return &b.Holding }

func (b *BurnRate) windows() []BurnWindow {
	if len(b.Windows) == 0 {
		return workbook()
	}
	return b.Windows
}

func (b *BurnRate) validate(_ *Common, d *kpi.Definition, _ *kpi.Env) (faults fault.List) {
	faults = b.check(b.Every)
	checkBy(b.By, d, &faults)
	if b.MinN < 1 {
		faults.Add(fmt.Sprintf("is %d: write how many things the long window must hold, 1 at least", b.MinN), "min_n")
	}
	if o := b.Objective; o != nil && !(*o > 0 && *o < 1) {
		faults.Add(fmt.Sprintf("is %v: write a share above 0 and below 1, as in 0.9; an objective of 1 leaves no budget to use up", *o), "objective")
	}
	if d != nil {
		own, isShare := objectiveOf(d)
		switch {
		case !isShare:
			faults.Add(fmt.Sprintf("%s is of type %s, whose value is no share of things that went well: burn_rate is for sla, call_service_level, and satisfaction by csat5", d.Name, d.Type), "kpi")
		case b.Objective == nil && !(own > 0 && own < 1):
			faults.Add(fmt.Sprintf("%s has no objective between 0 and 1: give it one, or write `objective` here", d.Name), "kpi")
		}
	}
	for i, w := range b.Windows {
		faults = append(faults, w.validate().Under("windows", fmt.Sprint(i))...)
	}
	if len(faults) == 0 {
		b.checkReach(d, &faults)
	}
	return faults
}

func (w *BurnWindow) validate() (faults fault.List) {
	checkLength("long", w.Long, time.Minute, 366*24*time.Hour, &faults)
	if w.Short <= 0 || w.Short >= w.Long {
		faults.Add(fmt.Sprintf("is %v: it lies within the long one, a twelfth as a rule", w.Short), "short")
	}
	if !(w.Burn > 0) || math.IsInf(w.Burn, 0) {
		faults.Add(fmt.Sprintf("is %v: write how many times too fast the budget is used up, as in 14.4", w.Burn), "burn")
	}
	if w.Severity != "" && w.Severity != alert.Warning && w.Severity != alert.Critical {
		faults.Add(fmt.Sprintf("%q is no severity: write warning or critical", w.Severity), "severity")
	}
	return faults
}

func (b *BurnRate) detector(o options) detector { return &burning{BurnRate: b, options: o} }

type burning struct {
	*BurnRate
	options
}

func (b *burning) looks() looks { return grid(ms(b.Every)) }

// BurnFigures is the evidence of a burn rate.
type BurnFigures struct {
	Objective float64 `json:"objective"`
	// Limit is the burn rate that both windows exceed.
	Limit float64    `json:"limit"`
	Long  BurnFigure `json:"long"`
	Short BurnFigure `json:"short"`
}

// BurnFigure is the burn rate of one window.
type BurnFigure struct {
	Window string  `json:"window"`
	Value  Number  `json:"value"`
	N      int64   `json:"n"`
	Burn   float64 `json:"burn"`
}

// judge implements detector. Of several windows of one level that meet their
// condition, the first one counts.
func (b *burning) judge(ctx context.Context, t int64, least float64) ([]finding, error) {
	asked := map[units.Duration]looked{}
	best := map[string]finding{}
	for _, w := range b.windows() {
		long, err := b.ask(ctx, asked, w.Long, t)
		if err != nil {
			return nil, err
		}
		short, err := b.ask(ctx, asked, w.Short, t)
		if err != nil {
			return nil, err
		}
		objective, err := b.objective(&long.answer)
		if err != nil {
			return nil, err
		}
		for key, l := range long.series {
			s := short.series[key]
			if l.N < b.MinN || s.N < 1 || math.IsNaN(l.Value) || math.IsNaN(s.Value) {
				continue
			}
			f := BurnFigures{
				Objective: objective, Limit: w.Burn,
				Long:  BurnFigure{w.Long.String(), Number(l.Value), l.N, (1 - l.Value) / (1 - objective)},
				Short: BurnFigure{w.Short.String(), Number(s.Value), s.N, (1 - s.Value) / (1 - objective)},
			}
			ratio := min(f.Long.Burn, f.Short.Burn) / w.Burn
			w.Severity = cmp.Or(w.Severity, b.Severity)
			place := string(w.Severity) + key
			if was, ok := best[place]; ratio < least || ok && was.ratio >= min(ratio, 1) {
				continue
			}
			best[place] = b.finding(&long.answer, t, w, l, f, ratio)
		}
	}
	found := make([]finding, 0, len(best))
	for _, f := range best {
		found = append(found, f)
	}
	return found, nil
}

// looked is a window with its series by their key.
type looked struct {
	answer engine.Answer
	series map[string]kpi.Series
}

// ask looks at a window, once each.
func (b *burning) ask(ctx context.Context, asked map[units.Duration]looked, window units.Duration, t int64) (looked, error) {
	if known, ok := asked[window]; ok {
		return known, nil
	}
	a, courses, err := b.source.History(ctx, engine.Question{KPI: b.KPI, By: b.By, Now: t},
		engine.Span{From: t - ms(window), To: t, Step: time.Duration(window)})
	if err := ready(&a, err); err != nil {
		return looked{}, err
	}
	l := looked{a, make(map[string]kpi.Series, len(courses))}
	for _, c := range groupsOf(courses, b.By) {
		if len(c.Points) > 0 {
			l.series[event.TagsKey(c.Tags)] = kpi.Series{Tags: c.Tags, Value: c.Points[0].Value, N: c.Points[0].N}
		}
	}
	asked[window] = l
	return l, nil
}

func (b *burning) objective(a *engine.Answer) (float64, error) {
	if b.Objective != nil {
		return *b.Objective, nil
	}
	own, _ := objectiveOf(a.Definition)
	if !(own > 0 && own < 1) {
		return 0, fmt.Errorf("%s no longer has an objective between 0 and 1", a.Definition.Name)
	}
	return own, nil
}

func (b *burning) finding(a *engine.Answer, t int64, w BurnWindow, l kpi.Series, figures BurnFigures, ratio float64) finding {
	words := a.Definition.Words()
	f := finding{
		tags: present(l.Tags), level: w.Severity, ratio: ratio, value: figures.Long.Burn, n: l.N, provisional: a.Watermark < t-lagAllowed,
		condition: fmt.Sprintf("burn rate %s over %v and %s over %v, both above %s: %s of %d against an objective of %s",
			kpi.Number(figures.Long.Burn), w.Long, kpi.Number(figures.Short.Burn), w.Short, kpi.Number(w.Burn), words.Value(l.Value), l.N, words.Value(figures.Objective)),
	}
	f.summary = fmt.Sprintf("%s%s uses up its error budget %s times too fast", words.Title, within(f.tags), kpi.Number(figures.Long.Burn))
	f.evidence = evidence(a, t, Span{t - ms(w.Long), t}, &f)
	f.evidence.Figures = figures
	return f
}

// lagAllowed is how far what was heard last may lie back before a judgement of
// what does not only grow counts as provisional.
const lagAllowed = int64(time.Minute / time.Millisecond)

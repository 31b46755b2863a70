package detect

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/kpi/throughput"
)

// oddity is an Anomaly at work.
type oddity struct {
	*Anomaly
	options
	season season
	// baselines are the readings of past windows by series, of the few windows
	// judged last: what lies a season back is settled.
	baselines map[window]map[string][]Reading
}

const keptBaselines = 8

func (o *oddity) looks() looks { return &o.season }

// judge implements detector: the window that was over by then.
func (o *oddity) judge(ctx context.Context, t int64, least float64) ([]finding, error) {
	return o.window(ctx, o.season.complete(t), t, t, least)
}

// judgeNow implements immediate: a count that is too high already stays so.
func (o *oddity) judgeNow(ctx context.Context, t int64) (found []finding, err error) {
	if o.Direction == low {
		return nil, nil
	}
	l, err := o.source.Get(o.KPI)
	if err != nil {
		return nil, err
	}
	if _, counts := l.Definition.Spec.(*throughput.Spec); !counts {
		return nil, nil
	}
	now := o.season.containing(t)
	windows := []window{now}
	if waits := o.season.containing(t - o.season.lateness); waits != now {
		windows = []window{waits, now}
	}
	for _, w := range windows {
		if t <= w.from {
			continue
		}
		all, err := o.window(ctx, w, t, t, 1)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			if f.evidence.Figures.(AnomalyFigures).Deviations > 0 {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// hurries implements immediate. That a count is too low is certain when its window is
// over, and not before.
func (o *oddity) hurries() bool { return o.Direction != low }

// AnomalyFigures is the evidence of an anomaly.
type AnomalyFigures struct {
	Median float64 `json:"median"`
	// Deviation is the robust one: of the past windows, or of counting alone where
	// that is more.
	Deviation float64 `json:"deviation"`
	// Deviations is how many of them the value is away.
	Deviations  float64 `json:"deviations"`
	Sensitivity float64 `json:"sensitivity"`
	// Partial: the window is not over.
	Partial bool `json:"partial,omitempty"`
}

// window judges a window by what it held until `until`, as of t.
func (o *oddity) window(ctx context.Context, w window, until, t int64, least float64) ([]finding, error) {
	if w.to <= w.from || !o.season.judges(w) {
		return nil, nil
	}
	partial := until < w.to
	until = min(until, w.to)
	a, now, err := o.read(ctx, window{w.from, until})
	if err != nil {
		return nil, err
	}
	base, err := o.baseline(ctx, w)
	if err != nil {
		return nil, err
	}
	_, counts := a.Definition.Spec.(*throughput.Spec)
	words := a.Definition.Words()
	var found []finding
	for _, c := range now {
		r := Reading{T: w.from, Value: c.Points[0].Value, N: c.Points[0].N}
		if partial {
			r.Value *= float64(until-w.from) / float64(w.to-w.from)
		}
		past := base[event.TagsKey(c.Tags)]
		if len(past) < o.MinHistory || math.IsNaN(r.Value) {
			continue
		}
		f, usual := o.compare(r, past, counts, words.Unit == "ratio")
		f.Partial = partial
		if max(r.N, usual) < o.MinN || !o.looksAt(f.Deviations) || math.Abs(f.Deviations)/o.Sensitivity < least {
			continue
		}
		one := finding{
			tags: present(c.Tags), ratio: math.Abs(f.Deviations) / o.Sensitivity, value: r.Value, n: r.N, since: w.from,
			provisional: a.Watermark < w.to && !(counts && f.Deviations > 0),
		}
		o.explain(&one, f, len(past), w, words)
		one.evidence = evidence(&a, t, Span{w.from, until}, &one)
		one.evidence.Base = &Span{past[len(past)-1].T, past[0].T + w.to - w.from}
		one.evidence.Figures, one.evidence.Values = f, append(slices.Clone(past), r)
		slices.SortFunc(one.evidence.Values, func(a, b Reading) int { return int(a.T - b.T) })
		found = append(found, one)
	}
	return found, nil
}

func (o *oddity) looksAt(deviations float64) bool {
	return o.Direction == both || (deviations < 0) == (o.Direction == low)
}

// compare holds a reading against those of the past; usual is the median of what
// they are made of.
func (o *oddity) compare(r Reading, past []Reading, counts, share bool) (f AnomalyFigures, usual int64) {
	values, ns := make([]float64, len(past)), make([]float64, len(past))
	unit := 0.0 // what one thing counted is worth
	for i, p := range slices.Concat(past, []Reading{r}) {
		if p.N > 0 && p.Value > 0 {
			unit = p.Value / float64(p.N)
		}
		if i < len(past) {
			values[i], ns[i] = p.Value, float64(p.N)
		}
	}
	m, n := median(values), median(ns)
	var noise float64
	switch {
	case counts:
		noise = unit * math.Sqrt(max(n, 1)) // Poisson
	case share && r.N > 0:
		p := (m*float64(r.N) + 1) / float64(r.N+2)
		noise = math.Sqrt(max(0, p*(1-p)) / float64(r.N))
	default:
		noise = math.Abs(m) / 20
	}
	f = AnomalyFigures{Median: m, Deviation: max(mad(values, m), noise), Sensitivity: o.Sensitivity}
	if f.Deviation > 0 {
		f.Deviations = (r.Value - m) / f.Deviation
	}
	return f, int64(n)
}

// baseline reads the like windows of the past, the nearest first.
func (o *oddity) baseline(ctx context.Context, w window) (map[string][]Reading, error) {
	if known, ok := o.baselines[w]; ok {
		return known, nil
	}
	base := map[string][]Reading{}
	for k := 1; k <= o.History; k++ {
		like := o.season.like(w, k)
		if like.to <= like.from || !o.season.comparable(w, like) {
			continue
		}
		_, courses, err := o.read(ctx, like)
		if err != nil {
			return nil, err
		}
		for _, c := range courses {
			if p := c.Points[0]; !math.IsNaN(p.Value) {
				key := event.TagsKey(c.Tags)
				base[key] = append(base[key], Reading{like.from, p.Value, p.N})
			}
		}
	}
	for old := range o.baselines {
		if len(o.baselines) >= keptBaselines && old.from < w.from {
			delete(o.baselines, old)
		}
	}
	o.baselines[w] = base
	return base, nil
}

// read asks for the values over one window.
func (o *oddity) read(ctx context.Context, w window) (engine.Answer, []engine.Course, error) {
	a, courses, err := o.source.History(ctx, engine.Question{KPI: o.KPI, By: o.By, Now: w.to},
		engine.Span{From: w.from, To: w.to, Step: time.Duration(w.to-w.from) * time.Millisecond})
	if err := ready(&a, err); err != nil {
		return a, nil, err
	}
	return a, slices.DeleteFunc(groupsOf(courses, o.By), func(c engine.Course) bool { return len(c.Points) == 0 }), nil
}

// explain says it in words: "12/h against 311/h (median of 8 Sundays), 9.4 robust
// deviations below".
func (o *oddity) explain(f *finding, figures AnomalyFigures, n int, w window, words kpi.Words) {
	begin := time.UnixMilli(w.from).In(o.season.zone)
	days := "days before"
	if o.Season == week {
		days = begin.Weekday().String() + "s"
	}
	if o.season.length < 24*time.Hour {
		days += " at " + begin.Format("15:04")
	}
	side := "above"
	if figures.Deviations < 0 {
		side = "below"
	}
	f.condition = fmt.Sprintf("%s against %s (median of %d %s), %s robust deviations %s",
		words.Value(f.value), words.Value(figures.Median), n, days, kpi.Number(math.Abs(figures.Deviations)), side)
	span := begin.Format("Mon 2006-01-02")
	if o.season.length < 24*time.Hour {
		span += begin.Format(" 15:04")
	}
	if figures.Partial {
		span += " so far"
	}
	f.summary = fmt.Sprintf("%s%s on %s: %s", words.Title, within(f.tags), span, f.condition)
}

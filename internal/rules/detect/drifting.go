package detect

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/kpi/satisfaction"
)

// drifting is a Drift at work.
type drifting struct {
	*Drift
	options
}

func (d *drifting) looks() looks { return grid(ms(d.Step)) }

// DriftFigures is the evidence of a drift.
type DriftFigures struct {
	// Sum is the cumulative sum, Limit what it exceeds.
	Sum   float64 `json:"sum"`
	Slack float64 `json:"slack"`
	Limit float64 `json:"limit"`
	// Mean, Deviation and N are those of the baseline.
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	N         int64   `json:"n"`
}

// judge implements detector: whole steps since 1970 UTC.
func (d *drifting) judge(ctx context.Context, t int64, least float64) ([]finding, error) {
	from, step := t-ms(d.Span), ms(d.Step)
	base, err := d.source.Value(engine.Question{KPI: d.KPI, At: from, Window: time.Duration(d.Baseline), By: d.By, Now: t})
	if err := ready(&base, err); err != nil {
		return nil, err
	}
	a, courses, err := read(ctx, d.source, engine.Question{KPI: d.KPI, By: d.By, Now: t}, engine.Span{From: from, To: t, Step: time.Duration(d.Step)})
	if err != nil {
		return nil, err
	}
	before := map[string]kpi.Series{}
	for _, s := range base.Series {
		before[event.TagsKey(s.Tags)] = s
	}
	words := a.Definition.Words()
	var found []finding
	for _, c := range courses {
		s, ok := before[event.TagsKey(c.tags)]
		deviation := spread(a.Definition, s)
		if !ok || s.N < d.MinN || !(deviation > 0) {
			continue
		}
		steps := batches(c, from, step, d.MinStepN)
		sum, sign := d.sum(steps, since(s.Value, deviation, s.N))
		if ratio := sum.sum / d.H; ratio >= least && len(steps) > 0 {
			f := d.finding(&a, t, steps, sum, sign, DriftFigures{sum.sum, d.K, d.H, s.Value, deviation, s.N}, words)
			f.tags, f.ratio = present(c.tags), ratio
			f.summary = fmt.Sprintf("%s%s: %s", words.Title, within(f.tags), f.summary)
			found = append(found, f)
		}
	}
	return found, nil
}

// sum goes through the steps; of both directions the greater sum counts.
func (d *Drift) sum(steps []batch, usual selfStarting) (cusum, float64) {
	var down, up cusum
	for _, b := range steps {
		z := usual.add(b)
		down.add(z, d.K, -1)
		up.add(z, d.K, 1)
	}
	if d.Direction == high || d.Direction == both && up.sum > down.sum {
		return up, 1
	}
	return down, -1
}

func (d *drifting) finding(a *engine.Answer, t int64, steps []batch, sum cusum, sign float64, figures DriftFigures, words kpi.Words) finding {
	f := finding{since: steps[min(sum.since, len(steps)-1)].from, provisional: a.Watermark < t}
	var total float64
	for _, b := range steps[min(sum.since, len(steps)-1):] {
		f.n += b.n
		total += b.mean * float64(b.n)
	}
	f.value = total / float64(f.n)
	moved := "fallen"
	if sign > 0 {
		moved = "risen"
	}
	f.condition = fmt.Sprintf("%s of %d since %s against %s of %d before: cumulative sum of %s standard deviations, limit %s",
		words.Value(f.value), f.n, time.UnixMilli(f.since).UTC().Format(time.DateOnly), words.Value(figures.Mean), figures.N, kpi.Number(sum.sum), kpi.Number(d.H))
	f.summary = "has " + moved + " to " + f.condition
	f.evidence = evidence(a, t, Span{f.since, t}, &f)
	f.evidence.Base = &Span{t - ms(d.Span) - ms(d.Baseline), t - ms(d.Span)}
	f.evidence.Figures = figures
	for _, b := range steps[max(0, len(steps)-mostValues):] {
		f.evidence.Values = append(f.evidence.Values, Reading{b.from, b.mean, b.n})
	}
	return f
}

// spread is the standard deviation of one thing that a value is made of: of an
// answer's score, or of what is either so or not.
func spread(def *kpi.Definition, s kpi.Series) float64 {
	spec, answers := def.Spec.(*satisfaction.Spec)
	if !answers || spec.Instrument == "csat5" {
		return math.Sqrt(s.Value * (1 - s.Value))
	}
	f, ok := s.Figures.(satisfaction.Figures)
	if !ok || f.Responses == 0 || f.Suppressed {
		return math.NaN()
	}
	n := float64(f.Responses)
	if f.Promoters != nil { // each answer counts 100, 0 or -100
		p, q := float64(*f.Promoters)/n, float64(*f.Detractors)/n
		return 100 * math.Sqrt(max(0, p+q-(p-q)*(p-q)))
	}
	least, most := 1, 5
	if spec.Instrument == "ces7" {
		most = 7
	}
	var sum, squares float64
	for score := least; score <= most; score++ {
		k := float64(f.Distribution.Of(score))
		sum += k * float64(score)
		squares += k * float64(score*score)
	}
	return math.Sqrt(max(0, squares/n-(sum/n)*(sum/n)))
}

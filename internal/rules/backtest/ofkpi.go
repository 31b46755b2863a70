package backtest

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// kpiTrial is a threshold on the values of a KPI.
type kpiTrial struct {
	b       *Backtester
	rule    alert.Rule
	of      *kpi.Definition
	version int
	grouped bool
	minN    int64
}

// run judges the value as of each instant at which it may change, where these
// are not too many, and otherwise at steps.
func (k *kpiTrial) run(ctx context.Context, r *recorder) error {
	q := engine.Question{KPI: k.of.Name, Version: k.version, Now: r.to}
	if k.grouped {
		q.By = k.of.By
	}
	all, err := k.moments(ctx, q, r)
	if err != nil {
		return err
	}
	e := alert.New([]alert.Rule{k.rule}, slog.New(slog.DiscardHandler))
	values := map[string]float64{}
	tell := func(all []alert.Transition) {
		for _, t := range all {
			if err == nil {
				err = r.take(t, t.At)
			}
		}
	}
	a, failed := k.b.o.KPIs.Values(ctx, q, slices.Values(all), func(at int64, found []kpi.Series) bool {
		now := at
		if r.step == 0 {
			now = at - 1 // where it changes: an answer as of an instant counts what came before it
		}
		r.judged++
		tell(e.Tick(now))
		if b := k.changed(values, found, now); b != nil {
			tell(e.Observe(b, now))
		}
		r.through = max(r.from, now)
		return err == nil
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	if !a.Ready {
		return fmt.Errorf("%s: %w (%d of %d events)", k.of.Name, ErrNotReady, a.Done, a.Total)
	}
	tell(e.Tick(r.to - 1))
	r.through = r.to
	return err
}

// momentsPerInstant is how many more moments of a KPI than instants of other
// rules there may be: they cost little.
const momentsPerInstant = 3

func (k *kpiTrial) moments(ctx context.Context, q engine.Question, r *recorder) ([]int64, error) {
	// As of from+1 events at from count: what live is judged at from.
	span := engine.Span{From: r.from + 1 - max(3_600_000, 2*(k.rule.For+k.rule.KeepFiringFor)), To: r.to, Step: r.asked}
	most := momentsPerInstant * k.b.o.Limits.Instants
	if span.Step > 0 {
		if n := (span.To - span.From) / span.Step.Milliseconds(); n > int64(most) {
			span.Step = niceStep(span.To-span.From, most)
		}
	}
	all, more, err := k.b.o.KPIs.Moments(ctx, q, span, most)
	if err == nil && more {
		span.Step = niceStep(span.To-span.From, k.b.o.Limits.Instants)
		r.note(fmt.Sprintf("%s changes at more than %d instants: it was judged every %v", k.of.Name, most, units.Duration(span.Step)))
		all, _, err = k.b.o.KPIs.Moments(ctx, q, span, most+1)
	}
	r.step = span.Step.Milliseconds()
	return all, err
}

// changed are the values that the rule is shown, nil for none: those that live
// would be.
func (k *kpiTrial) changed(values map[string]float64, found []kpi.Series, now int64) *event.Block {
	var b event.Builder
	for _, s := range found {
		key := groupKey(s.Tags)
		if last, known := values[key]; math.IsNaN(s.Value) || known && last == s.Value || s.N < k.minN {
			continue
		}
		values[key] = s.Value
		e := event.Event{Metric: k.rule.Metric, Value: s.Value, Time: now}
		for _, t := range s.Tags {
			if t.Value != "" {
				e.Tags = append(e.Tags, t)
			}
		}
		b.Append(e)
	}
	if b.Len() == 0 {
		return nil
	}
	return b.Block()
}

func groupKey(tags []event.Tag) string {
	if len(tags) == 0 {
		return ""
	}
	var key []byte
	for _, t := range tags {
		key = append(append(key, t.Value...), 0)
	}
	return string(key)
}

// niceStep is a usual length of time by which a range has at most so many steps.
func niceStep(length int64, most int) time.Duration {
	const minute = time.Minute
	least := time.Duration(length/int64(max(1, most))+1) * time.Millisecond
	for _, step := range [...]time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, minute, 5 * minute, 15 * minute, 30 * minute, 60 * minute, 120 * minute, 360 * minute, 720 * minute,
	} {
		if step >= least {
			return step
		}
	}
	days := (least.Milliseconds() + dayMs - 1) / dayMs
	return time.Duration(days*dayMs) * time.Millisecond
}

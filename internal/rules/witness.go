package rules

import (
	"context"
	"encoding/json"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules/explain"
)

// Valued is where KPIs are asked for what a threshold saw.
type Valued interface {
	explain.Source
	Value(q engine.Question) (engine.Answer, error)
}

// seen is what a value of a KPI rested on when a threshold judged it. It becomes
// part of the evidence, with the names that a detector's has.
type seen struct {
	Seq       uint64          `json:"seq"`
	Watermark int64           `json:"watermark"`
	Window    span            `json:"window"`
	N         int64           `json:"n"`
	Change    *explain.Result `json:"change,omitempty"`
}

type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Witness adds to values of KPIs, in the column of sources, what they rest on:
// the window, how many, and what holds most of the change. Of mostAccounts
// values and within accountFor; what cannot be told in time is left out.
func Witness(ctx context.Context, kpis Valued, values *event.Block) *event.Block {
	ctx, cancel := context.WithTimeout(ctx, accountFor)
	defer cancel()
	var told event.Builder
	changes := map[string]*explain.Result{} // groups of a KPI have it in common
	for row := range values.Len() {
		e := values.Row(row)
		if row < mostAccounts && ctx.Err() == nil {
			e.Source = witness(ctx, kpis, &e, changes)
		}
		told.Append(e)
	}
	return told.Block()
}

func witness(ctx context.Context, kpis Valued, e *event.Event, changes map[string]*explain.Result) string {
	var by []string
	for _, t := range e.Tags {
		by = append(by, t.Key)
	}
	a, err := kpis.Value(engine.Question{KPI: e.Metric, At: e.Time + 1, Now: e.Time + 1, By: by})
	if err != nil || !a.Ready {
		return ""
	}
	s := seen{Seq: a.Seq, Watermark: a.Watermark, Window: span{a.From, a.At}}
	key := event.TagsKey(e.Tags)
	for _, one := range a.Series {
		if event.TagsKey(one.Tags) == key {
			s.N = one.N
		}
	}
	change, known := changes[e.Metric]
	if !known || change != nil && change.Now.To != a.At {
		change = Change(ctx, kpis, "", e.Metric, a.From, a.At)
		changes[e.Metric] = change
	}
	s.Change = change
	text, err := json.Marshal(s)
	if err != nil {
		return "" // not reachable: numbers in it are finite
	}
	return string(text)
}

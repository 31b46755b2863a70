package reports

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// KPI is what one KPI was over the span.
type KPI struct {
	Name      string      `json:"name"`
	Title     string      `json:"title"`
	Type      string      `json:"type"`
	Unit      string      `json:"unit" doc:"As in /api/kpis: shares are 0 to 1, their unit is ratio."`
	Version   int         `json:"definitionVersion"`
	Value     *float64    `json:"value" nullable:"true" doc:"Over the span; null where there is no data."`
	N         int64       `json:"n" doc:"How many things the value is made of."`
	Interval  *[2]float64 `json:"interval,omitempty" doc:"The 95 % confidence interval, where one is defined."`
	State     string      `json:"state" enum:"ok,warning,critical,undetermined,no_data"`
	Objective *float64    `json:"objective,omitempty" doc:"The share that the definition aims at."`
	Warning   string      `json:"warning,omitempty" example:"below 5"`
	Critical  string      `json:"critical,omitempty" example:"below 2"`
	Before    *float64    `json:"before" nullable:"true" doc:"The value over the span before."`
	Change    *float64    `json:"change" nullable:"true" doc:"The value less that of the span before; null where one of them is."`
	Worst     []Group     `json:"worst" nullable:"false" doc:"The groups that are worst by the thresholds or the objective, three at most; none where it is not said which side is bad."`
	Filling   bool        `json:"filling,omitempty" doc:"Present while the definition still reads history: there is no value yet."`
}

// Group is a KPI for one value of a tag.
type Group struct {
	Tags  map[string]string `json:"tags"`
	Value float64           `json:"value"`
	N     int64             `json:"n"`
	State string            `json:"state" enum:"ok,warning,critical,undetermined,no_data"`
}

// worstShown is how many groups of a KPI are named.
const worstShown = 3

func (s Sources) kpis(ctx context.Context, of *Summary, now int64) ([]KPI, error) {
	all := []KPI{}
	for _, l := range s.KPIs.List() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := s.kpi(l, of, now)
		if errors.Is(err, engine.ErrUnknown) {
			continue // deleted since it was listed
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b KPI) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.Name, b.Name))
	})
	return all, nil
}

func (s Sources) kpi(l engine.Listed, of *Summary, now int64) (KPI, error) {
	ask := func(at int64, by ...string) (engine.Answer, error) {
		return s.KPIs.Value(engine.Question{KPI: l.Name, At: at, Window: time.Duration(of.To-of.From) * time.Millisecond, By: by, Now: now})
	}
	value, err := ask(of.To)
	if err != nil {
		return KPI{}, err
	}
	before, err := ask(of.From)
	if err != nil {
		return KPI{}, err
	}
	d, total := value.Definition, value.Series[0]
	out := KPI{
		Name: l.Name, Title: d.Label(), Type: d.Type, Unit: d.Spec.Describe(&d.Common).Unit, Version: value.Number,
		Value: known(total.Value), N: total.N, Interval: total.Interval, State: string(value.State(total)),
		Before: known(before.Series[0].Value), Objective: objective(d), Worst: []Group{}, Filling: !value.Ready,
	}
	if out.Value != nil && out.Before != nil {
		change := *out.Value - *out.Before
		out.Change = &change
	}
	rule := ruleOf(d)
	if rule != nil && rule.Warning != nil {
		out.Warning = rule.Warning.String()
	}
	if rule != nil && rule.Critical != nil {
		out.Critical = rule.Critical.String()
	}
	small, judged := badSide(rule, out.Objective)
	if !judged || !value.Ready {
		return out, nil
	}
	for _, key := range d.By {
		broken, err := ask(of.To, key)
		if err != nil {
			return KPI{}, err
		}
		out.Worst = append(out.Worst, groups(&broken)...)
	}
	out.Worst = worst(out.Worst, small)
	return out, nil
}

func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// objective is what the definition aims at: every type that has one calls it so.
func objective(d *kpi.Definition) *float64 {
	var says struct{ Objective *float64 }
	if json.Unmarshal(d.Source, &says) != nil {
		return nil
	}
	return says.Objective
}

func ruleOf(d *kpi.Definition) *alert.Rule {
	if d.Thresholds == nil {
		return nil
	}
	rules := alert.Thresholds{d.Name: d.Thresholds.Rule(d)}.Rules()
	return &rules[0]
}

// badSide tells whether small values are the bad ones, if anything says so.
func badSide(rule *alert.Rule, objective *float64) (small, judged bool) {
	if rule != nil {
		for _, b := range []*alert.Bound{rule.Critical, rule.Warning} {
			if b != nil {
				return b.Op == alert.Below || b.Op == alert.AtMost, true
			}
		}
	}
	return true, objective != nil
}

// groups are the series of an answer that have a value, without the total.
func groups(a *engine.Answer) (all []Group) {
	for _, s := range a.Series[1:] {
		if v := known(s.Value); v != nil && s.N > 0 {
			all = append(all, Group{Tags: event.TagMap(s.Tags), Value: *v, N: s.N, State: string(a.State(s))})
		}
	}
	return all
}

// worst are those in the worst states, and of one state the worst values.
func worst(all []Group, small bool) []Group {
	rank := map[string]int{string(alert.Critical): 0, string(alert.Warning): 1}
	place := func(g Group) int {
		if r, bad := rank[g.State]; bad {
			return r
		}
		return len(rank)
	}
	slices.SortStableFunc(all, func(a, b Group) int {
		byValue := cmp.Compare(a.Value, b.Value)
		if !small {
			byValue = -byValue
		}
		return cmp.Or(cmp.Compare(place(a), place(b)), byValue, cmp.Compare(b.N, a.N))
	})
	return all[:min(len(all), worstShown)]
}

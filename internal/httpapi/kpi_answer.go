package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

type kpiValueInput struct {
	Name    string   `path:"name" doc:"The KPI's name." example:"case.sla"`
	At      moment   `query:"at" doc:"As of when, by default now. What is dated at that very instant does not count yet."`
	Window  duration `query:"window" doc:"How far back to look, by default as far as the definition says."`
	By      []string `query:"by,explode" doc:"Tags of the definition's by: each combination of their values is a series, after the total. Separated by commas, or repeated."`
	Version int      `query:"version" minimum:"1" doc:"A version of the definition, by default the one in force. The one before it can be asked, too."`
}

type kpiValueOutput struct{ Body answer }

type kpiHistoryInput struct {
	Name    string   `path:"name" doc:"The KPI's name." example:"case.sla"`
	From    moment   `query:"from" doc:"Start of the first step, by default 24 hours before to, moved down to a whole step."`
	To      moment   `query:"to" doc:"End, by default now. A last step that is not over by then ends there."`
	Step    duration `query:"step" doc:"Length of a step: by default one of 1m, 5m, 15m, 1h, 6h and 1d that makes about 300 of them."`
	Window  duration `query:"window" doc:"How far back each point looks from the end of its step, by default over the step alone."`
	By      []string `query:"by,explode" doc:"As for a value."`
	Version int      `query:"version" minimum:"1" doc:"As for a value."`
	Detail  bool     `query:"detail" doc:"Whether to add the intervals and figures of all points; of 5,000 points at most."`
}

type kpiHistoryOutput struct{ Body kpiHistory }

// kpiHistory is what a KPI was, step by step.
type kpiHistory struct {
	KPI       string       `json:"kpi"`
	Unit      string       `json:"unit"`
	From      int64        `json:"from"`
	To        int64        `json:"to"`
	Step      int64        `json:"step" doc:"ms"`
	Version   int          `json:"definitionVersion"`
	Watermark int64        `json:"watermark" doc:"The latest event time heard of: steps that end after it may still change."`
	Seq       uint64       `json:"seq" doc:"The number of the last event that is counted in."`
	BackFill  *kpiBackFill `json:"backfill,omitempty" doc:"Present while the definition still reads history; there are no points yet."`
	Series    []course     `json:"series" nullable:"false" doc:"The total, then the groups."`
}

func (a *api) registerKPIAnswers(spec huma.API) {
	errs := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable}
	huma.Register(spec, huma.Operation{
		OperationID: "get-kpi-value", Method: http.MethodGet, Path: "/api/kpis/{name}/value", Tags: []string{"KPIs"},
		Summary:     "The value of a KPI at any instant",
		Description: "Counts every event acknowledged before. A KPI that still reads history answers without a value, with the state no_data and `backfill`.",
		Errors:      errs, RejectUnknownQueryParameters: true,
	}, a.kpiValue)
	huma.Register(spec, huma.Operation{
		OperationID: "get-kpi-history", Method: http.MethodGet, Path: "/api/kpis/{name}/history", Tags: []string{"KPIs"},
		Summary: "The values of a KPI, step by step",
		Description: "Each point is [t, value or null, n], over the step that begins at t: what the value is as of t + step, " +
			"looking back over the step, or over `window` where given.",
		Errors: errs, RejectUnknownQueryParameters: true,
	}, a.kpiHistory)
}

func (a *api) kpiValue(ctx context.Context, in *kpiValueInput) (*kpiValueOutput, error) {
	ctx, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	now := a.instant()
	value, err := a.KPIs.Value(engine.Question{
		KPI: in.Name, At: in.At.or(now), Window: in.Window.Duration, By: listed(in.By), Version: in.Version, Now: now,
	})
	if err != nil {
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	return &kpiValueOutput{Body: answer{value}}, nil
}

// listed takes apart what is separated by commas.
func listed(texts []string) (all []string) {
	for _, text := range texts {
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one != "" && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

func (a *api) kpiHistory(ctx context.Context, in *kpiHistoryInput) (*kpiHistoryOutput, error) {
	ctx, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	now := a.instant()
	from, to, step := spanOf(in.From, in.To, in.Step, now)
	if from >= to {
		return nil, huma.NewError(http.StatusBadRequest, "from must be before to")
	}
	q := engine.Question{KPI: in.Name, Window: in.Window.Duration, By: listed(in.By), Version: in.Version, Now: now, Detail: in.Detail}
	found, courses, err := steps(ctx, a.KPIs, q, from, to, step)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	return &kpiHistoryOutput{Body: historyOf(found, courses, from, to, step)}, nil
}

func historyOf(found engine.Answer, courses []engine.Course, from, to int64, step time.Duration) kpiHistory {
	d := found.Definition
	out := kpiHistory{
		KPI: d.Name, Unit: d.Spec.Describe(&d.Common).Unit, From: from, To: to, Step: step.Milliseconds(),
		Version: found.Number, Watermark: found.Watermark, Seq: found.Seq, Series: make([]course, 0, len(courses)),
	}
	if !found.Ready {
		out.BackFill = &kpiBackFill{found.Done, found.Total}
	}
	for _, c := range courses {
		out.Series = append(out.Series, course{c})
	}
	return out
}

// spanOf settles the range and the step of a history.
func spanOf(begin, end moment, length duration, now int64) (from, to int64, step time.Duration) {
	to = end.or(now)
	from = begin.or(max(0, to-24*time.Hour.Milliseconds()))
	if step = length.Duration; step == 0 {
		step = stepFor(to - from)
	}
	if !begin.given {
		from -= from % step.Milliseconds()
	}
	return from, to, step
}

// stepFor is the shortest of the usual steps that makes not many more than 300
// of a range.
func stepFor(length int64) time.Duration {
	steps := [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
	for _, step := range steps {
		if length/step.Milliseconds() <= 400 {
			return step
		}
	}
	return steps[len(steps)-1]
}

// answers are a KPI's, or those of a definition that is tried.
type answers interface {
	Value(q engine.Question) (engine.Answer, error)
	History(ctx context.Context, q engine.Question, span engine.Span) (engine.Answer, []engine.Course, error)
}

// steps asks for every step of a range. One that is not over at its end is asked
// as of then: what was not there yet, such as a deadline to come, must not count.
func steps(ctx context.Context, of answers, q engine.Question, from, to int64, step time.Duration) (found engine.Answer, all []engine.Course, err error) {
	rest := (to - from) % step.Milliseconds()
	if whole := to - rest; whole > from {
		found, all, err = of.History(ctx, q, engine.Span{From: from, To: whole, Step: step})
		if err != nil || rest == 0 || !found.Ready {
			return found, all, err
		}
		q.Version = found.Number // the same, should another become ready meanwhile
	}
	q.At = to
	if q.Window == 0 {
		q.Window = time.Duration(rest) * time.Millisecond
	}
	found, err = of.Value(q)
	if err != nil || !found.Ready {
		return found, []engine.Course{{}}, err
	}
	at := map[string]int{}
	for i, c := range all {
		at[event.TagsKey(c.Tags)] = i
	}
	for _, s := range found.Series {
		i, ok := at[event.TagsKey(s.Tags)]
		if !ok {
			i = len(all)
			all = append(all, engine.Course{Tags: s.Tags})
		}
		all[i].Points = append(all[i].Points, engine.Point{T: to - rest, Value: s.Value, N: s.N})
		if q.Detail {
			all[i].Details = append(all[i].Details, engine.Detail{Interval: s.Interval, Figures: s.Figures})
		}
	}
	return found, all, nil
}

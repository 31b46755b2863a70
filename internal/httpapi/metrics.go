package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

type metricJSON struct {
	MetricName string   `json:"metricName"`
	Count      uint64   `json:"count"`
	First      int64    `json:"first" doc:"The oldest event's time, in ms since 1970 UTC."`
	Last       int64    `json:"last" doc:"The newest event's time."`
	TagKeys    []string `json:"tagKeys"`
}

type metricsOutput struct {
	Body struct {
		Metrics []metricJSON `json:"metrics"`
	}
}

type ratesInput struct {
	Selection
	From moment       `query:"from" doc:"Start, by default an hour before to; moved down to a whole step."`
	To   moment       `query:"to" doc:"End, by default now; moved up to a whole step."`
	Step milliseconds `query:"step" doc:"Length of a step in milliseconds, by default 60000."`
}

type milliseconds = int64

type ratesOutput struct {
	Body struct {
		From   int64        `json:"from"`
		To     int64        `json:"to"`
		Step   int64        `json:"step" doc:"ms"`
		Seq    uint64       `json:"seq" doc:"The number of the last event counted: those that follow on the live stream are not in it."`
		Series []seriesJSON `json:"series"`
	}
}

type seriesJSON struct {
	MetricName string   `json:"metricName"`
	Points     []uint64 `json:"points" doc:"Events in each step, the first beginning at from."`
}

// maxPoints bounds an answer: more cannot be drawn.
const maxPoints = 20_000

func (a *api) registerMetrics(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-metrics", Method: http.MethodGet, Path: "/api/metrics", Tags: []string{"Read"},
		Summary: "Metric names seen", Errors: []int{http.StatusServiceUnavailable},
	}, a.listMetrics)
	huma.Register(spec, huma.Operation{
		OperationID: "get-rates", Method: http.MethodGet, Path: "/api/metrics/rates", Tags: []string{"Read"},
		Summary: "Events per step, for each metric name",
		Errors:  []int{http.StatusBadRequest, http.StatusServiceUnavailable},
	}, a.rates)
}

func (a *api) listMetrics(ctx context.Context, _ *struct{}) (*metricsOutput, error) {
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	all, err := a.Reader.Metrics(ctx)
	if err != nil {
		return nil, a.failed(ctx, "metric names", err)
	}
	out := &metricsOutput{}
	out.Body.Metrics = make([]metricJSON, 0, len(all))
	for _, m := range all {
		keys := m.TagKeys
		if keys == nil {
			keys = []string{}
		}
		out.Body.Metrics = append(out.Body.Metrics, metricJSON{m.Metric, m.Count, m.First, m.Last, keys})
	}
	return out, nil
}

func (a *api) rates(ctx context.Context, in *ratesInput) (*ratesOutput, error) {
	step := in.Step
	if step == 0 {
		step = time.Minute.Milliseconds()
	}
	to := in.To.or(a.now())
	from := in.From.or(max(0, to-time.Hour.Milliseconds()))
	if step < 1 || from >= to {
		return nil, huma.NewError(http.StatusBadRequest, "from must be before to, and step a positive number of milliseconds")
	}
	from -= from % step
	to += (step - to%step) % step
	if points := (to - from) / step; points > maxPoints {
		return nil, huma.NewError(http.StatusBadRequest, fmt.Sprintf("this asks for %d steps, at most %d are answered: take a longer step or a shorter range", points, maxPoints))
	}
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	all, seq, err := a.Reader.Rates(ctx, in.filter(), from, to, step)
	if err != nil {
		return nil, a.failed(ctx, "rates", err)
	}
	out := &ratesOutput{}
	out.Body.From, out.Body.To, out.Body.Step, out.Body.Seq = from, to, step, seq
	out.Body.Series = make([]seriesJSON, 0, len(all))
	for _, s := range all {
		out.Body.Series = append(out.Body.Series, seriesJSON{s.Metric, s.Points})
	}
	return out, nil
}

package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules/backtest"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// Backtest runs rules over the past, and judges alerts once more.
type Backtest interface {
	Run(ctx context.Context, q backtest.Request) (backtest.Answer, []strict.Fault, error)
	// Explain judges an alert once more; before is the last change of its series to
	// ok, nil for none.
	Explain(ctx context.Context, t alert.Transition, before *alert.Transition) (backtest.Explanation, error)
}

type backtestInput struct {
	Body struct {
		Rule  string   `json:"rule" doc:"The rule in YAML or JSON, as the configuration or the rule file has it." example:"case.resolved.rate: {warning: 5, critical: 2}"`
		Kind  string   `json:"kind,omitempty" enum:"threshold,kpi,detector,promql" doc:"How it is written: threshold, an entry of thresholds below its name. kpi, the name of a KPI as kpi, and thresholds for it. detector, an entry of alerting.detectors. promql, a rule file with one or more groups. By default its keys tell."`
		From  instant  `json:"from" required:"false" doc:"Begin, by default 30 days before to."`
		To    instant  `json:"to" required:"false" doc:"End, by default now."`
		Step  duration `json:"step" required:"false" doc:"How far apart the instants are at which it is judged, where the rule leaves that open."`
		Limit int      `json:"limit,omitempty" minimum:"1" maximum:"10000" default:"1000" doc:"How many firings are listed; count counts them all."`
	}
}

// instant is a time in a body: milliseconds since 1970, or RFC 3339 text.
type instant struct{ moment }

// UnmarshalJSON reads either form.
func (i *instant) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	return i.UnmarshalText([]byte(text))
}

// Schema tells OpenAPI the two forms.
func (instant) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "Milliseconds since 1970 UTC, or RFC 3339 text.", Examples: []any{"2026-01-31T09:30:00Z"},
		OneOf: []*huma.Schema{{Type: "integer", Format: "int64"}, {Type: "string"}},
	}
}

type backtestOutput struct{ Body backtested }

// backtested is when a rule would have fired.
type backtested struct{ backtest.Answer }

// Schema is the shape that the JSON has.
func (backtested) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[backtestAnswer](), true, "")
}

func (a *api) registerBacktest(spec huma.API) {
	a.backtesting = make(chan struct{}, 1)
	huma.Register(spec, huma.Operation{
		OperationID: "backtest-rule", Method: http.MethodPost, Path: "/api/alerts/backtest", Tags: []string{"Alerts"},
		Summary: "When an alert rule would have fired",
		Description: "Runs a rule over stored history with what judges live, and compares it with the rule of its name in force. Nothing is changed and nobody is notified. " +
			"The past is judged by the time of its events, whenever they came. A run is bounded; `limits` says where it ended. " +
			"One runs at a time: 429 while another does. A faulty rule is refused with 422 and every fault in it, with its line and column.",
		MaxBodyBytes: maxDefinition,
		Errors:       []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, a.backtest)
}

const defaultBacktest = 30 * 24 * time.Hour

func (a *api) backtest(ctx context.Context, in *backtestInput) (*backtestOutput, error) {
	select {
	case a.backtesting <- struct{}{}:
		defer func() { <-a.backtesting }()
	default:
		return nil, huma.NewError(http.StatusTooManyRequests, "another rule is run over the past: try again in a moment")
	}
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	to := in.Body.To.or(a.instant())
	q := backtest.Request{
		File: "rule", Text: []byte(in.Body.Rule), Kind: backtest.Kind(in.Body.Kind),
		From: in.Body.From.or(max(0, to-defaultBacktest.Milliseconds())), To: to, Step: in.Body.Step.Duration, List: in.Body.Limit,
	}
	if q.To > math.MaxInt64/4 || q.From >= q.To {
		return nil, huma.NewError(http.StatusBadRequest, "from must be before to")
	}
	answer, faults, err := a.Backtest.Run(ctx, q)
	switch {
	case len(faults) > 0:
		return nil, Problem{Status: http.StatusUnprocessableEntity, Detail: "the rule is not valid", Errors: fieldErrors(faults)}
	case errors.Is(err, backtest.ErrRange), errors.Is(err, engine.ErrQuestion):
		return nil, huma.NewError(http.StatusBadRequest, err.Error())
	case errors.Is(err, backtest.ErrNotReady):
		return nil, huma.NewError(http.StatusServiceUnavailable, err.Error())
	case err != nil && ctx.Err() == nil:
		return nil, huma.NewError(http.StatusBadRequest, fmt.Sprintf("the rule cannot be judged there: %v", err))
	case err != nil:
		return nil, a.failed(ctx, "the past", err)
	}
	return &backtestOutput{Body: backtested{answer}}, nil
}

package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/rules/explain"
)

type kpiExplainInput struct {
	Name     string   `path:"name" doc:"The KPI's name." example:"case.sla"`
	From     moment   `query:"from" doc:"Start of the span to explain, by default a window of the definition before to."`
	To       moment   `query:"to" doc:"Its end, by default now."`
	BaseFrom moment   `query:"base_from" doc:"Start of the span to compare it with, by default as long before base_to."`
	BaseTo   moment   `query:"base_to" doc:"Its end, by default from: the span right before."`
	By       []string `query:"by,explode" doc:"Tags of the definition's by to break the change down by, each on its own; by default all. Separated by commas, or repeated."`
	Limit    int      `query:"limit" minimum:"1" maximum:"1000" default:"10" doc:"How many values of a tag are told one by one; the others are together in rest."`
}

type kpiExplainOutput struct{ Body kpiExplained }

// kpiExplained is where a change of a KPI comes from.
type kpiExplained struct{ explain.Result }

// Schema is the shape that the JSON has.
func (kpiExplained) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[kpiExplanation](), true, "")
}

type kpiExplanation struct {
	KPI       string            `json:"kpi"`
	Title     string            `json:"title"`
	Unit      string            `json:"unit"`
	Version   int               `json:"definitionVersion"`
	Watermark int64             `json:"watermark" doc:"The latest event time heard of."`
	Seq       uint64            `json:"seq" doc:"The number of the last event that is counted in."`
	Now       explainedSpan     `json:"now" doc:"The value over the span from, to."`
	Base      explainedSpan     `json:"base" doc:"The value over the span base_from, base_to."`
	Change    *float64          `json:"change" nullable:"true" doc:"now less base, in the KPI's unit; null where one has no data."`
	Tags      []kpiExplainedTag `json:"tags" nullable:"false" doc:"Those whose values tell most first."`
}

type explainedSpan struct {
	From  int64    `json:"from"`
	To    int64    `json:"to"`
	Value *float64 `json:"value" nullable:"true"`
	N     int64    `json:"n"`
}

type kpiExplainedTag struct {
	Tag           string         `json:"tag"`
	Method        string         `json:"method" enum:"difference,mix_and_rate,none" doc:"difference: the values of the parts add up to the whole. mix_and_rate: the whole is the mean of the parts, and the change is that of their weights and of their values (Kitagawa 1955). none: the whole does not follow from the parts, as with a median; they are ranked by their own change."`
	Concentration *float64       `json:"concentration" nullable:"true" doc:"The share of the change that lies elsewhere than the values' shares before let expect: 0 where all changed alike."`
	Surprise      float64        `json:"surprise" doc:"How much the make-up of what is counted has changed: Jensen-Shannon divergence, from 0 to 0.693."`
	Parts         []explainPart  `json:"parts" nullable:"false" doc:"The values with the greatest contributions. With those of rest they add up to the change."`
	Rest          *explainedRest `json:"rest,omitempty" doc:"All others."`
}

type explainPart struct {
	Value        string            `json:"value" doc:"Of the tag; empty for what comes without it."`
	Now          explainedMeasured `json:"now"`
	Base         explainedMeasured `json:"base"`
	Contribution *float64          `json:"contribution" nullable:"true" doc:"To the change, in the KPI's unit."`
	Share        *float64          `json:"share" nullable:"true" doc:"The contribution as a share of the change; below 0 where it works against it."`
	Mix          *float64          `json:"mix,omitempty" doc:"With mix_and_rate: what comes of the value's weight."`
	Rate         *float64          `json:"rate,omitempty" doc:"With mix_and_rate: what comes of the value's own figure."`
	Surprise     float64           `json:"surprise"`
}

type explainedMeasured struct {
	Value *float64 `json:"value" nullable:"true"`
	N     int64    `json:"n"`
}

type explainedRest struct {
	Values       int      `json:"values" doc:"How many values of the tag."`
	Contribution *float64 `json:"contribution" nullable:"true"`
	Share        *float64 `json:"share" nullable:"true"`
}

func (a *api) registerKPIExplain(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "explain-kpi", Method: http.MethodGet, Path: "/api/kpis/{name}/explain", Tags: []string{"KPIs"},
		Summary: "Where a change of a KPI comes from",
		Description: "Compares the values over two spans of time, and tells for each tag of the definition's by which of its values hold most of the difference, " +
			"with their shares of it.",
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable}, RejectUnknownQueryParameters: true,
	}, a.kpiExplain)
}

func (a *api) kpiExplain(ctx context.Context, in *kpiExplainInput) (*kpiExplainOutput, error) {
	ctx, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	l, err := a.KPIs.Get(in.Name)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	r := explain.Request{KPI: in.Name, To: in.To.or(a.instant()), Limit: in.Limit}
	r.From = in.From.or(max(0, r.To-time.Duration(l.Definition.Window).Milliseconds()))
	r.BaseTo = in.BaseTo.or(r.From)
	r.BaseFrom = in.BaseFrom.or(max(0, r.BaseTo-(r.To-r.From)))
	switch {
	case r.From >= r.To:
		return nil, huma.NewError(http.StatusBadRequest, "from must be before to")
	case r.BaseFrom >= r.BaseTo:
		return nil, huma.NewError(http.StatusBadRequest, "base_from must be before base_to")
	}
	if by := listed(in.By); len(by) > 0 {
		r.Tags = by
	}
	result, err := explain.Explain(ctx, a.KPIs, r)
	switch {
	case errors.Is(err, explain.ErrNotReady):
		return nil, huma.NewError(http.StatusServiceUnavailable, err.Error()+"; try again soon")
	case err != nil:
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	return &kpiExplainOutput{Body: kpiExplained{result}}, nil
}

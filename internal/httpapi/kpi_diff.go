package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

type kpiDiffInput struct {
	Name  string `path:"name" doc:"The KPI's name." example:"case.sla"`
	From  moment `query:"from" doc:"Cycles whose deadline or end is at this time or later, by default a window of the definition before to."`
	To    moment `query:"to" doc:"Cycles whose deadline or end is before this time, by default now."`
	At    moment `query:"at" doc:"As of when, by default now."`
	A     int    `query:"a" minimum:"1" doc:"A version, by default the one before b."`
	B     int    `query:"b" minimum:"1" doc:"A version, by default the newest."`
	Limit int    `query:"limit" minimum:"1" maximum:"100000" default:"1000" doc:"How many cases are listed; flipped counts them all."`
}

type kpiDiffOutput struct{ Body kpiDiff }

// kpiDiff is what two versions of a definition say of the same cases.
type kpiDiff struct{ engine.Diff }

// Schema is the shape that the JSON has.
func (kpiDiff) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[versionDiff](), true, "")
}

type versionDiff struct {
	KPI      string        `json:"kpi"`
	A        int           `json:"a" doc:"The version before."`
	B        int           `json:"b" doc:"The version after."`
	Compared int           `json:"compared" doc:"Cycles with a deadline or an end in the range under either version."`
	Flipped  int           `json:"flipped" doc:"Those of them whose verdict differs."`
	Cases    []versionFlip `json:"cases" nullable:"false" doc:"Those, ordered by case."`
}

type versionFlip struct {
	CaseID         string `json:"caseId"`
	Goal           string `json:"goal,omitempty"`
	Start          int64  `json:"start" doc:"When the cycle began, in ms since 1970 UTC."`
	Before         string `json:"before" enum:"met,missed,pending,excluded," doc:"The verdict of version a; empty where it has no such cycle."`
	After          string `json:"after" enum:"met,missed,pending,excluded," doc:"The verdict of version b."`
	DeadlineBefore *int64 `json:"deadlineBefore"`
	DeadlineAfter  *int64 `json:"deadlineAfter"`
	End            *int64 `json:"end" doc:"Null while the cycle is open."`
}

func (a *api) registerKPIDiff(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "get-kpi-diff", Method: http.MethodGet, Path: "/api/kpis/{name}/diff", Tags: []string{"KPIs"},
		Summary:     "The cases on which two versions of a definition differ",
		Description: "For KPIs that give verdicts on cases. A version that is no longer evaluated is evaluated anew, which takes its time.",
		Errors:      []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable}, RejectUnknownQueryParameters: true,
	}, a.kpiDiff)
}

func (a *api) kpiDiff(ctx context.Context, in *kpiDiffInput) (*kpiDiffOutput, error) {
	ctx, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	l, err := a.KPIs.Get(in.Name)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	now := a.instant()
	to := in.To.or(now)
	from := in.From.or(max(0, to-time.Duration(l.Definition.Window).Milliseconds()))
	if from >= to {
		return nil, huma.NewError(http.StatusBadRequest, "from must be before to")
	}
	diff, err := a.KPIs.Diff(ctx, in.Name, in.A, in.B, from, to, in.At.or(now), in.Limit)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	return &kpiDiffOutput{Body: kpiDiff{diff}}, nil
}

package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type conflictsInput struct {
	At moment `query:"at" doc:"As of when, by default now."`
}

type conflictsOutput struct {
	Body struct {
		At        int64          `json:"at"`
		Conflicts []conflictJSON `json:"conflicts" nullable:"false"`
	}
}

type conflictJSON struct {
	KPI    string   `json:"kpi"`
	CaseID string   `json:"caseId"`
	Level  string   `json:"level" enum:"L0,L1,L3,proxy" doc:"How certain it is, see the type conflict."`
	Agents []string `json:"agents" nullable:"false"`
	Since  int64    `json:"since" doc:"When it was detected, in ms since 1970 UTC."`
}

func (a *api) registerConflicts(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-conflicts", Method: http.MethodGet, Path: "/api/conflicts", Tags: []string{"Cases"},
		Summary: "Agents who are in each other's way on a case", Description: "Lists the conflicts that are open, of every KPI of the type conflict, the oldest of each first.",
		Errors: []int{http.StatusBadRequest, http.StatusServiceUnavailable}, RejectUnknownQueryParameters: true,
	}, a.conflicts)
}

func (a *api) conflicts(ctx context.Context, in *conflictsInput) (*conflictsOutput, error) {
	_, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	out := &conflictsOutput{}
	out.Body.At = in.At.or(a.instant())
	out.Body.Conflicts = []conflictJSON{}
	for _, c := range a.Cases.Conflicts(out.Body.At) {
		if c.Agents == nil {
			c.Agents = []string{}
		}
		out.Body.Conflicts = append(out.Body.Conflicts, conflictJSON(c))
	}
	return out, nil
}

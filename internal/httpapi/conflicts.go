package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// ConflictsInput is exported because OpenAPI is told only of exported parts of an input.
type ConflictsInput struct {
	Tagged
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

	Tags map[string]string `json:"tags" nullable:"false" doc:"Those of the case by which the KPI is broken down."`
}

func (a *api) registerConflicts(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-conflicts", Method: http.MethodGet, Path: "/api/conflicts", Tags: []string{"Cases"},
		Summary: "Agents who are in each other's way on a case", Description: "Lists the conflicts that are open, of every KPI of the type conflict, the oldest of each first. " +
			"They are selected by tag.KEY=VALUE, of the tags in the by of those KPIs; one that is not broken down by a tag has none for it.",
		Errors: []int{http.StatusBadRequest, http.StatusServiceUnavailable},
	}, a.conflicts)
}

func (a *api) conflicts(ctx context.Context, in *ConflictsInput) (*conflictsOutput, error) {
	if err := a.conflictTags(in.tags); err != nil {
		return nil, err
	}
	_, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	out := &conflictsOutput{}
	out.Body.At = in.At.or(a.instant())
	out.Body.Conflicts = []conflictJSON{}
	for _, c := range a.Cases.Conflicts(out.Body.At) {
		if slices.ContainsFunc(in.tags, func(t event.Tag) bool { v, has := c.Tags[t.Key]; return !has || v != t.Value }) {
			continue
		}
		if c.Agents == nil {
			c.Agents = []string{}
		}
		out.Body.Conflicts = append(out.Body.Conflicts, conflictJSON(c))
	}
	return out, nil
}

// conflictTags refuses tags that no KPI of conflicts is broken down by.
func (a *api) conflictTags(tags []event.Tag) error {
	for _, t := range tags {
		if !slices.ContainsFunc(a.KPIs.List(), func(l engine.Listed) bool {
			return l.Definition.Type == "conflict" && slices.Contains(l.Definition.By, t.Key)
		}) {
			return huma.NewError(http.StatusBadRequest, fmt.Sprintf("tag.%s: no KPI of conflicts is broken down by %q: add it to the by of one", t.Key, t.Key))
		}
	}
	return nil
}

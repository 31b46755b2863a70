package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// Cases tells of the cases that KPIs hold against a clock. An empty name means
// the usual one.
type Cases interface {
	Cases(name string, q kpi.CaseQuery) (engine.Answer, []kpi.CaseRow, error)
	Case(name, caseID string, at int64) (engine.Answer, []kpi.CycleAccount, error)
	Conflicts(at int64) []engine.Conflict
}

type listCasesInput struct {
	Tagged
	State  string `query:"state" enum:"open,closed,all" default:"open" doc:"Which cases."`
	Order  string `query:"order" enum:"next_breach,age" default:"next_breach" doc:"How open cases are ordered: breached ones, the longest first, then by the time that is left, then paused ones; or the oldest first. Closed cases stand behind them, the last closed first."`
	KPI    string `query:"kpi" doc:"The KPI that holds the cases against a clock, by default case.sla, or else the first that does."`
	AtRisk bool   `query:"atRisk" doc:"Whether to leave all but those at risk out."`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"100" doc:"Cases in a page."`
	Cursor string `query:"cursor" doc:"The next of the page before."`
}

type listCasesOutput struct {
	Body struct {
		AboutCases
		Cases []caseRow `json:"cases" nullable:"false" doc:"One for each clock: of several goals, a case has several."`
		Next  *string   `json:"next" doc:"The cursor of the next page; null at the end."`
	}
}

// AboutCases is what is said of every answer about cases. It is exported because
// OpenAPI is told only of exported parts of an answer.
type AboutCases struct {
	KPI      string       `json:"kpi"`
	Version  int          `json:"definitionVersion"`
	At       int64        `json:"at" doc:"Seen from when, in ms since 1970 UTC."`
	BackFill *kpiBackFill `json:"backfill,omitempty" doc:"Present while the KPI still reads history; nothing is known of cases until it has."`
}

func aboutCases(a engine.Answer) AboutCases {
	c := AboutCases{KPI: a.Definition.Name, Version: a.Number, At: a.At}
	if !a.Ready {
		c.BackFill = &kpiBackFill{a.Done, a.Total}
	}
	return c
}

type getCaseInput struct {
	CaseID string `path:"caseId" doc:"The value of the tag that identifies the case." example:"C-1"`
	KPI    string `query:"kpi" doc:"As for the list."`
	At     moment `query:"at" doc:"As of when, by default now."`
}

type getCaseOutput struct {
	Body struct {
		AboutCases
		CaseID   string      `json:"caseId"`
		Cycles   []caseCycle `json:"cycles" nullable:"false" doc:"How the time of each cycle went by, in order of goal and start."`
		Timeline []eventJSON `json:"timeline" nullable:"false" doc:"The events of the case, the oldest first."`
		More     bool        `json:"more" doc:"Whether there are older events than the timeline has."`
	}
}

// timelineEvents is how many events of a case are shown.
const timelineEvents = 1000

func (a *api) registerCases(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-cases", Method: http.MethodGet, Path: "/api/cases", Tags: []string{"Cases"},
		Summary: "Cases held against a clock, the next breach first",
		Description: "Pages are seen from one instant, that of the first. Cases are selected by tag.KEY=VALUE, of the tags in the KPI's by; " +
			"tag.goal is the name of the goal.",
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listCases)
	huma.Register(spec, huma.Operation{
		OperationID: "get-case", Method: http.MethodGet, Path: "/api/cases/{caseId}", Tags: []string{"Cases"},
		Summary:     "One case: its timeline, and the account of its clocks",
		Description: "Every span of time in which a clock ran, stood still because the case was paused, or because its calendar was closed.",
		Errors:      []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable}, RejectUnknownQueryParameters: true,
	}, a.getCase)
	a.registerConflicts(spec)
}

func (a *api) listCases(ctx context.Context, in *listCasesInput) (*listCasesOutput, error) {
	ctx, cancel, err := a.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	q := kpi.CaseQuery{
		At: a.instant(), Select: kpi.CaseSelection(in.State), Order: kpi.CaseOrder(in.Order),
		Limit: in.Limit + 1, Tags: event.TagMap(in.tags),
	}
	if in.AtRisk {
		q.State = kpi.CaseAtRisk
	}
	if in.Cursor != "" {
		after, err := kpi.ParseCaseCursor(in.Cursor)
		if err != nil {
			return nil, badCursor()
		}
		q.At, q.After = after.At, &after
	}
	found, rows, err := a.Cases.Cases(in.KPI, q)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.KPI, err)
	}
	out := &listCasesOutput{}
	out.Body.AboutCases = aboutCases(found)
	out.Body.Cases = make([]caseRow, 0, len(rows))
	for i, r := range rows {
		if i == in.Limit {
			next := rows[i-1].Cursor.String()
			out.Body.Next = &next
			break
		}
		out.Body.Cases = append(out.Body.Cases, caseRow{r})
	}
	return out, nil
}

func (a *api) getCase(ctx context.Context, in *getCaseInput) (*getCaseOutput, error) {
	ctx, cancel, err := a.synced(ctx) // the timeline is read from the store
	if err != nil {
		return nil, err
	}
	defer cancel()
	at := in.At.or(a.instant())
	found, cycles, err := a.Cases.Case(in.KPI, in.CaseID, at)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.KPI, err)
	}
	timeline, more, err := a.Reader.Events(ctx, store.EventQuery{
		Filter: store.Filter{Tags: []event.Tag{{Key: caseTag(found.Definition), Value: in.CaseID}}}, To: at, Limit: timelineEvents,
	})
	if err != nil {
		return nil, a.failed(ctx, "the timeline", err)
	}
	if len(cycles)+len(timeline) == 0 && found.Ready {
		return nil, huma.NewError(http.StatusNotFound, fmt.Sprintf("no event of a case %q has been heard of as of %d", in.CaseID, at))
	}
	out := &getCaseOutput{}
	out.Body.AboutCases, out.Body.CaseID, out.Body.More = aboutCases(found), in.CaseID, more
	out.Body.Cycles = make([]caseCycle, 0, len(cycles))
	for _, c := range cycles {
		out.Body.Cycles = append(out.Body.Cycles, caseCycle{c})
	}
	out.Body.Timeline = make([]eventJSON, 0, len(timeline))
	for _, e := range slices.Backward(timeline) {
		out.Body.Timeline = append(out.Body.Timeline, eventOf(e))
	}
	return out, nil
}

// caseTag is the tag that identifies the cases of a KPI: every type that has
// cases calls it key.
func caseTag(d *kpi.Definition) string {
	var says struct{ Key string }
	if err := json.Unmarshal(d.Source, &says); err != nil || says.Key == "" {
		return "caseId"
	}
	return says.Key
}

package httpapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// caseRow is one clock in a list of cases.
type caseRow struct{ kpi.CaseRow }

// Schema is the shape that the row's JSON has.
func (caseRow) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[caseClock](), true, "")
}

type caseClock struct {
	CaseID      string            `json:"caseId"`
	Goal        string            `json:"goal,omitempty" doc:"The name of the goal, where there are several."`
	Tags        map[string]string `json:"tags"`
	State       string            `json:"state" enum:"breached,at_risk,on_track,paused,without_goal,closed,cancelled"`
	Opened      int64             `json:"opened" doc:"When the cycle began, in ms since 1970 UTC."`
	Ended       *int64            `json:"ended" doc:"When it ended; null while it is open."`
	Deadline    *int64            `json:"deadline" doc:"Null while the clock is paused, and without a goal."`
	RemainingMs *int64            `json:"remainingMs" doc:"The open time left, or left when the cycle ended."`
	OverrunMs   *int64            `json:"overrunMs" doc:"The open time since the deadline."`
	Met         *bool             `json:"met" doc:"Null while it is not known."`
}

// caseCycle is the account of one cycle of a case.
type caseCycle struct{ kpi.CycleAccount }

// Schema is the shape that the account's JSON has.
func (caseCycle) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[clockCycle](), true, "")
}

type clockCycle struct {
	Goal        string        `json:"goal,omitempty" doc:"The name of the goal, where there are several."`
	Cycle       int           `json:"cycle" doc:"Counted from 1 within the goal; a case that is reopened begins another."`
	Start       int64         `json:"start" doc:"In ms since 1970 UTC, as all instants here."`
	End         *int64        `json:"end" doc:"Null while the cycle is open."`
	EndedBy     string        `json:"endedBy,omitempty" doc:"The event that ended it."`
	State       string        `json:"state" enum:"breached,at_risk,on_track,paused,without_goal,closed,cancelled"`
	Verdict     string        `json:"verdict" enum:"met,missed,pending,excluded" doc:"Excluded are cycles cancelled before their deadline, or without one."`
	Deadline    *int64        `json:"deadline" doc:"Null while the clock is paused, and without a goal."`
	GivenBy     string        `json:"givenBy,omitempty" doc:"The tag that the deadline came with."`
	Calendar    string        `json:"calendar,omitempty" doc:"The calendar whose hours count."`
	Targets     []clockTarget `json:"targets" nullable:"false" doc:"The targets that were in force, one after the other."`
	UsedMs      int64         `json:"usedMs" doc:"The open time used."`
	RemainingMs *int64        `json:"remainingMs" doc:"The open time left, or left when the cycle ended."`
	OverrunMs   *int64        `json:"overrunMs" doc:"The open time since the deadline."`
	Spans       []clockSpan   `json:"spans" nullable:"false" doc:"What the clock did, from the start to the end, or to the instant asked about."`
	Version     int           `json:"definitionVersion" doc:"The version of the definition that gave the verdict."`
}

type clockTarget struct {
	From     int64  `json:"from"`
	TargetMs int64  `json:"targetMs"`
	Tag      string `json:"tag,omitempty" doc:"The tag whose value chose the target."`
	Value    string `json:"value,omitempty"`
}

type clockSpan struct {
	From      int64  `json:"from"`
	To        int64  `json:"to"`
	State     string `json:"state" enum:"running,overdue,paused,closed" doc:"Closed is outside the hours of the calendar, overdue is running after the deadline."`
	Why       string `json:"why,omitempty" doc:"Why the calendar is closed, or has other hours than usual."`
	CountedMs int64  `json:"countedMs" doc:"How much of it the clock counted."`
	ShiftMs   int64  `json:"shiftMs,omitempty" doc:"How far clocks on the wall were put forward within it; negative where they were put back."`
}

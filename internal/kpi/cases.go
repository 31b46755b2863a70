package kpi

import "iter"

// CaseView is what an evaluator that holds cases against a clock tells of them,
// beside its values. Like an Evaluator it is used by one goroutine at a time; what
// Cases gives may be used beside it. Instants are ms since 1970 UTC, lengths of time ms.
type CaseView interface {
	// CaseTag is the tag that identifies a case: keys here are codes that Keys
	// gives its values.
	CaseTag() string
	// Cases selects clocks as they stand. What it gives makes the list of them, in
	// the order asked for, and may be called later and beside anything else: it is
	// most of the work. The error says what the query asks that there is not.
	Cases(q CaseQuery) (list func() []CaseRow, err error)
	// Account explains each cycle of a case as of at: how its time went by, and
	// what came of it. Cycles are in order of goal and start.
	Account(key uint32, at int64) []CycleAccount
	// Cycles walks over the cycles whose deadline or end is in [from, to), as
	// things stood just before at, in no particular order.
	Cycles(from, to, at int64) iter.Seq[Cycle]
}

// CaseState says how a clock stands.
type CaseState string

// The states of a clock.
const (
	CaseBreached    CaseState = "breached" // open, the deadline has passed
	CaseAtRisk      CaseState = "at_risk"
	CaseOnTrack     CaseState = "on_track"
	CasePaused      CaseState = "paused"
	CaseWithoutGoal CaseState = "without_goal" // open, there is no deadline
	CaseClosed      CaseState = "closed"
	CaseCancelled   CaseState = "cancelled"
)

// CaseSelection says which cases to list.
type CaseSelection string

// The selections.
const (
	OpenCases   CaseSelection = "open"
	ClosedCases CaseSelection = "closed"
	AllCases    CaseSelection = "all" // the open ones first
)

// CaseOrder says how open cases are ordered. Closed ones stand behind them, the
// last closed first.
type CaseOrder string

// The orders.
const (
	// NextBreach: breached, the longest first; then by the time that is left;
	// then paused; then those without a deadline.
	NextBreach CaseOrder = "next_breach"
	// ByAge: the oldest first.
	ByAge CaseOrder = "age"
)

// CaseQuery asks for a list of cases as they stand, seen from At. The state is
// that of the events applied, those after At included; a case that began after At
// is not listed.
type CaseQuery struct {
	At     int64
	Select CaseSelection
	Order  CaseOrder
	// Tags are values that a case must have: of tags in By, of the queue, and of
	// the goal.
	Tags map[string]string
	// State leaves all but the open cases in that state out; "" leaves out none.
	State CaseState
	// Limit is how many rows there may be, After the row before the first one.
	Limit int
	After *CaseCursor
	// Text is the value of the case tag that a code stands for.
	Text func(key uint32) string
}

// CaseRow is one clock in a list: a case, and of several goals one.
type CaseRow struct {
	Key    uint32 `json:"-"`
	CaseID string `json:"caseId"`
	Goal   string `json:"goal,omitempty"`
	// Tags may be those of other rows as well: they are not to be changed.
	Tags  map[string]string `json:"tags"`
	State CaseState         `json:"state"`
	// Opened is when the cycle began, Ended when it did.
	Opened int64  `json:"opened"`
	Ended  *int64 `json:"ended"`
	// Deadline is null while the clock is paused, and without a goal.
	Deadline *int64 `json:"deadline"`
	// RemainingMs is the open time left, or left when the cycle ended; OverrunMs
	// that since the deadline. One of them is null, or both are.
	RemainingMs *int64 `json:"remainingMs"`
	OverrunMs   *int64 `json:"overrunMs"`
	// Met is null while it is not known.
	Met *bool `json:"met"`
	// Cursor asks for what follows the row.
	Cursor CaseCursor `json:"-"`
}

// CaseVerdict says what came of a cycle.
type CaseVerdict string

// The verdicts on a cycle.
const (
	CycleMet      CaseVerdict = "met"
	CycleMissed   CaseVerdict = "missed"
	CyclePending  CaseVerdict = "pending"
	CycleExcluded CaseVerdict = "excluded" // cancelled before its deadline, or without one
)

// CycleAccount is the account of one cycle of a case.
type CycleAccount struct {
	Goal string `json:"goal,omitempty"`
	// Cycle counts from 1 within the goal.
	Cycle int   `json:"cycle"`
	Start int64 `json:"start"`
	// End is null while the cycle is open; EndedBy is the event that ended it.
	End     *int64      `json:"end"`
	EndedBy string      `json:"endedBy,omitempty"`
	State   CaseState   `json:"state"`
	Verdict CaseVerdict `json:"verdict"`
	// Deadline is null while the clock is paused, and without a goal. GivenBy is
	// the tag that it came with, "" where it follows from the target.
	Deadline *int64 `json:"deadline"`
	GivenBy  string `json:"givenBy,omitempty"`
	Calendar string `json:"calendar,omitempty"`
	// Targets are those that were in force, the last one at the end.
	Targets     []TargetInForce `json:"targets"`
	UsedMs      int64           `json:"usedMs"`
	RemainingMs *int64          `json:"remainingMs"`
	OverrunMs   *int64          `json:"overrunMs"`
	// Spans cover the time from Start to End, or to the instant asked about.
	Spans []ClockSpan `json:"spans"`
	// DefinitionVersion is filled in by whoever runs the evaluator.
	DefinitionVersion int `json:"definitionVersion"`
}

// TargetInForce is a target from an instant on, and the value of the target's tag
// that chose it, if one did.
type TargetInForce struct {
	From     int64  `json:"from"`
	TargetMs int64  `json:"targetMs"`
	Tag      string `json:"tag,omitempty"`
	Value    string `json:"value,omitempty"`
}

// ClockState says what a clock did.
type ClockState string

// The states of a span.
const (
	ClockRunning ClockState = "running"
	ClockOverdue ClockState = "overdue" // running, after the deadline
	ClockPaused  ClockState = "paused"
	ClockClosed  ClockState = "closed" // outside the hours of the calendar
)

// ClockSpan is a stretch of time in which a clock did one thing.
type ClockSpan struct {
	From  int64      `json:"from"`
	To    int64      `json:"to"`
	State ClockState `json:"state"`
	// Why the calendar is closed, or has other hours than usual.
	Why string `json:"why,omitempty"`
	// CountedMs is how much of it the clock counted.
	CountedMs int64 `json:"countedMs"`
	// ShiftMs is how far clocks on the wall were put forward within the span;
	// negative where they were put back.
	ShiftMs int64 `json:"shiftMs,omitempty"`
}

// Cycle is one cycle of a case with what came of it.
type Cycle struct {
	Key  uint32
	Goal string
	// No counts from 1 within the goal.
	No    int
	Start int64
	// Deadline counts if Bound is true, End if Ended is.
	Deadline, End int64
	Bound, Ended  bool
	Verdict       CaseVerdict
}

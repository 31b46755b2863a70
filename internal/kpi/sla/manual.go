package sla

import "github.com/hms-ops/hms-monitor/internal/kpi"

// Manual explains the type.
func Manual() kpi.Manual {
	return kpi.Manual{
		Answers: "Are cases finished in time? It gives four figures, because a per cent of cases in time has four honest readings, and says each time which one it is. The value is `due`, the one that cannot look good while overdue cases lie open.",
		Formula: "Of the cycles whose deadline passed in the window, the share that ended by it. A cycle runs from its start (opened or reopened) to its stop. Cycles still open and overdue count as missed; to end at the very deadline is in time. The interval is Wilson's.",
		Sources: []string{
			"ServiceNow, Zendesk, Jira Service Management and GLPI on clocks that pause and goals per case;",
			"Austin 311's public debate on what \"% on time\" may leave out;",
			"Agresti & Coull 1998 for the interval.",
		},
		Keys: map[string]string{
			"start":     "Begins a cycle; `case.opened`.",
			"stop":      "Ends it; `case.resolved`.",
			"reopen":    "Begins another cycle, with a target of its own; the first verdict stands. `case.reopened`.",
			"pause":     "Stops the clock; `case.paused`.",
			"resume":    "Lets it run again; `case.resumed`.",
			"cancel":    "Ends a cycle that is not to be counted, unless its deadline has passed; `case.cancelled`.",
			"change":    "Gives the target's tag a new value, that of its tag `to`; `case.priority_changed`. Before the deadline it moves it, never to before the change; afterwards it does not.",
			"key":       "The tag that identifies a case; `caseId`.",
			"target":    "How long a cycle may take: `48h`, or `{tag: priority, values: {high: 4h}, default: 48h}`.",
			"due_tag":   "The tag of the start event that holds the case's own deadline, in ms since 1970 UTC or RFC 3339. Where an event lacks it, `target` applies if there is one.",
			"calendar":  "Business hours by name: only open time counts. Without one the clock always runs.",
			"goals":     "Several clocks on each case: `[{name: first_response, stop: case.responded, target: 4h}, {name: resolution, target: 48h}]`. `goal` may then be listed in `by`; the total covers all of them.",
			"objective": "The share that should be in time, as 0.9. It gives a verdict: met when the whole interval lies at or above it, missed when all of it lies below, otherwise undetermined.",
			"at_risk":   "The share of the target that is left when a case is at risk; 0.25.",
			"queue":     "The tag by which handling times are compared: a case with less time left than the median handling time of its queue (of the 28 days before, ten cases at least) is at risk, too. That median rule is for the present; as of a past instant `at_risk` alone decides.",
		},
		Figures: map[string]string{
			"due":                "`{met, total, ratio}`: the value.",
			"closed":             "Of the cycles that ended in the window. Excludes open overdue.",
			"closed_and_overdue": "On time / (on time + late + overdue now).",
			"live":               "Open cycles at the end of the window: `breached`, `atRisk`, `onTrack`, `paused`.",
			"verdict":            "`met`, `missed` or `undetermined`; null without an objective.",
			"needed":             "How many more cycles, all in time, would settle the verdict as met; `neededLate` how many late ones as missed.",
			"cancelled":          "Cycles cancelled before their deadline: not due.",
			"withoutGoal":        "Cycles without a deadline.",
			"unmatched":          "Stops that no start is known for. They wait: a start that comes late takes them up.",
			"repeated":           "Starts of open cycles and stops of ended ones.",
			"withoutKey":         "Events that name no case.",
		},
		Example: `name: case.sla
type: sla
target: {tag: priority, values: {high: 4h, low: 5d}, default: 48h}
calendar: federal
objective: 0.9
window: 7d
by: [office]
`,
		Edges: []string{
			"Open and not yet due is neither met nor missed.",
			"A paused case has no deadline until it goes on; it is counted and shown apart. A pause after the deadline changes nothing.",
			"A pause and a stop in one instant: the pause ends first.",
			"A deadline never moves once it has passed. So what was answered as of a past instant stays true, except for events that come late.",
			"A case cancelled before its deadline is not due; one cancelled at it or later has missed it.",
			"A deadline that has passed when it is set is missed at that instant: one that came with the case and lies before its start, or a shorter target of which more is used up already. While a case is paused that shows when it goes on.",
			"A `due_tag` more than 100 years ahead (9999-12-31) is taken for none.",
			"A goal is ended by its own stop and by a cancel, nothing else: a case resolved without a reply still misses its first response.",
			"By their own times a stop before its start ends nothing: it is unmatched, and the case stays open.",
			"A group is told by the tags of the first event of the cycle that carries each; a cycle that begins by reopening takes what it lacks from the one before. Met or missed counts for the group that the cycle has at its end, how it stood on the way for the one it had then.",
			"With a calendar, a target of 8h begun an hour before closing ends seven hours into the next open day.",
		},
	}
}

package lifecycle

import "github.com/hms-ops/hms-monitor/internal/kpi"

// BacklogManual explains the type backlog.
func BacklogManual() kpi.Manual {
	return kpi.Manual{
		Answers: "How many cases are open, for how long have they been, and does the source that they come from say the same?",
		Formula: "Opened + reopened - resolved - cancelled, from the first event on, each cycle of a case counted once: exactly what a recount of the open cases gives, at any instant. The window only bounds what came and went.",
		Sources: []string{
			"Little 1961 on work in progress;",
			"ServiceNow and Jira Service Management on open cases and their age.",
		},
		Keys: map[string]string{
			"start":    "Opens a case; `case.opened`.",
			"stop":     "Closes it; `case.resolved`.",
			"cancel":   "Closes it, too; `case.cancelled`, empty for none.",
			"reopen":   "Opens it again; `case.reopened`, empty for none.",
			"key":      "The tag that identifies a case; `caseId`.",
			"reported": "The event by which the source says how many cases it has open, as its value; `backlog.reported`, empty for none.",
			"queue":    "The tag of the part of the cases that such an event speaks of; `queue`.",
		},
		Figures: map[string]string{
			"open":       "Cases open at the end of the window: the value.",
			"opened":     "Cases opened in the window; so are `reopened`, `resolved` and `cancelled`.",
			"net":        "opened + reopened - resolved - cancelled.",
			"moved":      "Cases that came into the group while open, for an event gave them its tags, less those that left it so. `open` grew by net + moved.",
			"unmatched":  "Events of the window that name no case, or close one that was never opened.",
			"age":        "`p50`, `p90` and `max` of the hours since the open cases were opened or reopened.",
			"reported":   "The sum of what each source (each combination of `by` and `queue`) said last.",
			"difference": "open - reported: what is lost on the way here, or counted twice there. 0 is trust.",
			"partial":    "The window is not over.",
		},
		Example: `name: case.backlog
type: backlog
window: 24h
by: [office, queue]
thresholds: {warning: "> 400", critical: "> 800"}
`,
		Edges: []string{
			"Opening what is open and closing what is closed changes nothing, so a case.resolved that was sent twice under two ids does not make a case vanish.",
			"An event at the very instant asked about does not count yet.",
			"A case that is resolved and reopened in one instant is open; one that is opened and resolved in one instant is not.",
			"A group is told by the tags of the first event of the cycle that carries each; a cycle that begins by reopening takes what it lacks from the one before.",
			"A reopened case is as old as its reopening.",
			"Before the first case was ever heard of there is no data.",
		},
	}
}

// ResponseManual explains the type first_response.
func ResponseManual() kpi.Manual {
	return kpi.Manual{
		Answers: "How long does somebody who writes or calls wait for the first answer by a person?",
		Formula: "The median of (first public reply by a person - first contact) over the cases opened in the window. Cases that still wait are counted with the time that they have waited so far (Kaplan-Meier): leaving them out would make a bad day look good.",
		Sources: []string{
			"Zendesk and Chatwoot on the first reply;",
			"Kaplan & Meier 1958 on what is not over.",
		},
		Keys: map[string]string{
			"start":    "The first contact; `case.opened`.",
			"respond":  "A reply; `case.responded`.",
			"cancel":   "Ends the wait of a case that is not to be counted; `case.cancelled`, empty for none.",
			"public":   "The tag of a reply that is `false` where it is an internal note; `public`.",
			"actor":    "The tag of a reply that says who wrote it; `actorKind`.",
			"bots":     "The values of that tag which are no people; `[bot, automation]`.",
			"key":      "The tag that identifies a case; `caseId`.",
			"calendar": "Business hours by name; they give the figure `business`.",
		},
		Figures: map[string]string{
			"answered":   "Cases opened in the window and answered by its end.",
			"unanswered": "Cases opened in the window that still wait at its end.",
			"p50":        "The value: half of the cases are answered by then. `p90`: nine of ten. In hours by the clock; null where so many still wait that it cannot be said.",
			"business":   "`p50` and `p90` in the open hours of `calendar`; null without one.",
			"cancelled":  "Cases opened in the window and cancelled by its end without an answer.",
			"unmatched":  "Events of the window that name no case, or one never opened.",
			"partial":    "The window is not over.",
		},
		Example: `name: case.first.response
type: first_response
calendar: federal
window: 7d
by: [office]
thresholds: {warning: "> 4", critical: "> 24"}
`,
		Edges: []string{
			"Only the first contact and the first reply count; reopening a case begins no new wait.",
			"A case that was resolved without a reply still waits for one.",
			"A reply before the first contact is none.",
			"A reply without the tags `public` and `actorKind` is taken for a public one by a person.",
			"With `by: [agentId]` a case belongs to nobody while it waits, and then to who answered.",
		},
	}
}

// ReopenManual explains the type reopen_rate.
func ReopenManual() kpi.Manual {
	return kpi.Manual{
		Answers: "How many of the cases that were resolved come back?",
		Formula: "Of the cycles resolved in the window, and long enough before its end to come back, the share that was reopened within `within`. The interval is Wilson's.",
		Sources: []string{"Zendesk and Jira Service Management on reopened tickets;", "Agresti & Coull 1998 for the interval."},
		Keys: map[string]string{
			"start":  "Opens a case; `case.opened`.",
			"stop":   "Resolves it; `case.resolved`.",
			"cancel": "Closes it otherwise; `case.cancelled`, empty for none.",
			"reopen": "Opens it again; `case.reopened`.",
			"key":    "The tag that identifies a case; `caseId`.",
			"within": "How soon a case must come back to count; 7d. The window must be longer.",
		},
		Figures: map[string]string{
			"resolved":  "Cycles resolved in the window that have had `within` to come back.",
			"reopened":  "Those that did.",
			"pending":   "Cycles resolved in the window that may still come back: they are not in the value.",
			"unmatched": "Events of the window that name no case, or resolve one never opened.",
			"partial":   "The window is not over.",
		},
		Example: `name: case.reopen.rate
type: reopen_rate
within: 7d
window: 28d
by: [office]
`,
		Edges: []string{
			"A case that comes back exactly `within` after it was resolved is too late to count.",
			"A case that is resolved and reopened twice counts twice.",
			"A reopening of a case that was cancelled counts nothing.",
			"A rate belongs to the group that resolved the case.",
		},
	}
}

package lifecycle

import "github.com/hms-ops/hms-monitor/internal/kpi"

const (
	startKey  = "A case comes in; `case.opened`."
	stopKey   = "It is resolved; `case.resolved`."
	cancelKey = "It is called off; `case.cancelled`."
	reopenKey = "It is open again; `case.reopened`."
	caseKey   = "The tag that identifies a case; `caseId`."
)

// BacklogManual explains the type backlog.
func BacklogManual() kpi.Manual {
	return kpi.Manual{
		Answers: "How many cases lie open, and how old are they? Exact at any instant: it equals a recount.",
		Formula: "Cases opened or reopened, less those resolved or cancelled, up to the end of the window. The window only says over which time the figures of movement are counted.",
		Sources: []string{"Work in process as operations management defines it (Little 1961).", "GLPI and osTicket on open tickets."},
		Keys: map[string]string{
			"start": startKey, "stop": stopKey, "cancel": cancelKey, "reopen": reopenKey, "key": caseKey,
			"reported": "The event by which a source tells its own count of open cases; `backlog.reported`. Empty for none.",
			"queue":    "The tag that tells such counts apart; `queue`. The latest of each queue are added up.",
		},
		Figures: map[string]string{
			"open":       "The value.",
			"opened":     "In the window; so are `reopened`, `resolved` and `cancelled`.",
			"net":        "What came in less what went out, in the window.",
			"moved":      "Cases that came into the group, less those that left it, because a later event changed their tags.",
			"unmatched":  "Events that close a case never opened, and events without the key.",
			"age":        "`p50`, `p90` and `max` of the open cases, in hours. History leaves them out.",
			"reported":   "The source's own count.",
			"difference": "`open` less `reported`: how far the two can be trusted.",
			"partial":    "The window is not over.",
		},
		Example: `name: case.backlog
type: backlog
window: 24h
by: [office]
`,
		Edges: []string{
			"A case that is resolved twice is closed once; one that is opened while it is open stays one.",
			"At the very instant of its resolution a case is still open.",
		},
	}
}

// ResponseManual explains the type first_response.
func ResponseManual() kpi.Manual {
	return kpi.Manual{
		Answers: "How long do people wait for a first answer by a person?",
		Formula: "The median time from the first contact to the first public reply by a person, over the cases opened in the window, in hours. Cases that still wait are not left out: they count with their wait so far (Kaplan-Meier).",
		Sources: []string{"Zendesk and Chatwoot on first reply time;", "Kaplan & Meier 1958."},
		Keys: map[string]string{
			"start": startKey, "cancel": cancelKey, "key": caseKey,
			"respond":  "A reply; `case.responded`.",
			"public":   "The tag that says whether the caller sees it; `public`. `false` does not count, absent does.",
			"actor":    "The tag that says who replied; `actorKind`.",
			"bots":     "The values of that tag that are no people; `[bot, automation]`.",
			"calendar": "Business hours by name, for the figures under `business`.",
		},
		Figures: map[string]string{
			"answered":   "Cases opened in the window with a first reply.",
			"unanswered": "Those that still wait.",
			"p50":        "The value; `p90` likewise. Null where more than half (a tenth) still wait.",
			"business":   "`p50` and `p90` in business hours; null without a calendar.",
			"cancelled":  "Cases called off before a reply.",
			"unmatched":  "Replies to cases never opened.",
			"partial":    "The window is not over.",
		},
		Example: `name: case.first.response
type: first_response
calendar: federal
window: 7d
by: [office]
`,
		Edges: []string{
			"A robot's acknowledgement is no answer.",
			"Who leaves the unanswered cases out gets a median that falls when nobody answers. This one rises.",
		},
	}
}

// ReopenManual explains the type reopen_rate.
func ReopenManual() kpi.Manual {
	return kpi.Manual{
		Answers: "How often was a case not solved after all?",
		Formula: "Cases resolved in the window and reopened within `within` / cases resolved in the window, counted only where that time is over. The interval is Wilson's.",
		Sources: []string{"Zendesk and ServiceNow on reopened tickets;", "Agresti & Coull 1998 for the interval."},
		Keys: map[string]string{
			"start": startKey, "stop": stopKey, "cancel": cancelKey, "reopen": reopenKey, "key": caseKey,
			"within": "How soon a case has to be reopened to count against its resolution; 7d.",
		},
		Figures: map[string]string{
			"resolved":  "Resolutions that count.",
			"reopened":  "Of them, those reopened in time.",
			"pending":   "Resolved so lately that they may still be reopened: they count in neither.",
			"unmatched": "Resolutions of cases never opened, and events without the key.",
			"partial":   "The window is not over.",
		},
		Example: `name: case.reopen.rate
type: reopen_rate
within: 7d
window: 30d
by: [office]
`,
		Edges: []string{"With a window no longer than `within` everything is pending: there is no data."},
	}
}

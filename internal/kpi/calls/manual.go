package calls

import "github.com/hms-ops/hms-monitor/internal/kpi"

// Manual explains the type.
func Manual() kpi.Manual {
	return kpi.Manual{
		Answers: "How many callers are answered soon enough, how many give up, and how long do the answered ones wait?",
		Formula: "Calls answered within `answer_within` / (calls offered - calls abandoned within `abandon_within`). A call belongs to the window in which it was offered, with what is known of it by the window's end. The interval is Wilson's.",
		Sources: []string{"The service level of call centre practice (80 % in 20 s);", "Gans, Koole & Mandelbaum 2003 on abandonment and the speed of answer."},
		Keys: map[string]string{
			"offered":        "A call comes in; `call.offered`.",
			"answered":       "An agent takes it; the value is the wait in seconds. `call.answered`.",
			"abandoned":      "The caller gives up; the value is the wait in seconds. `call.abandoned`; empty for none.",
			"key":            "The tag that identifies a call; `callId`.",
			"answer_within":  "The wait up to which an answer is in time; 20s.",
			"abandon_within": "Who gives up within this does not count; 5s.",
			"objective":      "The share that should be answered in time; it gives a verdict as for `sla`.",
		},
		Figures: map[string]string{
			"offered":              "Calls offered in the window.",
			"answered":             "Of them, those answered by its end.",
			"answeredWithin":       "Of them, those answered in time.",
			"abandoned":            "Of them, those given up; `shortAbandoned` within `abandon_within`.",
			"abandonRate":          "abandoned / offered. The speed of answer means little without it.",
			"averageSpeedOfAnswer": "The mean wait of the calls answered in the window, in seconds. Abandoned calls are not in it.",
			"waits":                "`n`, `p50` and `p90` of those waits.",
			"unmatched":            "Answers and abandonments of calls whose offer is not known. They stand for the offer as well, and are in `offered`.",
			"repeated":             "Further ends of a call that had ended.",
			"invalid":              "Waits that are negative or beyond all measure.",
			"needed":               "How many more calls would settle the verdict.",
			"partial":              "The window is not over.",
		},
		Example: `name: call.service.level
type: call_service_level
answer_within: 60s
abandon_within: 5s
window: 24h
by: [queue]
`,
		Edges: []string{
			"A call offered just before the window's end and answered after it is offered, and not answered, as of that end.",
			"Calls without the key are counted by their events' own times; what is given up may then belong to an offer of the window before.",
		},
	}
}

package throughput

import "github.com/hms-ops/hms-monitor/internal/kpi"

// Manual explains the type.
func Manual() kpi.Manual {
	return kpi.Manual{
		Answers: "How often does something happen: cases resolved per hour, calls per minute?",
		Formula: "Events of the name in the window, divided by the length of the window in units of `per`. Each event counts once, at its own time.",
		Sources: []string{"Throughput as operations management defines it (Little 1961): units finished per unit of time."},
		Keys: map[string]string{
			"event":  "The event that is counted.",
			"reopen": "The event that takes a counted one back; `case.reopened` where `case.resolved` is counted. It gives the figures `reopened` and `net`.",
			"per":    "The unit of time of the value; 1h unless given.",
		},
		Figures: map[string]string{
			"count":    "Events counted in the window.",
			"reopened": "`reopen` events in the window.",
			"net":      "`count` less `reopened`.",
			"partial":  "The window is not over: a low value may only mean that time is left.",
		},
		Example: `name: cases.resolved.per.hour
type: throughput
event: case.resolved
per: 1h
window: 1h
by: [office]
thresholds: {warning: 5, critical: 2}
`,
		Edges: []string{
			"Before the first event of the name was ever heard of there is no data; after it, an empty window is 0.",
			"An event at the very end of the window belongs to the next one.",
			"An event that was sent twice (same `source` and `id`, or the same `Idempotency-Key`) counts once.",
			"A case that is resolved, reopened and resolved again counts twice in `count` and once in `net`.",
		},
	}
}

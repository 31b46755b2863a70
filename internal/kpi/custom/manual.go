package custom

import "github.com/hms-ops/hms-monitor/internal/kpi"

// Manual explains the type.
func Manual() kpi.Manual {
	return kpi.Manual{
		Answers: "Anything else that can be said with counts, sums, quantiles and other KPIs. [Custom KPIs](custom-kpis.md) describes the language, with ten worked examples.",
		Formula: "The expression, over the events of the window and of the group.",
		Sources: []string{"The definition is yours. The expression is read by the expr library (expr-lang.org)."},
		Keys: map[string]string{
			"expr": "The expression: `count`, `sum`, `avg`, `min`, `max`, `last`, `quantile` and `distinct` of events, each with a filter; `kpi(\"name\")`; arithmetic and conditions; `default(x, 0)`.",
			"unit": "What is shown beside the value; `ratio` for a share, `1` otherwise.",
		},
		Figures: map[string]string{
			"parts":   "The aggregates and KPIs of the expression, each `{text, value, n}`: what the value was calculated from. `value` is null where there is no data.",
			"partial": "The window is not over.",
		},
		Example: `name: reopen.share
type: custom
expr: 'count("case.reopened") / count("case.resolved")'
window: 7d
unit: ratio
`,
		Edges: []string{
			"Dividing by zero and aggregates of no events are no data, not 0. `count` of none is 0.",
			"n is the number of events that the expression divides by; of all its events where it divides by nothing. There is an interval (Wilson) where the whole expression is a share of events: `count(e, ...) / count(e)`.",
			"A fault names the line and column in the expression, and the name that was probably meant.",
			"KPIs made from each other in a circle are refused.",
		},
	}
}

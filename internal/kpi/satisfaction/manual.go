package satisfaction

import "github.com/hms-ops/hms-monitor/internal/kpi"

// Manual explains the type.
func Manual() kpi.Manual {
	return kpi.Manual{
		Answers: "How satisfied are callers, and how sure can we be? One KPI for each instrument: CSAT, stars, net promoter score, customer effort.",
		Formula: "`csat5`: answers of 4 and 5 / answers of 1 to 5, with Wilson's interval. `stars5`: the mean of 1 to 5, with a t interval clipped to that range. " +
			"`nps`: the per cent of 9 and 10 less the per cent of 0 to 6, in points from -100 to 100, with the adjusted Wald interval. `ces7`: the mean of 1 to 7; the share of 5 to 7 stands beside it.",
		Sources: []string{
			"Agresti & Coull 1998 (Wilson's interval);",
			"Rocks 2016 (intervals of the net promoter score);",
			"GSA Touchpoints and OMB Circular A-11, section 280, on federal customer surveys;",
			"Chatwoot and Zendesk on one answer a survey.",
		},
		Keys: map[string]string{
			"instrument": "`csat5`, `stars5`, `nps` or `ces7`. Answers whose tag `instrument` is this count, and those without that tag.",
			"answered":   "The event of an answer, its value the score; `survey.answered`.",
			"sent":       "The event of a survey sent, for the response rate; `survey.sent`. Empty for none.",
			"key":        "The tag that identifies a survey; `surveyId`. Of a survey's answers the last counts. Empty: each answer is one.",
			"min_n":      "Suppress what is made of fewer answers. Unless given: 10 for groups by `agentId`, 0 otherwise.",
			"objective":  "What the value should reach; it gives a verdict as for `sla`.",
		},
		Figures: map[string]string{
			"responses":    "Answers that count.",
			"sent":         "Surveys sent in the window.",
			"responseRate": "The share of those that was answered by its end.",
			"distribution": "Answers by score.",
			"mean":         "The mean score.",
			"share":        "Of `csat5` and `ces7`: the share of 4 to 5 and of 5 to 7, and `shareInterval`.",
			"promoters":    "Of `nps`, with `passives` and `detractors`.",
			"early":        "Fewer than 30 answers: take the value with care.",
			"invalid":      "Answers that are no whole number of the instrument. They are not answers.",
			"suppressed":   "So few answers that they might tell who gave them: the value is null.",
			"needed":       "How many more answers, all good ones, would settle the verdict.",
		},
		Example: `name: caller.satisfaction
type: satisfaction
instrument: nps
window: 7d
by: [office]
`,
		Edges: []string{
			"An answer that is edited counts once, with the last edit, at the edit's time. As of an instant before the edit, the first answer counts.",
			"The response rate asks of the surveys sent in the window. Answers to earlier surveys are in `responses` and not in the rate.",
			"12 promoters and 4 detractors of 20: 40 points, interval 2.1 to 67.5.",
		},
	}
}

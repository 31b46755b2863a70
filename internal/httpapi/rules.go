package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/rules"
)

type rulesOutput struct {
	Body struct {
		Groups []ruleGroup `json:"groups" nullable:"false"`
	}
}

type ruleGroup struct {
	Group    string `json:"group" doc:"File and group of a rule file, or the name of a ready-made rule."`
	Interval int64  `json:"interval" doc:"How often it is evaluated when nothing changes, in ms."`
	OnChange bool   `json:"onChange" doc:"Whether it is judged soon after something that it reads has changed as well; otherwise at instants of its own alone."`
	Rules    []rule `json:"rules" nullable:"false"`
	Error    string `json:"error,omitempty" doc:"Why the last evaluation failed; its alerts stay as they were."`
}

type rule struct {
	Rule        string  `json:"rule"`
	Kind        string  `json:"kind" doc:"promql, the type of a ready-made rule, or server."`
	Text        string  `json:"text" doc:"The rule as it was written."`
	Hash        string  `json:"hash" doc:"Tells versions of the rule apart."`
	State       string  `json:"state,omitempty" enum:"inactive,pending,firing" doc:"Absent for a recording rule."`
	Firing      int     `json:"firing" doc:"Series that fire."`
	Pending     int     `json:"pending" doc:"Series whose condition holds, but not for long enough yet."`
	EvaluatedAt int64   `json:"evaluatedAt,omitempty" doc:"The instant judged last, in ms since 1970 UTC."`
	TookMs      float64 `json:"tookMs,omitempty" doc:"How long that took, in ms."`
	Error       string  `json:"error,omitempty"`
}

func (a *api) registerRules(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-rules", Method: http.MethodGet, Path: "/api/rules", Tags: []string{"Alerts"},
		Summary:     "Alert rules, and how their last evaluation went",
		Description: "The rules of Prometheus rule files and the ready-made ones; thresholds are at `/api/thresholds`.",
	}, a.listRules)
}

func (a *api) listRules(context.Context, *struct{}) (*rulesOutput, error) {
	out := &rulesOutput{}
	out.Body.Groups = []ruleGroup{}
	for _, g := range a.RuleGroups() {
		group := ruleGroup{Group: g.Group, Interval: g.Interval.Milliseconds(), OnChange: g.OnChange, Rules: []rule{}, Error: g.Error}
		for _, s := range g.Rules {
			group.Rules = append(group.Rules, ruleOf(s))
		}
		out.Body.Groups = append(out.Body.Groups, group)
	}
	return out, nil
}

func ruleOf(s rules.Status) rule {
	return rule{
		Rule: s.Rule, Kind: s.Kind, Text: s.Text, Hash: s.Hash, State: s.State, Firing: s.Firing, Pending: s.Pending,
		EvaluatedAt: s.At, TookMs: float64(s.Took.Microseconds()) / 1000, Error: s.Error,
	}
}

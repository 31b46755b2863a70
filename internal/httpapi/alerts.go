package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

type alertsInput struct {
	Tagged
	Rule   string `query:"rule"`
	Kind   string `query:"kind" doc:"What judged: threshold, promql, the type of a ready-made rule, server, or external."`
	State  string `query:"state" enum:"ok,warning,critical" doc:"The state after the change."`
	Series string `query:"series" doc:"The id of a change: only those of its series, told by kind, rule and tags."`
	From   moment `query:"from" doc:"Changes judged at this time or later."`
	To     moment `query:"to" doc:"Changes judged before this time."`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"100"`
	Cursor string `query:"cursor" doc:"The next of the page before."`
}

type alertsOutput struct {
	Body struct {
		Alerts []transition `json:"alerts"`
		Next   *string      `json:"next" doc:"The cursor of the next page; null at the end."`
	}
}

type alertOutput struct{ Body transition }

type alertsNowOutput struct {
	Body struct {
		Alerts []transition `json:"alerts"`
	}
}

// transition describes to OpenAPI what alert.Transition writes itself.
type transition struct{ alert.Transition }

// Schema is the JSON form of a transition.
func (transition) Schema(huma.Registry) *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: "string", Description: doc} }
	ms := func(doc string) *huma.Schema {
		return &huma.Schema{Type: "integer", Format: "int64", Description: doc + ", in ms since 1970 UTC."}
	}
	state := &huma.Schema{Type: "string", Enum: []any{"ok", "warning", "critical"}}
	return &huma.Schema{
		Type: "object", Description: "One change of state of one watched series.",
		Required: []string{"id", "kind", "rule", "metricName", "tags", "state", "previous", "value", "condition", "timestamp", "since", "at"},
		Properties: map[string]*huma.Schema{
			"id": text("Its place in the live stream."), "rule": text("The rule's name."), "metricName": text("The metric or KPI; empty for a rule over several."),
			"kind":  text("What judged: threshold, promql, the type of a ready-made rule, server, or external."),
			"tags":  {Type: "object", AdditionalProperties: &huma.Schema{Type: "string"}, Description: "What tells the rule's series apart: the values of its `by` keys, a PromQL alert's labels."},
			"state": state, "previous": state,
			"value":     {Type: "number", Nullable: true, Description: "The value that was judged; null where it is no number."},
			"condition": text(`The threshold that decides, in words: "below 2".`),
			"timestamp": ms("The judged event's own time"), "since": ms("Since when the state holds"), "at": ms("When it was judged"),
			"n":           {Type: "integer", Description: "How many observations the value rests on."},
			"provisional": {Type: "boolean", Description: "Whether late events may still take the judgement back."},
			"annotations": {Type: "object", AdditionalProperties: &huma.Schema{Type: "string"}, Description: "Texts for people."},
			"evidence":    {Description: "What the rule went by; its shape depends on the kind."},
		},
	}
}

type thresholdsOutput struct {
	Body struct {
		Thresholds []thresholdJSON `json:"thresholds"`
	}
}

type thresholdJSON struct {
	Rule       string            `json:"rule"`
	MetricName string            `json:"metricName"`
	Warning    string            `json:"warning,omitempty" example:"below 5"`
	Critical   string            `json:"critical,omitempty" example:"below 2"`
	For        string            `json:"for" example:"5m0s"`
	By         []string          `json:"by"`
	Text       string            `json:"text,omitempty" doc:"The rule as it was written, below its name, as JSON."`
	Hash       string            `json:"hash,omitempty" doc:"Tells versions of the rule apart."`
	Series     []thresholdSeries `json:"series"`
}

type thresholdSeries struct {
	Tags      map[string]string `json:"tags"`
	State     string            `json:"state" enum:"ok,warning,critical"`
	Value     float64           `json:"value"`
	Timestamp int64             `json:"timestamp"`
	Since     int64             `json:"since,omitempty" doc:"Since when the state holds; absent for a series that has never left ok."`
	Pending   string            `json:"pending,omitempty" doc:"A worse state whose condition holds, but not for long enough yet."`
	Deadline  int64             `json:"deadline,omitempty" doc:"When the pending state counts."`
}

func (a *api) registerAlerts(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-alerts", Method: http.MethodGet, Path: "/api/alerts", Tags: []string{"Alerts"},
		Summary:     "Alerts that stand now",
		Description: "The last change of state of each series that is not ok, whatever kind of rule judged it; the worst first, then the newest.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, a.alertsNow)
	huma.Register(spec, huma.Operation{
		OperationID: "alerts-history", Method: http.MethodGet, Path: "/api/alerts/history", Tags: []string{"Alerts"},
		Summary:     "Changes of state, newest first",
		Description: "Those with given tags by `tag.KEY=VALUE`.",
		Errors:      []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.alertsHistory)
	huma.Register(spec, huma.Operation{
		OperationID: "get-alert", Method: http.MethodGet, Path: "/api/alerts/{id}", Tags: []string{"Alerts"},
		Summary: "One change of state",
		Errors:  []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.getAlert)
	huma.Register(spec, huma.Operation{
		OperationID: "list-thresholds", Method: http.MethodGet, Path: "/api/thresholds", Tags: []string{"Alerts"},
		Summary: "Thresholds, and how every series stands now",
	}, a.thresholds)
}

func (a *api) alertsNow(ctx context.Context, _ *struct{}) (*alertsNowOutput, error) {
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	all, err := a.Reader.LatestAlerts(ctx, math.MaxInt64/1000)
	if err != nil {
		return nil, a.failed(ctx, "alerts", err)
	}
	slices.SortStableFunc(all, func(x, y alert.Transition) int {
		worse := func(t alert.Transition) int {
			if t.State == alert.Critical {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(worse(x), worse(y)), cmp.Compare(y.At, x.At))
	})
	out := &alertsNowOutput{}
	out.Body.Alerts = make([]transition, 0, len(all))
	for _, t := range all {
		out.Body.Alerts = append(out.Body.Alerts, transition{t})
	}
	return out, nil
}

func (a *api) alertsHistory(ctx context.Context, in *alertsInput) (*alertsOutput, error) {
	var before *alert.Position
	if in.Cursor != "" {
		text, err := decodeCursor(in.Cursor)
		if err != nil {
			return nil, err
		}
		p, err := alert.ParsePosition(text)
		if err != nil {
			return nil, badCursor()
		}
		before = &p
	}
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	q := store.AlertQuery{From: in.From.or(0), To: in.To.or(math.MaxInt64), Before: before, Limit: in.Limit + 1, Rule: in.Rule, Kind: in.Kind, State: in.State, Tags: in.tags}
	if in.Series != "" {
		t, err := a.alertOf(ctx, in.Series)
		if err != nil {
			return nil, err
		}
		if (q.Rule != "" && q.Rule != t.Rule) || (q.Kind != "" && q.Kind != t.Kind) || len(q.Tags) > 0 {
			return nil, huma.NewError(http.StatusBadRequest, "series tells kind, rule and tags: leave those out")
		}
		q.Kind, q.Rule, q.Tags, q.Exact = t.Kind, t.Rule, t.Tags, true
	}
	all, err := a.Reader.FindAlerts(ctx, q)
	if err != nil {
		return nil, a.failed(ctx, "alerts", err)
	}
	out := &alertsOutput{}
	out.Body.Alerts = make([]transition, 0, len(all))
	for i, t := range all {
		if i == in.Limit {
			out.Body.Next = encodeCursor(all[i-1].Position.String())
			break
		}
		out.Body.Alerts = append(out.Body.Alerts, transition{t})
	}
	return out, nil
}

func (a *api) getAlert(ctx context.Context, in *struct {
	ID string `path:"id" doc:"As in the history." example:"4711.1"`
}) (*alertOutput, error) {
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	t, err := a.alertOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &alertOutput{transition{t}}, nil
}

// alertOf finds a change by its id.
func (a *api) alertOf(ctx context.Context, id string) (alert.Transition, error) {
	t, known, err := store.Alert(ctx, a.Reader, id)
	switch {
	case err != nil:
		return t, a.failed(ctx, "alerts", err)
	case !known:
		return t, huma.NewError(http.StatusNotFound, fmt.Sprintf("no alert has the id %q: ids stand in the history, /api/alerts/history", id))
	}
	return t, nil
}

func (a *api) thresholds(context.Context, *struct{}) (*thresholdsOutput, error) {
	out := &thresholdsOutput{}
	out.Body.Thresholds = []thresholdJSON{}
	at := map[string]int{}
	for i, r := range a.Rules() {
		t := thresholdJSON{Rule: r.Name, MetricName: r.Metric, For: (time.Duration(r.For) * time.Millisecond).String(), By: r.By, Text: r.Text, Hash: r.Hash(), Series: []thresholdSeries{}}
		if t.By == nil {
			t.By = []string{}
		}
		if r.Warning != nil {
			t.Warning = r.Warning.String()
		}
		if r.Critical != nil {
			t.Critical = r.Critical.String()
		}
		at[r.Name] = i
		out.Body.Thresholds = append(out.Body.Thresholds, t)
	}
	for _, s := range a.States() {
		i, ok := at[s.Rule]
		if !ok {
			continue // the rule went away between the two calls
		}
		t := &out.Body.Thresholds[i]
		t.Series = append(t.Series, thresholdSeries{
			Tags: event.TagMap(s.Tags), State: string(s.State), Value: s.Value, Timestamp: s.Timestamp, Since: s.Since,
			Pending: string(s.Pending), Deadline: s.Deadline,
		})
	}
	return out, nil
}

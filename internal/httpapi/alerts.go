package httpapi

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

type alertsInput struct {
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
		Required: []string{"id", "rule", "metricName", "tags", "state", "previous", "value", "condition", "timestamp", "since", "at"},
		Properties: map[string]*huma.Schema{
			"id": text("Its place in the live stream."), "rule": text("The name in `thresholds`."), "metricName": text(""),
			"tags":  {Type: "object", AdditionalProperties: &huma.Schema{Type: "string"}, Description: "The values of the rule's `by` keys."},
			"state": state, "previous": state,
			"value":     {Type: "number", Description: "The value that was judged."},
			"condition": text(`The threshold that decides, in words: "below 2".`),
			"timestamp": ms("The judged event's own time"), "since": ms("Since when the state holds"), "at": ms("When it was judged"),
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
		OperationID: "alerts-history", Method: http.MethodGet, Path: "/api/alerts/history", Tags: []string{"Alerts"},
		Summary: "Changes of state, newest first",
		Errors:  []int{http.StatusBadRequest, http.StatusServiceUnavailable},
	}, a.alertsHistory)
	huma.Register(spec, huma.Operation{
		OperationID: "list-thresholds", Method: http.MethodGet, Path: "/api/thresholds", Tags: []string{"Alerts"},
		Summary: "Thresholds, and how every series stands now",
	}, a.thresholds)
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
	all, err := a.Reader.Alerts(ctx, in.From.or(0), in.To.or(math.MaxInt64), before, in.Limit+1)
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

func (a *api) thresholds(context.Context, *struct{}) (*thresholdsOutput, error) {
	out := &thresholdsOutput{}
	out.Body.Thresholds = []thresholdJSON{}
	at := map[string]int{}
	for i, r := range a.Rules() {
		t := thresholdJSON{Rule: r.Name, MetricName: r.Metric, For: (time.Duration(r.For) * time.Millisecond).String(), By: r.By, Series: []thresholdSeries{}}
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
			Tags: tagsOf(s.Tags), State: string(s.State), Value: s.Value, Timestamp: s.Timestamp, Since: s.Since,
			Pending: string(s.Pending), Deadline: s.Deadline,
		})
	}
	return out, nil
}

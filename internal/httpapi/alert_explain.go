package httpapi

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/rules/backtest"
	"github.com/hms-ops/hms-monitor/internal/store"
)

type alertInput struct {
	ID string `path:"id" doc:"The alert's place in the live stream." example:"123.1"`
}

type explainAlertOutput struct{ Body alertExplained }

// alertExplained is an alert judged once more.
type alertExplained struct {
	backtest.Explanation
	alert alert.Transition
}

// MarshalJSON adds the alert, and the event as the API writes events.
func (e alertExplained) MarshalJSON() ([]byte, error) {
	out := struct {
		Alert alert.Transition `json:"alert"`
		backtest.Explanation
		Event *eventJSON `json:"event,omitempty"`
	}{Alert: e.alert, Explanation: e.Explanation}
	if e.Event != nil {
		out.Event = new(eventOf(*e.Event))
	}
	return json.Marshal(out)
}

// Schema is the shape that the JSON has.
func (alertExplained) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[alertExplanation](), true, "")
}

// alertExplanation describes what MarshalJSON writes.
type alertExplanation struct {
	Alert       transition      `json:"alert"`
	Judged      string          `json:"judged,omitempty" enum:"ok,warning,critical" doc:"The state found now; absent where it could not be judged."`
	Same        bool            `json:"same" doc:"Whether that is the state of then."`
	Reason      string          `json:"reason,omitempty" doc:"Why it is not, or why it could not be judged."`
	Rule        string          `json:"rule,omitempty" doc:"The rule that was judged by, as it was written."`
	Hash        string          `json:"hash,omitempty" doc:"Tells versions of the rule apart."`
	RuleChanged bool            `json:"ruleChanged" doc:"The rule in force is another by now."`
	Version     int             `json:"definitionVersion,omitempty" doc:"The version of the KPI's definition that was judged."`
	Then        alertReading    `json:"then" doc:"What was judged then."`
	Now         *alertReading   `json:"now,omitempty" doc:"The same as known by now, what came late included."`
	Window      *alertWindow    `json:"window,omitempty" doc:"The time that was judged, in ms."`
	Evidence    any             `json:"evidence,omitempty" doc:"What the rule goes by now; its shape depends on the kind."`
	Change      *kpiExplanation `json:"change,omitempty" doc:"Which values of tags hold most of the KPI's change: from the same time a week before for an anomaly, otherwise from the time right before."`
	ChangeThen  *kpiExplanation `json:"changeThen,omitempty" doc:"The same as it was found when the alert fired, and kept with it; of detectors."`
	ChangeSame  bool            `json:"changeSame,omitempty" doc:"Whether both say the same."`
	Event       *eventJSON      `json:"event,omitempty" doc:"The event that brought it about, for a threshold on a metric."`
}

type alertReading struct {
	Value     *float64 `json:"value" nullable:"true"`
	N         int64    `json:"n,omitempty"`
	Condition string   `json:"condition,omitempty"`
}

type alertWindow struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

func (a *api) registerAlertExplain(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "explain-alert", Method: http.MethodGet, Path: "/api/alerts/{id}/explain", Tags: []string{"Alerts"},
		Summary: "An alert judged once more, from the stored events",
		Description: "With the rule of then, where it was kept or is still in force, and the version of the KPI's definition. " +
			"Says whether the verdict is the same, the value then and as known by now, and which values of tags hold most of the change: " +
			"as known now (`change`) and, of detectors, as found and kept when the alert fired (`changeThen`).",
		Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.explainAlert)
}

// explainAlert judges from the last change of the series to ok on.
func (a *api) explainAlert(ctx context.Context, in *alertInput) (*explainAlertOutput, error) {
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	t, err := a.alertOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	before, err := a.Reader.FindAlerts(ctx, store.AlertQuery{
		To: math.MaxInt64, Before: &t.Position, Limit: 1, Kind: t.Kind, Rule: t.Rule, Tags: t.Tags, Exact: true, State: string(alert.OK),
	})
	if err != nil {
		return nil, a.failed(ctx, "alerts", err)
	}
	var ok *alert.Transition
	if len(before) > 0 {
		ok = &before[0]
	}
	x, err := a.Backtest.Explain(ctx, t, ok)
	if err != nil {
		return nil, a.failed(ctx, "what the alert rests on", err)
	}
	return &explainAlertOutput{Body: alertExplained{x, t}}, nil
}

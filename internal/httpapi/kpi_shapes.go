package httpapi

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// What the engine writes itself is described to OpenAPI by the shapes below; a
// test holds real answers to them.

// answer is a value of a KPI.
type answer struct{ engine.Answer }

// Schema is the shape that the answer's JSON has.
func (answer) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[kpiValue](), true, "")
}

type kpiValue struct {
	KPI        string       `json:"kpi"`
	Type       string       `json:"type"`
	Title      string       `json:"title"`
	Unit       string       `json:"unit" doc:"Shares are 0 to 1, their unit is ratio. NPS is in points, -100 to 100."`
	At         int64        `json:"at" doc:"As of when, in ms since 1970 UTC."`
	Window     kpiWindow    `json:"window"`
	Version    int          `json:"definitionVersion"`
	Watermark  int64        `json:"watermark" doc:"The latest event time heard of."`
	Complete   bool         `json:"complete" doc:"Whether events have been heard of that are not before the end of the window; where not, some may still come."`
	Seq        uint64       `json:"seq" doc:"The number of the last event that is counted in."`
	Formula    string       `json:"formula" doc:"The definition in words."`
	Excludes   string       `json:"excludes,omitempty" doc:"What is left out."`
	BackFill   *kpiBackFill `json:"backfill,omitempty" doc:"Present while the definition still reads history; the value is null until it has."`
	Series     []kpiSeries  `json:"series" nullable:"false" doc:"The total, then with by= every group."`
	Thresholds *kpiLimits   `json:"thresholds,omitempty"`
}

type kpiLimits struct {
	Warning  string `json:"warning,omitempty" example:"below 5"`
	Critical string `json:"critical,omitempty" example:"below 2"`
}

type kpiWindow struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

type kpiSeries struct {
	Tags     map[string]string `json:"tags" doc:"Empty for the total. A tag that events did not carry reads \"\"."`
	Value    *float64          `json:"value" nullable:"true" doc:"Null where there is no data."`
	N        int64             `json:"n" doc:"How many things the value is made of."`
	Interval []float64         `json:"interval" nullable:"true" minItems:"2" maxItems:"2" doc:"The 95 % confidence interval; null where none is defined."`
	State    string            `json:"state" enum:"ok,warning,critical,undetermined,no_data"`
	Figures  kpiFigures        `json:"figures,omitempty"`
}

// kpiFigures differ by type.
type kpiFigures map[string]any

// Schema names what the types have.
func (kpiFigures) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: "object", AdditionalProperties: true,
		Description: "What stands beside the value, by type. throughput: count, reopened, net, partial. " +
			"sla: due, closed, closed_and_overdue (each met, total, ratio), live (breached, atRisk, onTrack, paused), verdict, needed, unmatched. " +
			"satisfaction: responses, sent, responseRate, distribution, mean, promoters, passives, detractors, early. " +
			"conflict: L0, L1, L2, L3, proxy, each started, open, rate and clearance (median, p90, n, censored). The reference of KPIs has them all.",
	}
}

// course is one line of a history.
type course struct{ engine.Course }

// Schema is the shape that the line's JSON has.
func (course) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[kpiCourse](), true, "")
}

type kpiCourse struct {
	Tags   map[string]string `json:"tags" doc:"Empty for the total."`
	Points []kpiPoint        `json:"points" nullable:"false"`

	Intervals []*kpiInterval `json:"intervals,omitempty" nullable:"false" doc:"With detail=true: the 95 % confidence interval of each point, or null."`
	Figures   []kpiFigures   `json:"figures,omitempty" nullable:"false" doc:"With detail=true: what stands beside each point."`
}

type kpiInterval [2]float64

// Schema is a pair or null.
func (*kpiInterval) Schema(huma.Registry) *huma.Schema {
	two := 2
	return &huma.Schema{Type: "array", Nullable: true, Items: &huma.Schema{Type: "number"}, MinItems: &two, MaxItems: &two}
}

type kpiPoint [3]*float64

// Schema is a triple.
func (kpiPoint) Schema(huma.Registry) *huma.Schema {
	three := 3
	return &huma.Schema{
		Type: "array", Items: &huma.Schema{Type: "number", Nullable: true}, MinItems: &three, MaxItems: &three,
		Description: "The beginning of the step in ms since 1970 UTC, the value or null, and n.",
	}
}

// document is a definition as it was written.
type document struct{ json.RawMessage }

// Schema is that of the body of a PUT.
func (document) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", AdditionalProperties: true, Description: "The definition as it was written."}
}

func definitionSchema() *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: "string", Description: doc} }
	limit := &huma.Schema{OneOf: []*huma.Schema{{Type: "number"}, {Type: "string"}}, Description: `A number, or an operator and a number: "> 60".`}
	return &huma.Schema{
		Type: "object", Description: "A definition as the configuration file has it; the type says which members there are beside these.",
		Required: []string{"type"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{
			"name": text("As in the path; it may be left out."), "title": text("What people see."),
			"type":   text("throughput, sla, satisfaction, conflict and so on."),
			"window": text("How far back a value looks, as in 7d."),
			"by":     {Type: "array", Items: &huma.Schema{Type: "string"}, Description: "Tags by whose values it can be broken down."},
			"thresholds": {Type: "object", Properties: map[string]*huma.Schema{
				"warning": limit, "critical": limit, "for": text("How long a condition must hold, as in 5m."), "hysteresis": {Type: "number"},
				"per_group": {Type: "boolean"}, "min_n": {Type: "integer"},
			}},
		},
	}
}

// named puts a schema among the components, and refers to it.
func named(spec huma.API, name string, s *huma.Schema) *huma.Schema {
	spec.OpenAPI().Components.Schemas.Map()[name] = s
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

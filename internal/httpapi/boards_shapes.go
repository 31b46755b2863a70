package httpapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/boards"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// boardBody is a board as it is written and read.
type boardBody struct{ *boards.Board }

// Schema is the shape that the JSON has.
func (boardBody) Schema(huma.Registry) *huma.Schema { return boardSchema() }

// MarshalJSON is the board's own.
func (b boardBody) MarshalJSON() ([]byte, error) { return b.JSON() }

// boardDiff is how a board differs from what stood.
type boardDiff struct{ boards.Diff }

// Schema is the shape that the JSON has.
func (boardDiff) Schema(huma.Registry) *huma.Schema {
	panels := func(doc string) *huma.Schema {
		return &huma.Schema{Type: "array", Items: panelSchema(), Description: doc}
	}
	texts := func(doc string) *huma.Schema {
		return &huma.Schema{Type: "array", Items: &huma.Schema{Type: "string"}, Description: doc}
	}
	return &huma.Schema{
		Type: "object", Required: []string{"board", "added", "removed", "changed"},
		Properties: map[string]*huma.Schema{
			"board": texts("The keys outside panels that differ."), "added": panels(""), "removed": panels(""),
			"changed": {Type: "array", Description: "Panels are the same by their id.", Items: &huma.Schema{
				Type: "object", Required: []string{"id", "keys", "before", "after"},
				Properties: map[string]*huma.Schema{
					"id": {Type: "string"}, "keys": texts("What differs: x, y, w and h where it was moved or resized."),
					"before": panelSchema(), "after": panelSchema(),
				},
			}},
		},
	}
}

func boardSchema() *huma.Schema {
	return &huma.Schema{
		Type: "object", Description: "A dashboard: panels on a grid of twelve columns.", Required: []string{"panels"},
		AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"name":        {Type: "string", Description: "Up to 64 of a-z, 0-9, dot, dash and underscore."},
			"title":       {Type: "string", Description: "What people see."},
			"description": {Type: "string"},
			"panels":      {Type: "array", Items: panelSchema()},
		},
	}
}

// panelSchema describes the panels of every type in one: which keys a type takes
// is in the descriptions.
func panelSchema() *huma.Schema {
	text := func(doc string, enum ...any) *huma.Schema {
		return &huma.Schema{Type: "string", Description: doc, Enum: enum}
	}
	number := func(doc string, low, high float64) *huma.Schema {
		return &huma.Schema{Type: "integer", Description: doc, Minimum: &low, Maximum: &high}
	}
	var types []any
	for _, t := range boards.Types() {
		types = append(types, t)
	}
	return &huma.Schema{
		Type: "object", Required: []string{"type", "x", "y", "w", "h"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"id":    text("Tells the board's panels apart. Left out: the type and a number."),
			"type":  text("", types...),
			"title": text("Left out, the panel names itself."),
			"x":     number("The first column.", 0, boards.Columns-1), "y": number("The first row.", 0, 1000),
			"w": number("Columns; x and w together are at most 12.", 1, boards.Columns), "h": number("Rows.", 1, 40),
			"kpi":    text("Of kpi, chart and table: the name of a KPI."),
			"metric": text("Of chart, in place of kpi: the name of a metric."),
			"tags": {Type: "object", AdditionalProperties: &huma.Schema{Type: "string"},
				Description: "Of kpi, chart and alerts: the values of tags to select by."},
			"window": text("Of kpi and table: how far back the value looks, as 7d."),
			"figure": text("Of kpi: the figure to show in place of the value."),
			"by":     text("Of chart and table: the tag by whose values to break down."),
			"range":  text("Of chart: how far back it goes, as 24h."), "step": text("Of chart: the distance of its points, as 5m."),
			"style":  text("Of chart.", "line", "area", "bar"),
			"order":  text("Of table: which rows come first.", "worst", "best", "name"),
			"limit":  number("Of table, sql and alerts: how many rows.", 0, 10_000),
			"text":   text("Of text: Markdown."),
			"sql":    text("Of sql: a query as POST /api/sql takes it."),
			"show":   text("Of sql: as what its answer is shown.", "table", "line", "bar", "number"),
			"states": {Type: "array", Items: text("", "warning", "critical", "ok"), Description: "Of alerts: the states to list."},
		},
	}
}

package engine

import (
	"encoding/json"
	"math"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// The JSON of the API and of the live stream. Times are in ms since 1970 UTC;
// what has no data is null.

type answerJSON struct {
	KPI        string        `json:"kpi"`
	Type       string        `json:"type"`
	Title      string        `json:"title"`
	Unit       string        `json:"unit"`
	At         int64         `json:"at"`
	Window     windowJSON    `json:"window"`
	Version    int           `json:"definitionVersion"`
	Watermark  int64         `json:"watermark"`
	Complete   bool          `json:"complete"`
	Seq        uint64        `json:"seq"`
	Formula    string        `json:"formula,omitempty"`
	Excludes   string        `json:"excludes,omitempty"`
	BackFill   *backFillJSON `json:"backfill,omitempty"`
	Series     []seriesJSON  `json:"series"`
	Thresholds any           `json:"thresholds,omitempty"`
}

type windowJSON struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

type backFillJSON struct {
	Done  uint64 `json:"done"`
	Total uint64 `json:"total"`
}

type seriesJSON struct {
	Tags     map[string]string `json:"tags"`
	Value    *float64          `json:"value"`
	N        int64             `json:"n"`
	Interval *[2]float64       `json:"interval"`
	State    State             `json:"state"`
	Figures  any               `json:"figures,omitempty"`
}

// MarshalJSON writes a KPI value as the API documents it.
func (a Answer) MarshalJSON() ([]byte, error) {
	description := a.Definition.Spec.Describe(&a.Definition.Common)
	out := answerJSON{
		KPI: a.Definition.Name, Type: a.Definition.Type, Title: a.Definition.Label(), Unit: description.Unit,
		At: a.At, Window: windowJSON{a.From, a.At}, Version: a.Number, Watermark: a.Watermark, Complete: a.At <= a.Watermark,
		Seq: a.Seq, Formula: description.Formula, Excludes: description.Excludes, Series: make([]seriesJSON, 0, len(a.Series)),
	}
	if a.terse {
		out.Formula, out.Excludes = "", ""
	}
	if !a.Ready {
		out.BackFill = &backFillJSON{a.Done, a.Total}
	}
	if a.rule != nil {
		limits := map[string]string{}
		if a.rule.Warning != nil {
			limits["warning"] = a.rule.Warning.String()
		}
		if a.rule.Critical != nil {
			limits["critical"] = a.rule.Critical.String()
		}
		out.Thresholds = limits
	}
	for _, s := range a.Series {
		out.Series = append(out.Series, seriesJSON{
			Tags: event.TagMap(s.Tags), Value: number(s.Value), N: s.N, Interval: s.Interval, State: a.State(s), Figures: s.Figures,
		})
	}
	return json.Marshal(out)
}

func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// MarshalJSON writes a point as [t, value, n].
func (p Point) MarshalJSON() ([]byte, error) {
	return json.Marshal([3]any{p.T, number(p.Value), p.N})
}

// MarshalJSON writes a line of a history.
func (c Course) MarshalJSON() ([]byte, error) {
	points := c.Points
	if points == nil {
		points = []Point{}
	}
	return json.Marshal(struct {
		Tags   map[string]string `json:"tags"`
		Points []Point           `json:"points"`
	}{event.TagMap(c.Tags), points})
}

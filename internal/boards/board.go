// Package boards holds dashboards that people compose: what a board may say, in
// strict YAML or JSON, how two of them differ, and a catalog of those that come
// with the program, from files, and from people, with their versions. It knows
// no KPI, no HTTP and no store: the API asks it, the app feeds and keeps it.
package boards

import (
	"bytes"
	"encoding/json"

	"github.com/goccy/go-yaml"

	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// Board is a dashboard: panels on a grid of twelve columns.
type Board struct {
	Name        string  `yaml:"name" json:"name"`
	Title       string  `yaml:"title,omitempty" json:"title,omitempty"`
	Description string  `yaml:"description,omitempty" json:"description,omitempty"`
	Panels      []Panel `yaml:"panels" json:"panels"`
}

// Columns is how many columns the grid has; rows follow as needed.
const Columns = 12

// Frame is what every panel says: what it is, and where.
type Frame struct {
	// ID tells panels of a board apart; who leaves it out gets the type and a
	// number.
	ID    string `yaml:"id" json:"id"`
	Type  string `yaml:"type" json:"type"`
	Title string `yaml:"title,omitempty" json:"title,omitempty"`
	X     int    `yaml:"x" json:"x"`
	Y     int    `yaml:"y" json:"y"`
	W     int    `yaml:"w" json:"w"`
	H     int    `yaml:"h" json:"h"`
}

// Panel is a part of a board.
type Panel struct {
	Frame
	// Spec is what a panel of its type says: *KPI, *Chart, *Table, *Text, *SQL
	// or *Alerts.
	Spec Spec
}

// KPI shows the value of a KPI, its target, state and course.
type KPI struct {
	KPI    string            `yaml:"kpi" json:"kpi"`
	Tags   map[string]string `yaml:"tags,omitempty" json:"tags,omitempty"`
	Window string            `yaml:"window,omitempty" json:"window,omitempty"`
	Figure string            `yaml:"figure,omitempty" json:"figure,omitempty"`
}

// Chart shows the course of a KPI, or of a metric's rate.
type Chart struct {
	KPI    string            `yaml:"kpi,omitempty" json:"kpi,omitempty"`
	Metric string            `yaml:"metric,omitempty" json:"metric,omitempty"`
	Tags   map[string]string `yaml:"tags,omitempty" json:"tags,omitempty"`
	By     string            `yaml:"by,omitempty" json:"by,omitempty"`
	Range  string            `yaml:"range,omitempty" json:"range,omitempty"`
	Step   string            `yaml:"step,omitempty" json:"step,omitempty"`
	Style  string            `yaml:"style,omitempty" json:"style,omitempty"`
}

// Table shows a KPI for each value of a tag.
type Table struct {
	KPI    string `yaml:"kpi" json:"kpi"`
	By     string `yaml:"by" json:"by"`
	Window string `yaml:"window,omitempty" json:"window,omitempty"`
	Order  string `yaml:"order,omitempty" json:"order,omitempty"`
	Limit  int    `yaml:"limit,omitempty" json:"limit,omitempty"`
}

// Text shows Markdown.
type Text struct {
	Text string `yaml:"text" json:"text"`
}

// SQL shows the answer to a query.
type SQL struct {
	SQL   string `yaml:"sql" json:"sql"`
	Show  string `yaml:"show,omitempty" json:"show,omitempty"`
	Limit int    `yaml:"limit,omitempty" json:"limit,omitempty"`
}

// Alerts shows the alerts that stand.
type Alerts struct {
	States []string          `yaml:"states,omitempty" json:"states,omitempty"`
	Tags   map[string]string `yaml:"tags,omitempty" json:"tags,omitempty"`
	Limit  int               `yaml:"limit,omitempty" json:"limit,omitempty"`
}

// Types lists the types of panels.
func Types() []string { return []string{"kpi", "chart", "table", "text", "sql", "alerts"} }

func specOf(kind string) Spec {
	switch kind {
	case "kpi":
		return &KPI{}
	case "chart":
		return &Chart{}
	case "table":
		return &Table{}
	case "text":
		return &Text{}
	case "sql":
		return &SQL{}
	case "alerts":
		return &Alerts{}
	}
	return nil
}

var _ strict.Parted = (*Panel)(nil)

// Parts takes the keys that a panel of its type has.
func (p *Panel) Parts(text func(key string) string) (parts []any, key, detail string) {
	kind := text("type")
	if p.Spec = specOf(kind); p.Spec == nil {
		if kind == "" {
			return nil, "type", "is missing" + suggest.Near("", Types())
		}
		return nil, "type", "is no type of panel" + suggest.Near(kind, Types())
	}
	return []any{&p.Frame, p.Spec}, "", ""
}

// Written has no use for the text: a panel is written anew.
func (p *Panel) Written(json.RawMessage) {}

// MarshalJSON writes frame and spec as one object.
func (p Panel) MarshalJSON() ([]byte, error) {
	frame, err := json.Marshal(p.Frame)
	if err != nil {
		return nil, err
	}
	spec, err := json.Marshal(p.Spec)
	if err != nil || bytes.Equal(spec, []byte("{}")) || p.Spec == nil {
		return frame, err
	}
	return append(append(frame[:len(frame)-1], ','), spec[1:]...), nil
}

// MarshalYAML writes frame and spec as one section.
func (p Panel) MarshalYAML() (any, error) {
	var all yaml.MapSlice
	for _, part := range []any{p.Frame, p.Spec} {
		text, err := yaml.Marshal(part)
		if err != nil {
			return nil, err
		}
		var keys yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(text, &keys, yaml.UseOrderedMap()); err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	return all, nil
}

// YAML is the board as a file has it.
func (b *Board) YAML() ([]byte, error) {
	text, err := yaml.MarshalWithOptions(b, yaml.IndentSequence(true), yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return nil, err
	}
	// There are texts that the library does not read back as it wrote them, say
	// literals that begin with a space.
	if again, d := Parse(b.Name, text, Known{}); d.Err() == nil && Compare(b, again).Empty() {
		return text, nil
	}
	return json.MarshalIndent(b, "", "  ") // which is YAML, too
}

// JSON is the board as the API has it: the same board is the same text.
func (b *Board) JSON() ([]byte, error) { return json.Marshal(b) }

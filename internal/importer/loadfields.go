package importer

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// time reads {column: c, layout: l}, {column: [c, d], layout: l} or
// {template: "{date} {time}", layout: l}.
func (r *mapReader) time(at yamlField) timeMap {
	fields := r.mapping(at.node, at.path, "column", "template", "layout")
	if fields == nil {
		return timeMap{}
	}
	var t timeMap
	column, byColumn := fields["column"]
	text, byTemplate := fields["template"]
	switch {
	case byColumn == byTemplate:
		r.fault(at.line, at.path, "it needs either column or template")
	case byTemplate:
		t.texts = []template{r.template(text)}
	case column.isSequence():
		for _, item := range r.sequence(column) {
			t.texts = append(t.texts, columnTemplate(r.columnName(item)))
		}
		if len(t.texts) == 0 {
			r.fault(column.line, column.path, "the list of columns is empty")
		}
	default:
		t.texts = []template{columnTemplate(r.columnName(column))}
	}
	if f, ok := fields["layout"]; ok {
		t.layout = r.layout(f)
	} else {
		r.fault(at.line, at.path, `layout is missing: rfc3339, unix_ms, unix_s or a Go layout such as "2006-01-02 15:04:05"`)
	}
	return t
}

func (r *mapReader) layout(at yamlField) *layout {
	l, err := parseLayout(r.text(at))
	if err != nil {
		r.fault(at.line, at.path, err.Error())
	}
	return l
}

// value reads a number, a column name, or {column: c}.
func (r *mapReader) value(at yamlField) valueMap {
	if at.isMapping() {
		fields := r.mapping(at.node, at.path, "column")
		f, ok := fields["column"]
		if !ok {
			r.fault(at.line, at.path, "column is missing")
			return valueMap{}
		}
		return valueMap{column: r.columnName(f)}
	}
	text := r.text(at)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return valueMap{column: r.columnName(at)}
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.fault(at.line, at.path, "a value must be a finite number")
	}
	return valueMap{constant: v}
}

func (r *mapReader) columnName(at yamlField) string {
	name := r.text(at)
	if name == "" {
		r.fault(at.line, at.path, "it is empty; name a column")
	}
	return name
}

func (r *mapReader) template(at yamlField) template {
	t, err := parseTemplate(r.text(at))
	if err != nil {
		r.fault(at.line, at.path, err.Error())
	}
	return t
}

func (r *mapReader) tags(at yamlField) []tagMap {
	var tags []tagMap
	for _, f := range r.entries(at) {
		t := r.tag(f)
		t.key = f.path[len(f.path)-1]
		tags = append(tags, t)
	}
	return tags
}

// tag reads a column name, or {column|template|const: ..., time: layout, hash: true}.
func (r *mapReader) tag(at yamlField) tagMap {
	if !at.isMapping() {
		return tagMap{text: columnTemplate(r.columnName(at))}
	}
	fields := r.mapping(at.node, at.path, "column", "template", "const", "time", "hash")
	if fields == nil {
		return tagMap{}
	}
	var t tagMap
	var from []string
	for _, kind := range []string{"column", "template", "const"} {
		f, ok := fields[kind]
		if !ok {
			continue
		}
		from = append(from, kind)
		switch kind {
		case "column":
			t.text = columnTemplate(r.columnName(f))
		case "template":
			t.text = r.template(f)
		case "const":
			t.text = constTemplate(r.text(f))
		}
	}
	if len(from) != 1 {
		r.fault(at.line, at.path, fmt.Sprintf("it needs one of column, template, const; it has %s", orNone(from)))
	}
	if f, ok := fields["time"]; ok {
		t.layout = r.layout(f)
	}
	if f, ok := fields["hash"]; ok {
		t.hash = r.boolean(f)
		if t.hash && t.layout != nil {
			r.fault(f.line, f.path, "time and hash exclude each other")
		}
	}
	return t
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " and ")
}

package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// mostMapBytes keeps a file that is no map from being parsed at length.
const mostMapBytes = 1 << 20

// LoadMap reads a map file; name is for messages and the default source. All
// faults are reported at once, as a *MapFaults.
func LoadMap(name string, data []byte) (*Map, error) {
	if len(data) > mostMapBytes {
		return nil, fmt.Errorf("%s: %d bytes are too long for a map; is it the data file?", name, len(data))
	}
	r := &mapReader{file: name}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxFault(name, err)
	}
	digest := sha256.Sum256(data)
	m := &Map{Zone: time.UTC, Delimiter: ',', Source: defaultSource(name), digest: hex.EncodeToString(digest[:])}
	switch {
	case len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil:
		r.fault(1, nil, "the map is empty; it needs events")
	case len(parsed.Docs) > 1:
		r.fault(1, nil, "a map is one YAML document; this file has several")
	default:
		r.root(m, parsed.Docs[0].Body)
	}
	if len(r.faults) > 0 {
		return nil, &MapFaults{r.faults}
	}
	return m, nil
}

func defaultSource(name string) string {
	base := filepath.Base(name)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

func syntaxFault(name string, err error) error {
	line, text := 1, err.Error()
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		text = syntax.Message
		if syntax.Token != nil && syntax.Token.Position != nil {
			line = syntax.Token.Position.Line
		}
	}
	text, _, _ = strings.Cut(text, "\n")
	return &MapFaults{[]MapFault{{File: name, Line: line, Fault: fault.Fault{Path: []string{"YAML"}, Detail: text}}}}
}

func (r *mapReader) root(m *Map, node yamlNode) {
	fields := r.mapping(node, nil, "format", "time_zone", "nulls", "source", "delimiter", "events")
	if f, ok := fields["format"]; ok {
		switch format := Format(r.text(f)); format {
		case CSV, NDJSON, XES:
			m.Format = format
		default:
			r.fault(f.line, f.path, fmt.Sprintf("%q is none of csv, ndjson, xes", format))
		}
	}
	if f, ok := fields["time_zone"]; ok {
		name := r.text(f)
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" || name == "Local" {
			r.fault(f.line, f.path, fmt.Sprintf("%q is no time zone; use a name of the IANA database, such as America/New_York", name))
		} else {
			m.Zone = zone
		}
	}
	if f, ok := fields["nulls"]; ok {
		for _, item := range r.sequence(f) {
			m.Nulls = append(m.Nulls, r.text(item))
		}
	}
	if f, ok := fields["source"]; ok {
		if m.Source = r.text(f); m.Source == "" {
			r.fault(f.line, f.path, "it is empty; leave the key out for the map's name")
		}
	}
	if f, ok := fields["delimiter"]; ok {
		text := r.text(f)
		only, size := utf8.DecodeRuneInString(text)
		if size == 0 || size != len(text) || strings.ContainsRune("\"\r\n\uFFFD", only) {
			r.fault(f.line, f.path, fmt.Sprintf("%q is not one character such as \",\", \";\" or \"\\t\"", text))
		} else {
			m.Delimiter = only
		}
	}
	f, ok := fields["events"]
	if !ok {
		r.fault(r.lineOf(node), nil, "events is missing: a map says which events a row gives")
		return
	}
	items := r.sequence(f)
	if len(items) == 0 {
		r.fault(f.line, f.path, "it is empty; a map gives at least one event")
	}
	for _, item := range items {
		m.Events = append(m.Events, r.event(item))
	}
}

func (r *mapReader) event(at yamlField) EventMap {
	var e EventMap
	fields := r.mapping(at.node, at.path, "metric", "time", "value", "id", "tags", "when")
	for _, key := range []string{"metric", "time"} {
		if _, ok := fields[key]; !ok && fields != nil {
			r.fault(at.line, at.path, key+" is missing")
		}
	}
	if f, ok := fields["metric"]; ok {
		if e.Metric = r.text(f); e.Metric == "" {
			r.fault(f.line, f.path, "it is empty; name the metric, such as case.opened")
		}
	}
	if f, ok := fields["time"]; ok {
		e.Time = r.time(f)
	}
	e.Value.constant = 1
	if f, ok := fields["value"]; ok {
		e.Value = r.value(f)
	}
	if f, ok := fields["id"]; ok {
		e.ID = r.template(f)
		if e.ID.empty() || len(e.ID.columns()) == 0 {
			r.fault(f.line, f.path, "it holds no column in braces, so every row would have the same id; as in {case_id}/opened")
		}
	}
	if f, ok := fields["tags"]; ok {
		e.Tags = r.tags(f)
	}
	if f, ok := fields["when"]; ok {
		c, err := compileCondition(r.text(f))
		if err != nil {
			r.fault(f.line, f.path, err.Error())
		}
		e.When = c
	}
	return e
}

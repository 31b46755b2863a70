package importer

import (
	"fmt"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// Map says which column of a source row gives what of which event. A row may
// give several events. LoadMap reads it from YAML; docs/import.md describes it.
type Map struct {
	// Format of the files; empty: each file's name tells.
	Format Format
	// Zone is for times that carry no offset.
	Zone *time.Location
	// Nulls are the texts that stand for "no value", besides the empty one.
	Nulls []string
	// Source is the events' source; together with the id it makes a repeated
	// import harmless.
	Source string
	// Delimiter separates the columns of a CSV file.
	Delimiter rune
	Events    []EventMap

	digest string // of the map file: a changed map is a different import
}

// EventMap makes one event of a row.
type EventMap struct {
	Metric string
	When   *condition // nil: always
	Time   timeMap
	Value  valueMap
	ID     template // empty: made from the row's place in the file
	Tags   []tagMap
}

// valueMap is a constant, or the number in a column.
type valueMap struct {
	constant float64
	column   string
}

// tagMap fills one tag. A tag whose text comes out empty is left out.
type tagMap struct {
	key    string
	text   template
	layout *layout // not nil: the text is a time, and the tag its RFC 3339 form
	hash   bool
}

// timeMap reads the event's time: the first of several texts that is there.
type timeMap struct {
	texts  []template
	layout *layout
}

// Format is a kind of file.
type Format string

// The formats that can be read.
const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
	XES    Format = "xes"
)

// formatOf tells a file's format by the end of its name.
func formatOf(name string) (Format, error) {
	lower := strings.ToLower(name)
	for ending, f := range map[string]Format{
		".csv": CSV, ".ndjson": NDJSON, ".jsonl": NDJSON, ".json": NDJSON, ".xes": XES,
	} {
		if strings.HasSuffix(lower, ending) {
			return f, nil
		}
	}
	return "", fmt.Errorf("%s: the name ends in none of .csv .ndjson .jsonl .json .xes; name the format in the map (format: csv)", name)
}

// columns lists every column the map reads, each once, in the order of use.
func (m *Map) columns() []string {
	var names []string
	seen := make(map[string]bool)
	add := func(more ...string) {
		for _, name := range more {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	for i := range m.Events {
		e := &m.Events[i]
		for _, t := range e.Time.texts {
			add(t.columns()...)
		}
		if e.Value.column != "" {
			add(e.Value.column)
		}
		add(e.ID.columns()...)
		for _, t := range e.Tags {
			add(t.text.columns()...)
		}
		if e.When != nil {
			add(e.When.columns...)
		}
	}
	return names
}

// MapFaults is everything wrong with a map file.
type MapFaults struct{ Faults []MapFault }

// MapFault is one thing wrong with a map file, and where.
type MapFault struct {
	File  string
	Line  int
	Fault fault.Fault
}

func (f MapFault) String() string {
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Fault.Error())
}

func (f *MapFaults) Error() string {
	lines := make([]string, len(f.Faults))
	for i, one := range f.Faults {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

package duckdb

import (
	"slices"
	"strings"
)

// selection is what a read of events selects: number, time, metric and value;
// of whole events source and id; tags, each as a text of its own; and the map
// of the others where all are wanted.
type selection struct {
	whole bool
	tags  []selected // ordered by key
	maps  bool
	// args are those of the expressions in tags.
	args []any
}

// selected is a tag and how it is read.
type selected struct{ key, expression string }

// everything selects whole events.
func (l *layout) everything() selection {
	s := selection{whole: true, maps: l.hasMore}
	for _, tag := range l.tags {
		s.tags = append(s.tags, selected{tag.key, quote(tag.name)})
	}
	return s
}

// only selects, beside metric, value and time, the tags of keys alone. One that
// was never stored is left out.
func (l *layout) only(keys []string) selection {
	var s selection
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		switch name, known := l.columns[key]; {
		case !known:
		case name == "":
			s.tags = append(s.tags, selected{key, `more_tags[?]`})
			s.args = append(s.args, key)
		default:
			s.tags = append(s.tags, selected{key, quote(name)})
		}
	}
	return s
}

// Places of the columns in what query selects.
const (
	columnSeq = iota
	columnTime
	columnMetric
	columnValue
	columnRest // source, id, tags, the map
)

// query selects the events for which where holds; rest follows it.
func (s selection) query(where condition, rest string, args ...any) (string, []any) {
	var q strings.Builder
	q.WriteString(`SELECT seq, time, metric, value`)
	if s.whole {
		q.WriteString(`, source, id`)
	}
	for _, tag := range s.tags {
		q.WriteString(`, ` + tag.expression)
	}
	if s.maps {
		q.WriteString(`, more_tags`)
	}
	q.WriteString(` FROM events WHERE ` + where.String() + rest)
	return q.String(), slices.Concat(s.args, where.args, args)
}

package duckdb

import (
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
)

// condition collects what a WHERE clause demands, and its arguments.
type condition struct {
	terms []string
	args  []any
}

func (c *condition) and(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

// all demands what another condition does.
func (c *condition) all(o condition) {
	c.terms = append(c.terms, o.terms...)
	c.args = append(c.args, o.args...)
}

func (c *condition) String() string { return strings.Join(c.terms, " AND ") }

// filter demands what a store.Filter selects.
func (c *condition) filter(l *layout, f store.Filter) {
	c.metrics(f.Metrics)
	for _, tag := range f.Tags {
		switch name, known := l.columns[tag.Key]; {
		case !known:
			c.and(`false`)
		case name == "":
			c.and(`more_tags[?] = ?`, tag.Key, tag.Value)
		default:
			c.and(quote(name)+` = ?`, tag.Value)
		}
	}
}

func (c *condition) metrics(names []string) {
	if len(names) == 0 {
		return
	}
	var terms []string
	var args []any
	for _, name := range names {
		prefix, wild := strings.CutSuffix(name, "*")
		switch {
		case wild && prefix == "":
			return
		case wild:
			terms, args = append(terms, `starts_with(metric, ?)`), append(args, prefix)
		default:
			terms, args = append(terms, `metric = ?`), append(args, name)
		}
	}
	c.and(`(`+strings.Join(terms, ` OR `)+`)`, args...)
}

package duckdb

import (
	"context"
	"fmt"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// SQL answers a query over the tables of SQLTables. The query runs in a process
// of its own and sees the events up to the store's position, no later ones. A
// *store.SQLFault says what is wrong with it.
func (s *Store) SQL(ctx context.Context, q store.SQLQuery) (*store.SQLAnswer, error) {
	v := s.view.Load()
	answer, err := s.queries.Run(ctx, q, &tables{store: s, view: v, readable: v.layout.readable()})
	if err != nil {
		return nil, err
	}
	answer.Seq = v.position.Seq
	return answer, nil
}

// SQLTables describes what queries may read.
func (s *Store) SQLTables() []store.SQLTable {
	var all []store.SQLTable
	for _, t := range s.view.Load().layout.readable() {
		described := store.SQLTable{Name: t.name, About: t.about}
		for _, c := range t.columns {
			described.Columns = append(described.Columns, store.SQLTableColumn{Name: c.name, Type: sqlTypes[c.kind], About: c.about, Tag: c.tag})
		}
		all = append(all, described)
	}
	return all
}

// SQLFunctions lists the functions that queries may call.
func (s *Store) SQLFunctions() []string { return sandbox.Functions() }

var sqlTypes = map[sandbox.Type]string{
	sandbox.Int: "BIGINT", sandbox.Moment: "TIMESTAMP", sandbox.Double: "DOUBLE", sandbox.Text: "VARCHAR", sandbox.Map: "MAP(VARCHAR, VARCHAR)",
}

// readable is a table as queries read it; order is the column that numbers its
// rows in the order they came.
type readable struct {
	name, about, order string
	columns            []readableColumn
}

type readableColumn struct {
	name  string
	kind  sandbox.Type
	about string
	tag   string
}

// readable gives the tables that queries may read.
func (l *layout) readable() []readable {
	events := readable{name: "events", order: "seq", about: "One row an event.", columns: []readableColumn{
		{"seq", sandbox.Int, "The event's number: 1, 2, 3 … in the order of arrival.", ""},
		{"time", sandbox.Moment, "When it happened, in UTC.", ""},
		{"received", sandbox.Moment, "When the server took it in, in UTC.", ""},
		{"metric", sandbox.Text, "Its name.", ""},
		{"value", sandbox.Double, "Its value.", ""},
		{"source", sandbox.Text, "Who sent it; NULL where it does not say.", ""},
		{"id", sandbox.Text, "What its sender calls it; NULL where it does not say.", ""},
	}}
	for _, c := range l.tags {
		events.columns = append(events.columns, readableColumn{c.name, sandbox.Text, fmt.Sprintf("The tag %s; NULL where an event lacks it.", c.key), c.key})
	}
	if l.hasMore {
		events.columns = append(events.columns, readableColumn{moreTags, sandbox.Map, "The tags without a column of their own, as in more_tags['key'].", ""})
	}
	alerts := readable{name: "alerts", order: "rowid", about: "One row a change of state of a threshold.", columns: []readableColumn{
		{"seq", sandbox.Int, "The event that brought it about, or the last one before.", ""},
		{"n", sandbox.Int, "Its number among those of that event.", ""},
		{"rule", sandbox.Text, "The name of the threshold.", ""},
		{"metric", sandbox.Text, "What it watches.", ""},
		{"tags", sandbox.Map, "The values of the rule's keys.", ""},
		{"state", sandbox.Text, "The state it went to.", ""},
		{"previous", sandbox.Text, "The state it came from.", ""},
		{"value", sandbox.Double, "The value that was judged.", ""},
		{"time", sandbox.Moment, "The time of what was judged, in UTC.", ""},
		{"judged", sandbox.Moment, "When it was judged, in UTC.", ""},
		{"since", sandbox.Moment, "Since when the state holds, in UTC.", ""},
		{"condition", sandbox.Text, "The threshold in words.", ""},
	}}
	return []readable{events, alerts}
}

// tables gives a query its rows.
type tables struct {
	store    *Store
	view     *view
	readable []readable
}

func (t *tables) Tables() []sandbox.Table {
	var all []sandbox.Table
	for _, r := range t.readable {
		table := sandbox.Table{Name: r.name, Rows: 1000}
		if r.order == "seq" {
			table.Rows = t.view.position.Seq
		}
		for _, c := range r.columns {
			table.Columns = append(table.Columns, sandbox.Column{Name: c.name, Type: c.kind})
		}
		all = append(all, table)
	}
	return all
}

// Read yields rows in the order they came.
func (t *tables) Read(ctx context.Context, r sandbox.Request, yield func(*sandbox.Block) error) error {
	at := slices.IndexFunc(t.readable, func(known readable) bool { return known.name == r.Table })
	if at < 0 {
		return fmt.Errorf("a query asks for the table %q", r.Table)
	}
	p, err := newRowReader(t.readable[at], r)
	if err != nil {
		return err
	}
	return t.store.readRows(ctx, p, t.view.position.Seq, yield)
}

package sandbox

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// narrow finds what rows of each table a query can need at most, so that no more
// are handed to it: DuckDB applies the conditions to those itself, and whatever
// is not understood here needs all rows. A table that is read several times has
// an alternative for each.
func narrow(ctx context.Context, c *native.Conn, tree node, tables []Table) map[string][][]Need {
	n := &narrower{ctx: ctx, conn: c, tables: map[string]*Table{}, found: map[string][][]Need{}, all: map[string]bool{}}
	for i := range tables {
		n.tables[tables[i].Name] = &tables[i]
	}
	n.visit(tree)
	if n.failed {
		return nil
	}
	for name := range n.all {
		delete(n.found, name)
	}
	return n.found
}

type narrower struct {
	ctx    context.Context
	conn   *native.Conn
	tables map[string]*Table
	found  map[string][][]Need
	all    map[string]bool // tables of which a query may need everything
	// failed: a time could not be computed, which ended the transaction.
	failed bool
}

func (n *narrower) visit(x any) {
	switch x := x.(type) {
	case []any:
		for _, item := range x {
			n.visit(item)
		}
	case node:
		if x["type"] == "SELECT_NODE" && x["sample"] == nil {
			n.from(entry(x["from_table"]), conjuncts(x["where_clause"]))
			for key, value := range x {
				if key != "from_table" {
					n.visit(value)
				}
			}
			return
		}
		if x["type"] == "BASE_TABLE" { // nobody knows its conditions
			n.all[fold(text(x, "table_name"))] = true
		}
		for _, value := range x {
			n.visit(value)
		}
	}
}

// from goes through what a SELECT reads, with the conditions that every row it
// keeps meets.
func (n *narrower) from(ref node, conditions []node) {
	plain := ref["sample"] == nil
	switch {
	case ref["type"] == "BASE_TABLE" && plain && len(list(ref["column_name_alias"])) == 0:
		n.table(ref, conditions)
	case ref["type"] == "JOIN" && plain && (ref["ref_type"] == "REGULAR" || ref["ref_type"] == "CROSS"):
		// A row that fails a condition of WHERE is dropped whichever way the
		// tables are joined. One of ON drops rows of the side that is filled up.
		left, right := qualified(conditions), qualified(conditions)
		on := qualified(conjuncts(ref["condition"]))
		switch ref["join_type"] {
		case "INNER":
			left, right = append(left, on...), append(right, on...)
		case "LEFT":
			right = append(right, on...)
		case "RIGHT":
			left = append(left, on...)
		default:
			left, right = nil, nil
		}
		n.from(entry(ref["left"]), left)
		n.from(entry(ref["right"]), right)
		n.visit(ref["condition"])
	default:
		n.visit(ref)
	}
}

// conjuncts are the conditions of which all must hold.
func conjuncts(x any) []node {
	e := entry(x)
	switch {
	case e == nil:
		return nil
	case e["type"] == "CONJUNCTION_AND":
		var all []node
		for _, child := range list(e["children"]) {
			all = append(all, conjuncts(child)...)
		}
		return all
	}
	return []node{e}
}

// qualified keeps the conditions on columns that are named with their table:
// among several tables, the others may be anybody's.
func qualified(conditions []node) (kept []node) {
	for _, c := range conditions {
		if column, _, _, ok := compared(c); ok && len(list(column["column_names"])) == 2 {
			kept = append(kept, c)
		}
	}
	return kept
}

func (n *narrower) table(ref node, conditions []node) {
	name := fold(text(ref, "table_name"))
	t := n.tables[name]
	if t == nil {
		return // a common table expression: its query is visited
	}
	alias := fold(text(ref, "alias"))
	if alias == "" {
		alias = name
	}
	var needs []Need
	for _, c := range conditions {
		if need, ok := n.need(t, alias, c); ok {
			needs = append(needs, need)
		}
	}
	if len(needs) == 0 {
		n.all[name] = true
	}
	n.found[name] = append(n.found[name], needs)
}

// compared takes a condition apart: a column, how it compares, and with what.
func compared(c node) (column node, how string, with []any, ok bool) {
	how, _ = c["type"].(string)
	switch {
	case c["class"] == "COMPARISON":
		column, with = entry(c["left"]), []any{c["right"]}
		if column["class"] != "COLUMN_REF" {
			column, with = entry(c["right"]), []any{c["left"]}
			how = flipped[how]
		}
	case c["class"] == "BETWEEN":
		column, with = entry(c["input"]), []any{c["lower"], c["upper"]}
	case how == "COMPARE_IN":
		if children := list(c["children"]); len(children) > 1 {
			column, with = entry(children[0]), children[1:]
		}
	}
	return column, how, with, column["class"] == "COLUMN_REF" && how != ""
}

var flipped = map[string]string{
	"COMPARE_EQUAL": "COMPARE_EQUAL", "COMPARE_LESSTHAN": "COMPARE_GREATERTHAN", "COMPARE_GREATERTHAN": "COMPARE_LESSTHAN",
	"COMPARE_LESSTHANOREQUALTO": "COMPARE_GREATERTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO": "COMPARE_LESSTHANOREQUALTO",
}

func (n *narrower) need(t *Table, alias string, c node) (Need, bool) {
	column, how, with, ok := compared(c)
	if !ok {
		return Need{}, false
	}
	names := list(column["column_names"])
	if len(names) == 2 {
		if qualifier, _ := names[0].(string); fold(qualifier) != alias {
			return Need{}, false
		}
		names = names[1:]
	}
	if len(names) != 1 {
		return Need{}, false
	}
	name, _ := names[0].(string)
	at := slices.IndexFunc(t.Columns, func(c Column) bool { return fold(c.Name) == fold(name) })
	if at < 0 {
		return Need{}, false
	}
	need := Need{Column: at}
	switch t.Columns[at].Type {
	case Text:
		ok = (how == "COMPARE_EQUAL" || how == "COMPARE_IN") && len(with) <= mostTexts && need.texts(with)
	case Moment:
		ok = n.moments(&need, how, with)
	default:
		ok = false
	}
	return need, ok
}

const mostTexts = 1000

func (need *Need) texts(with []any) bool {
	for _, x := range with {
		v := entry(entry(x)["value"])
		s, isText := v["value"].(string)
		if entry(x)["class"] != "CONSTANT" || !isText || text(entry(v["type"]), "id") != "VARCHAR" {
			return false
		}
		need.Texts = append(need.Texts, s)
	}
	return true
}

// moments bounds a time, a millisecond wider than written: what is written may
// be finer.
func (n *narrower) moments(need *Need, how string, with []any) bool {
	var at []int64
	for _, x := range with {
		ms, ok := n.moment(x)
		if !ok {
			return false
		}
		at = append(at, ms)
	}
	low, high := slices.Min(at)-1, slices.Max(at)+1
	switch how {
	case "COMPARE_GREATERTHAN", "COMPARE_GREATERTHANOREQUALTO":
		need.From = &low
	case "COMPARE_LESSTHAN", "COMPARE_LESSTHANOREQUALTO":
		need.To = &high
	case "COMPARE_EQUAL", "COMPARE_IN", "COMPARE_BETWEEN":
		need.From, need.To = &low, &high
	default:
		return false
	}
	return true
}

// moment has DuckDB compute a time that does not depend on the rows.
func (n *narrower) moment(x any) (ms int64, ok bool) {
	if !constant(x) {
		return 0, false
	}
	tree, err := parse(n.ctx, n.conn, `SELECT epoch_ms(0::TIMESTAMP)`)
	if err != nil {
		return 0, false
	}
	// The 0 gives way to the expression.
	call := entry(list(entry(tree["node"])["select_list"])[0])
	entry(list(call["children"])[0])["child"] = x
	text, err := json.Marshal(node{"error": false, "statements": []any{tree}})
	if err != nil {
		return 0, false
	}
	var sql string
	if err := n.ask(func(r *native.Result) { sql = r.Texts(0).Copy(0) }, `SELECT json_deserialize_sql(?::JSON)`, string(text)); err != nil {
		return 0, false
	}
	err = n.ask(func(r *native.Result) { ms = r.Int64s(0)[0] }, sql)
	return ms, err == nil
}

// ask reads the one value that a query answers.
func (n *narrower) ask(value func(*native.Result), sql string, args ...any) error {
	r, err := n.conn.Query(n.ctx, sql, args...)
	if err != nil {
		n.failed = true
		return err
	}
	defer r.Close()
	if r.Next() == 0 || !r.Has(0, 0) {
		return errProtocol
	}
	value(r)
	return nil
}

// constant tells of an expression that it has one value throughout a query.
func constant(x any) bool {
	switch x := x.(type) {
	case []any:
		for _, item := range x {
			if !constant(item) {
				return false
			}
		}
	case node:
		if class, expression := x["class"].(string); expression {
			switch {
			case class == "CONSTANT" || class == "CAST":
			case class == "FUNCTION" && slices.Contains(steady, fold(text(x, "function_name"))):
			default:
				return false
			}
		}
		for _, value := range x {
			if !constant(value) {
				return false
			}
		}
	}
	return true
}

// steady are the functions of times that answer the same throughout a transaction.
var steady = []string{
	"+", "-", "*", "trunc", "now", "today", "current_date", "current_timestamp", "get_current_timestamp", "transaction_timestamp",
	"date_trunc", "make_date", "make_timestamp", "make_timestamp_ms", "to_timestamp",
	"to_seconds", "to_minutes", "to_hours", "to_days", "to_weeks", "to_months", "to_years", "to_milliseconds",
}

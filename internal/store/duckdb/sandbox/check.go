package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// node is a part of a syntax tree as DuckDB's own parser tells it.
type node = map[string]any

// check lets through one SELECT that reads the tables alone, by functions that
// are known to compute and nothing else, and gives its tree.
func check(ctx context.Context, c *native.Conn, q query) (node, error) {
	n, err := c.Statements(q.SQL)
	switch {
	case err != nil && read(err).Kind != "Parser": // it began to do what it says
		return nil, unlike(q.SQL)
	case err != nil:
		return nil, parseFault(q.SQL, err)
	case n == 0:
		return nil, &store.SQLFault{Reason: store.SQLInvalid, Detail: "there is no statement: write a SELECT"}
	case n > 1:
		return nil, forbidden("%d statements: one is run at a time", n)
	}
	tree, err := parse(ctx, c, q.SQL)
	if err != nil {
		return nil, err
	}
	v := visitor{sql: q.SQL, names: map[string]bool{}}
	for _, t := range q.Tables {
		v.tables = append(v.tables, t.Name)
	}
	v.collect(tree)
	v.visit(tree)
	if v.fault != nil {
		return nil, v.fault
	}
	return tree, nil
}

// parse has DuckDB's parser make the tree of the one statement.
func parse(ctx context.Context, c *native.Conn, sql string) (node, error) {
	r, err := c.Query(ctx, `SELECT json_serialize_sql(?::VARCHAR)`, sql)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.Next() == 0 {
		return nil, errProtocol
	}
	var parsed struct {
		Error      bool
		Statements []node
	}
	d := json.NewDecoder(bytes.NewReader([]byte(r.Texts(0).Borrow(0))))
	d.UseNumber()
	switch err := d.Decode(&parsed); {
	case err != nil:
		return nil, err
	case parsed.Error:
		return nil, unlike(sql)
	case len(parsed.Statements) != 1:
		return nil, forbidden("one SELECT is run at a time")
	}
	return parsed.Statements[0], nil
}

// unlike refuses what is no SELECT.
func unlike(sql string) *store.SQLFault {
	return forbidden("%s is not run here: one SELECT is, and it changes nothing", leading(sql))
}

// leading is the first word of a statement, for people.
func leading(sql string) string {
	for {
		sql = strings.TrimSpace(sql)
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql, "*/")
		default:
			end := strings.IndexFunc(sql, func(r rune) bool { return r < 'A' || r > 'z' })
			if end < 0 {
				end = len(sql)
			}
			if end == 0 || end > 20 {
				return "this statement"
			}
			return strings.ToUpper(sql[:end])
		}
	}
}

func forbidden(format string, args ...any) *store.SQLFault {
	return &store.SQLFault{Reason: store.SQLForbidden, Detail: fmt.Sprintf(format, args...)}
}

// visitor goes through a tree and notes the first thing that is not allowed.
// What it does not know is not allowed.
type visitor struct {
	sql    string
	tables []string
	names  map[string]bool // of the common table expressions
	fault  *store.SQLFault
}

func (v *visitor) refuse(at node, format string, args ...any) {
	if v.fault == nil {
		v.fault = forbidden(format, args...)
		v.fault.Line, v.fault.Column = place(v.sql, at["query_location"])
	}
}

// collect finds the names of common table expressions.
func (v *visitor) collect(x any) {
	switch x := x.(type) {
	case []any:
		for _, item := range x {
			v.collect(item)
		}
	case node:
		if entries, ok := x["cte_map"].(node); ok {
			for _, e := range list(entries["map"]) {
				if name := fold(text(entry(e), "key")); slices.Contains(v.tables, name) {
					v.refuse(x, "%q is the name of a table: call what WITH defines otherwise", name)
				} else {
					v.names[name] = true
				}
			}
		}
		for _, value := range x {
			v.collect(value)
		}
	}
}

func (v *visitor) visit(x any) {
	switch x := x.(type) {
	case []any:
		for _, item := range x {
			v.visit(item)
		}
	case node:
		v.node(x)
		for _, value := range x {
			v.visit(value)
		}
	}
}

func (v *visitor) node(n node) {
	kind, typed := n["type"].(string)
	class, expression := n["class"].(string)
	switch {
	case expression:
		v.expression(n, class)
	case !typed || slices.Contains(harmless, kind) || strings.HasSuffix(kind, "_TYPE_INFO"):
	case kind == "BASE_TABLE":
		v.table(n)
	case kind == "TABLE_FUNCTION":
		f := entry(n["function"])
		if name := fold(text(f, "function_name")); !slices.Contains(tableFunctions, name) {
			v.refuse(f, "%s() is not for queries: they read the tables %s, and no files, settings or other tables", name, v.known())
		}
	case kind == "SHOW_REF":
		v.refuse(n, "DESCRIBE, SHOW and SUMMARIZE are not run here: GET /api/sql/schema tells tables and columns")
	default:
		v.refuse(n, "%s is not run here", strings.ReplaceAll(strings.ToLower(kind), "_", " "))
	}
}

func (v *visitor) expression(n node, class string) {
	switch class {
	case "FUNCTION", "WINDOW":
		name := fold(text(n, "function_name"))
		if !allowed(name) {
			v.refuse(n, "the function %s() is not for queries, or not known%s", name, near(name))
		}
	case "PARAMETER":
		v.refuse(n, "a query takes no parameters: write the value itself")
	default:
		if !slices.Contains(classes, class) {
			v.refuse(n, "%s is not run here", strings.ToLower(class))
		}
	}
}

func (v *visitor) table(n node) {
	name, schema, catalog := text(n, "table_name"), text(n, "schema_name"), text(n, "catalog_name")
	plain := catalog == "" && (schema == "" || fold(schema) == "main")
	if plain && (slices.Contains(v.tables, fold(name)) || schema == "" && v.names[fold(name)]) {
		return
	}
	for _, outer := range []string{schema, catalog} {
		if outer != "" {
			name = outer + "." + name
		}
	}
	v.refuse(n, "there is no table %q here: queries read %s%s", name, v.known(), hint(name, v.tables))
}

func (v *visitor) known() string { return strings.Join(v.tables, " and ") }

// hint is what suggest says where it is a guess and no list.
func hint(name string, known []string) string {
	if guess := suggest.Near(name, known); strings.Contains(guess, "mean") {
		return guess
	}
	return ""
}

// harmless are the parts of a tree that bring nothing in by themselves.
var harmless = []string{
	"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE",
	"SUBQUERY", "JOIN", "EXPRESSION_LIST", "EMPTY", "PIVOT",
	"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "ORDER_MODIFIER", "DISTINCT_MODIFIER",
	"ORDER_DEFAULT", "ASCENDING", "DESCENDING",
}

var classes = []string{
	"BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT",
	"LAMBDA", "LAMBDA_REF", "OPERATOR", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY",
}

func entry(x any) node {
	n, _ := x.(node)
	return n
}

func list(x any) []any {
	l, _ := x.([]any)
	return l
}

func text(n node, key string) string {
	s, _ := n[key].(string)
	return s
}

func fold(name string) string { return strings.ToLower(name) }

// place is the line and column of an offset in bytes, which DuckDB gives as
// 2^64-1 where it knows none.
func place(sql string, offset any) (line, column int) {
	var at int64
	switch o := offset.(type) {
	case json.Number:
		var err error
		if at, err = o.Int64(); err != nil {
			return 0, 0
		}
	case int:
		at = int64(o)
	default:
		return 0, 0
	}
	if at < 0 || at > int64(len(sql)) {
		return 0, 0
	}
	before := sql[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, len([]rune(before[start:])) + 1
}

package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrBusy says that as many queries run as may at a time.
var ErrBusy = errors.New("as many queries are running as may run at a time: try again in a moment")

// SQLQuery is a query by somebody who is not trusted.
type SQLQuery struct {
	SQL string
	// Limit is how many rows are answered at most.
	Limit int
}

// SQLColumn is a column of an answer.
type SQLColumn struct {
	Name string `json:"name"`
	// Type is the database's own name of it.
	Type string `json:"type"`
}

// SQLAnswer is what a query answered.
type SQLAnswer struct {
	Columns []SQLColumn
	// Rows are a JSON array of arrays.
	Rows json.RawMessage
	// Truncated: there were more rows than are answered.
	Truncated bool
	Elapsed   time.Duration
	// Seq is the number of the last event that the query saw.
	Seq uint64
}

// SQLReason says why a query has no answer.
type SQLReason string

// The reasons.
const (
	// SQLInvalid: the query is faulty, or its data do not fit it.
	SQLInvalid SQLReason = "invalid"
	// SQLForbidden: it asks for what no query may.
	SQLForbidden SQLReason = "forbidden"
	// SQLTooMuch: it needs more time, memory or room than a query may have.
	SQLTooMuch SQLReason = "too much"
)

// SQLFault is what is wrong with a query. Line 0: the place is not known.
type SQLFault struct {
	Reason       SQLReason
	Detail       string
	Line, Column int
}

func (f *SQLFault) Error() string {
	if f.Line == 0 {
		return f.Detail
	}
	return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Detail)
}

// SQLTable is a table that queries may read.
type SQLTable struct {
	Name, About string
	Columns     []SQLTableColumn
}

// SQLTableColumn is a column of one. Tag is the key of the tag that it holds.
type SQLTableColumn struct{ Name, Type, About, Tag string }

// Package sandbox runs SQL of people who are not trusted in a process of its
// own: DuckDB without a file, whose tables are read through a pipe from whoever
// runs the query. What a query can do to that process, memory and crashes
// included, it cannot do to the server. The store alone uses it, and gives it
// rows; of events and of HTTP it knows nothing.
package sandbox

import (
	"context"
	"os"
	"os/exec"
	"time"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Type is what a column of a table holds.
type Type byte

// The types of columns.
const (
	Int    Type = 'i'
	Moment Type = 'm' // ms since 1970 UTC on the wire, TIMESTAMP in queries
	Double Type = 'd'
	Text   Type = 't' // may be NULL
	Map    Type = 'j' // of text to text, a JSON object on the wire; may be NULL
)

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// Table is a table that a query may read.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    uint64   `json:"rows"`
}

// Need is what a query needs of a column for a row to matter: a value in the
// range From to To, both included, of a Moment or an Int; or one of Texts.
type Need struct {
	Column int      `json:"column"`
	From   *int64   `json:"from,omitempty"`
	To     *int64   `json:"to,omitempty"`
	Texts  []string `json:"texts,omitempty"`
}

// Request asks for columns, by their places, of those rows of a table that meet
// all needs of one of the alternatives; of all rows where there is none.
type Request struct {
	Table        string   `json:"table"`
	Columns      []int    `json:"columns"`
	Alternatives [][]Need `json:"alternatives,omitempty"`
}

// Source reads tables. It runs in the server, for several requests at a time.
type Source interface {
	Tables() []Table
	// Read yields the rows in blocks. It checks what it is asked for: the
	// request comes from the process that is not trusted.
	Read(ctx context.Context, r Request, yield func(*Block) error) error
}

// Options bound what queries may use. All are required.
type Options struct {
	// Memory is what DuckDB may use for one query, in bytes.
	Memory int64
	Time   time.Duration
	// AtOnce is how many queries may run at a time.
	AtOnce int
	// Answer is how long an answer may be, in bytes of JSON.
	Answer int
	// Command starts this program; nil stands for the running program's file.
	Command func() (*exec.Cmd, error)
}

// DefaultOptions suit a server with 2 GiB of memory.
func DefaultOptions() Options {
	return Options{Memory: 256 << 20, Time: 10 * time.Second, AtOnce: 2, Answer: 8 << 20}
}

// Sandbox runs queries.
type Sandbox struct {
	options Options
	slots   chan struct{}
}

// New makes a Sandbox.
func New(o Options) *Sandbox {
	if o.Command == nil {
		o.Command = func() (*exec.Cmd, error) {
			path, err := os.Executable()
			return exec.Command(path), err //nolint:gosec,noctx // this program itself; it is ended by Run
		}
	}
	return &Sandbox{options: o, slots: make(chan struct{}, o.AtOnce)}
}

// columnTypes are what DuckDB reads the columns as.
func (c Column) native() native.TableColumn {
	switch c.Type {
	case Int:
		return native.TableColumn{Name: c.Name, Type: native.TableInt}
	case Moment:
		return native.TableColumn{Name: c.Name, Type: native.TableMoment}
	case Double:
		return native.TableColumn{Name: c.Name, Type: native.TableDouble}
	}
	return native.TableColumn{Name: c.Name, Type: native.TableText}
}

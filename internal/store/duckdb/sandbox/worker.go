package sandbox

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Work runs the one query that this process was started for, and gives the
// code to exit with.
func Work(in io.Reader, out io.Writer) int {
	w := &worker{out: out, frames: make(chan received)}
	go w.listen(bufio.NewReaderSize(in, 256<<10))
	first := <-w.frames
	var q query
	if first.kind != kindQuery || json.Unmarshal(first.body, &q) != nil {
		return 2
	}
	if err := confine(q); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c, tables, err := w.open(context.Background(), q)
	if err != nil {
		fmt.Fprintln(os.Stderr, "the database of a query cannot be made:", err)
		return 1
	}
	a, err := w.run(c, tables, q)
	if err != nil {
		err = sendJSON(out, kindFault, asFault(err))
	} else {
		err = sendJSON(out, kindAnswer, a)
	}
	if err != nil {
		return 1
	}
	return 0
}

// worker is the process of a query.
type worker struct {
	mu     sync.Mutex // held from a question to its answer
	out    io.Writer
	frames chan received
	scans  uint32
}

type received struct {
	kind byte
	body []byte
}

// listen ends the process when the server has gone: whatever it computes then,
// nobody waits for it.
func (w *worker) listen(in *bufio.Reader) {
	for {
		kind, body, err := receive(in)
		if err != nil {
			os.Exit(0) //nolint:forbidigo // DuckDB cannot be waited for: it may compute for hours
		}
		w.frames <- received{kind, body}
	}
}

func (w *worker) run(c *native.Conn, tables []*remote, q query) (*answer, error) {
	ctx := context.Background()
	tree, err := check(ctx, c, q)
	if err != nil {
		return nil, err
	}
	columns, err := c.Describe(ctx, q.SQL)
	if err != nil {
		return nil, parseFault(q.SQL, err)
	}
	if err := c.Exec(ctx, `BEGIN`); err != nil { // so that there is one now()
		return nil, err
	}
	needs := narrow(ctx, c, tree, q.Tables)
	if needs == nil {
		if err := c.Exec(ctx, `ROLLBACK`); err != nil {
			return nil, err
		}
	}
	for _, t := range tables {
		t.alternatives = needs[t.table.Name]
	}
	return fetch(ctx, c, q, columns)
}

// lockdown keeps a database from files, those for what memory does not hold
// included, and from being opened to them again.
const lockdown = `
	SET temp_directory = ''; SET enable_external_access = false;
	SET TimeZone = 'UTC'; SET max_expression_depth = 250; SET lock_configuration = true`

// open gives an empty database with nothing but the tables, locked.
func (w *worker) open(ctx context.Context, q query) (*native.Conn, []*remote, error) {
	db, err := native.Open(":memory:", map[string]string{
		"allow_community_extensions": "false", "allow_persistent_secrets": "false",
		"autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
		"memory_limit": fmt.Sprintf("%dB", q.Memory), "threads": "1", "errors_as_json": "true",
	})
	if err != nil {
		return nil, nil, err
	}
	c, err := db.Connect()
	if err != nil {
		return nil, nil, err
	}
	var tables []*remote
	for _, t := range q.Tables {
		r := &remote{worker: w, table: t}
		tables = append(tables, r)
		if err := c.Register(source(t), r); err != nil {
			return nil, nil, err
		}
		if err := c.Exec(ctx, view(t)); err != nil {
			return nil, nil, err
		}
	}
	return c, tables, c.Exec(ctx, lockdown)
}

// remote is a table whose rows the server has.
type remote struct {
	worker       *worker
	table        Table
	alternatives [][]Need
}

func (t *remote) Columns() []native.TableColumn {
	columns := make([]native.TableColumn, len(t.table.Columns))
	for i, c := range t.table.Columns {
		columns[i] = c.native()
	}
	return columns
}

func (t *remote) Rows() uint64 { return t.table.Rows }

func (t *remote) Open(columns []int) (native.Scan, error) {
	w := t.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scans++
	s := &remoteScan{worker: w, number: w.scans}
	for _, i := range columns {
		s.columns = append(s.columns, t.table.Columns[i])
	}
	if columns == nil {
		columns = []int{}
	}
	return s, sendJSON(w.out, kindOpen, opening{s.number, Request{t.table.Name, columns, t.alternatives}})
}

type remoteScan struct {
	worker  *worker
	number  uint32
	columns []Column
}

func (s *remoteScan) Next() (*native.Rows, error) {
	w := s.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := send(w.out, kindNext, binary.LittleEndian.AppendUint32(nil, s.number)); err != nil {
		return nil, err
	}
	switch f := <-w.frames; f.kind {
	case kindBlock:
		return readBlock(f.body, s.columns)
	case kindEnd:
		return nil, nil
	}
	return nil, errProtocol
}

// asFault puts what went wrong as the query's own fault.
func asFault(err error) *store.SQLFault {
	if fault, ok := errors.AsType[*store.SQLFault](err); ok {
		return fault
	}
	return faultOf(err)
}

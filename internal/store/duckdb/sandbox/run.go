package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hms-ops/hms-monitor/internal/store"
)

// Run answers a query over the tables of a source. A *store.SQLFault says what
// is wrong with the query.
func (s *Sandbox) Run(ctx context.Context, q store.SQLQuery, source Source) (*store.SQLAnswer, error) {
	if Asked() {
		return nil, errors.New("the process of a query runs none itself: main must call Work first")
	}
	if !utf8.ValidString(q.SQL) || strings.ContainsRune(q.SQL, 0) {
		return nil, &store.SQLFault{Reason: store.SQLInvalid, Detail: "is no text in UTF-8, or has a zero byte in it"}
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return nil, store.ErrBusy
	}
	begun := time.Now()
	limited, cancel := context.WithTimeout(ctx, s.options.Time)
	defer cancel()
	p, err := s.start(limited)
	if err != nil {
		return nil, fmt.Errorf("the process for a query cannot be started: %w", err)
	}
	got, err := p.run(s.query(q, source), source)
	trouble := p.end()
	if err == nil {
		return &store.SQLAnswer{Columns: columnsOf(got), Rows: got.Rows, Truncated: got.Truncated, Elapsed: time.Since(begun)}, nil
	}
	var fault *store.SQLFault
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err() // whoever asked has gone
	case errors.As(err, &fault) || errors.Is(err, errSource):
		return nil, err
	case limited.Err() != nil:
		return nil, &store.SQLFault{Reason: store.SQLTooMuch, Detail: fmt.Sprintf(
			"took more than %v, the time that a query may take: narrow it down, say by metric and time", s.options.Time)}
	}
	return nil, &store.SQLFault{Reason: store.SQLTooMuch, Detail: died(trouble, s.options.Memory)}
}

func (s *Sandbox) query(q store.SQLQuery, source Source) query {
	return query{
		SQL: q.SQL, Limit: q.Limit, Memory: s.options.Memory, Seconds: int(s.options.Time/time.Second) + 1,
		Answer: s.options.Answer, Tables: source.Tables(),
	}
}

func columnsOf(a *answer) []store.SQLColumn {
	columns := make([]store.SQLColumn, len(a.Columns))
	for i, c := range a.Columns {
		columns[i] = store.SQLColumn(c)
	}
	return columns
}

// died says why the process of a query may have ended before it had an answer.
func died(trouble string, memory int64) string {
	if strings.Contains(trouble, "out of memory") || strings.Contains(trouble, "cannot allocate") {
		return fmt.Sprintf("needs more than the %d MiB of memory that a query may use: narrow it down, or let it keep less at a time", memory>>20)
	}
	return "could not be run to its end: it needs too much memory, or is nested too deeply; the server goes on as before"
}

// process is that of one query.
type process struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  *tail
	// ctx ends when the query has to; cancel stops the reading of its rows.
	ctx    context.Context
	cancel context.CancelFunc
	scans  map[uint32]*scan
}

func (s *Sandbox) start(ctx context.Context) (*process, error) {
	command, err := s.options.Command()
	if err != nil {
		return nil, err
	}
	p := &process{command: command, errors: &tail{}, scans: map[uint32]*scan{}}
	p.ctx, p.cancel = context.WithCancel(ctx)
	command.Env = []string{variable + "=worker", "GOMAXPROCS=2", "GOTRACEBACK=none"}
	command.Dir, command.Stderr = os.TempDir(), p.errors
	if p.in, err = command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 64<<10)
	if err := command.Start(); err != nil {
		p.cancel()
		return nil, err
	}
	// The process is not asked to end: it might not be able to hear it.
	context.AfterFunc(p.ctx, func() { _ = command.Process.Kill() })
	return p, nil
}

// end ends the process and whatever is read for it, and gives what it said last.
func (p *process) end() string {
	p.cancel()
	for _, s := range p.scans {
		s.drain()
	}
	_ = p.command.Wait() // it was killed
	return p.errors.String()
}

func (p *process) run(q query, source Source) (*answer, error) {
	if err := sendJSON(p.in, kindQuery, q); err != nil {
		return nil, err
	}
	for {
		kind, body, err := receive(p.out)
		if err != nil {
			return nil, err
		}
		switch kind {
		case kindOpen:
			err = p.open(body, source)
		case kindNext:
			err = p.next(body)
		case kindAnswer:
			a := &answer{}
			if err := json.Unmarshal(body, a); err != nil || len(body) > 2*q.Answer+1<<20 {
				return nil, errProtocol
			}
			return a, nil
		case kindFault:
			f := &store.SQLFault{}
			if err := json.Unmarshal(body, f); err != nil {
				return nil, errProtocol
			}
			return nil, f
		default:
			err = errProtocol
		}
		if err != nil {
			return nil, err
		}
	}
}

var (
	errProtocol = errors.New("the process of a query says what it may not")
	// errSource: the fault is the server's.
	errSource = errors.New("the rows of a query cannot be read")
)

func (p *process) open(body []byte, source Source) error {
	var o opening
	if err := json.Unmarshal(body, &o); err != nil {
		return errProtocol
	}
	if len(p.scans) == maxScans {
		return &store.SQLFault{Reason: store.SQLTooMuch, Detail: fmt.Sprintf("reads tables more than %d times: join fewer of them", maxScans)}
	}
	if p.scans[o.Scan] != nil {
		return errProtocol
	}
	p.scans[o.Scan] = begin(p.ctx, source, o.Request)
	return nil
}

// maxScans bounds how often one query reads tables, for each reads ahead.
const maxScans = 16

func (p *process) next(body []byte) error {
	if len(body) != 4 {
		return errProtocol
	}
	s := p.scans[binary.LittleEndian.Uint32(body)]
	if s == nil {
		return errProtocol
	}
	select {
	case b, more := <-s.blocks:
		switch {
		case more:
			return send(p.in, kindBlock, b.body)
		case s.err != nil:
			return fmt.Errorf("%w: %w", errSource, s.err)
		}
		return send(p.in, kindEnd, nil)
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// scan reads rows, a block ahead of the query.
type scan struct {
	blocks chan *Block
	err    error // once blocks is closed
}

func begin(ctx context.Context, source Source, r Request) *scan {
	s := &scan{blocks: make(chan *Block)}
	go func() {
		defer close(s.blocks)
		s.err = source.Read(ctx, r, func(b *Block) error {
			select {
			case s.blocks <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	return s
}

func (s *scan) drain() {
	for range s.blocks { // until the goroutine closes it
	}
}

// tail keeps the first of what a process says of its end.
type tail struct{ bytes.Buffer }

const mostSaid = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	if room := mostSaid - t.Len(); room > 0 {
		t.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

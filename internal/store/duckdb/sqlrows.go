package duckdb

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// rowReader reads columns of a table for a query, in blocks.
type rowReader struct {
	table   readable
	columns []readableColumn
	needs   condition
	// most is how many rows a block holds at most.
	most int

	rows  int
	ints  [][]int64
	reals [][]float64
	texts []textReader
}

// mostCells bounds a block: so many values, whatever the number of columns.
const mostCells = 1 << 19

func newRowReader(t readable, r sandbox.Request) (*rowReader, error) {
	p := &rowReader{table: t, most: max(2048, min(blockRows, mostCells/max(1, len(r.Columns))))}
	for _, i := range r.Columns {
		if i < 0 || i >= len(t.columns) {
			return nil, fmt.Errorf("a query asks for column %d of %s", i, t.name)
		}
		p.columns = append(p.columns, t.columns[i])
	}
	p.ints, p.reals, p.texts = make([][]int64, len(p.columns)), make([][]float64, len(p.columns)), make([]textReader, len(p.columns))
	var terms []string
	for _, needs := range r.Alternatives {
		var one condition
		for _, need := range needs {
			if need.Column < 0 || need.Column >= len(t.columns) {
				return nil, fmt.Errorf("a query has a condition on column %d of %s", need.Column, t.name)
			}
			one.need(t.columns[need.Column], need)
		}
		if len(one.terms) == 0 {
			return p, nil // one that needs every row
		}
		terms = append(terms, "("+one.String()+")")
		p.needs.args = append(p.needs.args, one.args...)
	}
	if len(terms) > 0 {
		p.needs.terms = []string{"(" + strings.Join(terms, " OR ") + ")"}
	}
	return p, nil
}

// need demands what a query needs of a column.
func (c *condition) need(column readableColumn, n sandbox.Need) {
	name := quote(column.name)
	switch column.kind {
	case sandbox.Moment:
		if n.From != nil {
			c.and(name+` >= ?`, native.Millis(*n.From))
		}
		if n.To != nil {
			c.and(name+` <= ?`, native.Millis(*n.To))
		}
	case sandbox.Text:
		if len(n.Texts) == 0 {
			return
		}
		args := make([]any, len(n.Texts))
		for i, text := range n.Texts {
			args[i] = text
		}
		c.and(name+` IN (?`+strings.Repeat(`, ?`, len(args)-1)+`)`, args...)
	}
}

// readRows yields the rows of a table up to the event numbered last. Each block
// is a query of its own, as in walk, so that a slow query keeps nothing here.
func (s *Store) readRows(ctx context.Context, p *rowReader, last uint64, yield func(*sandbox.Block) error) error {
	// Rows are numbered from 0 or 1. Where few pass, more are looked at at a time.
	after, end, span := int64(-1), int64(last), int64(p.most)
	if p.table.order == "rowid" {
		end = math.MaxInt64
	}
	for after < end {
		until := end
		if end != math.MaxInt64 {
			until = min(end, after+span)
		}
		query, args := p.query(after, until, last)
		at := after
		err := s.readers.do(ctx, func(c *native.Conn) error {
			return chunks(ctx, c, func(r *native.Result, rows int) error {
				at = r.Int64s(0)[rows-1]
				p.read(r, rows)
				return nil
			}, query, args...)
		})
		if err != nil {
			return err
		}
		full := p.rows == p.most
		switch {
		case full:
			after, span = at, int64(p.most)
		case p.rows < p.most/8:
			after, span = until, min(4*span, maxSpan)
		default:
			after = until
		}
		if p.rows > 0 {
			if err := yield(p.take()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *rowReader) query(after, until int64, last uint64) (string, []any) {
	var q strings.Builder
	q.WriteString(`SELECT ` + p.table.order)
	for _, c := range p.columns {
		if c.kind == sandbox.Map {
			q.WriteString(`, to_json(` + quote(c.name) + `)::VARCHAR`)
		} else {
			q.WriteString(`, ` + quote(c.name))
		}
	}
	var where condition
	where.and(p.table.order+` > ? AND `+p.table.order+` <= ? AND seq <= ?`, after, until, int64(last))
	where.all(p.needs)
	fmt.Fprintf(&q, ` FROM %s WHERE %s LIMIT %d`, p.table.name, &where, p.most)
	return q.String(), where.args
}

func (p *rowReader) read(r *native.Result, rows int) {
	p.rows += rows
	for i, c := range p.columns {
		switch c.kind {
		case sandbox.Int, sandbox.Moment:
			p.ints[i] = append(p.ints[i], r.Int64s(i+1)...)
		case sandbox.Double:
			p.reals[i] = append(p.reals[i], r.Doubles(i+1)...)
		default:
			p.texts[i].read(r.Texts(i + 1))
		}
	}
}

// take gives what was read, and begins the next block.
func (p *rowReader) take() *sandbox.Block {
	b := sandbox.NewBlock(p.rows)
	for i, c := range p.columns {
		switch c.kind {
		case sandbox.Int, sandbox.Moment:
			b.Ints(p.ints[i])
			p.ints[i] = p.ints[i][:0]
		case sandbox.Double:
			b.Doubles(p.reals[i])
			p.reals[i] = p.reals[i][:0]
		default:
			column := p.texts[i].take(p.rows)
			b.Texts(column.Codes, column.Words)
		}
	}
	p.rows = 0
	return b
}

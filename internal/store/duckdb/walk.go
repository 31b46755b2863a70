package duckdb

import (
	"context"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// walk goes through the events numbered after `after` up to `last`, ascending,
// a stretch at a time.
type walk struct {
	selection   selection
	filter      condition
	after, last uint64
	// most is how many events a stretch holds at most.
	most uint64
}

// stretch is the events that pass a filter up to a number.
type stretch struct {
	through uint64
	blocks  []store.Numbered
}

// blockRows is about how many events a block of a walk holds at most: thirty of
// DuckDB's vectors, half a row group.
const blockRows = 30 * 2048

// maxSpan bounds the numbers that one query of a walk looks at.
const maxSpan = 1 << 22

// walk yields stretches. Each is a query of its own that is over when yield is
// called, so that a slow receiver keeps no transaction and no connection;
// DuckDB finds the place by the zone maps of seq.
func (s *Store) walk(ctx context.Context, w walk, yield func(stretch) error) error {
	b := newBlockReader(w.selection)
	for span := w.most; w.after < w.last; {
		next, err := s.stretch(ctx, w, min(w.last, w.after+span), b)
		if err != nil {
			return err
		}
		rows := uint64(0)
		for _, n := range next.blocks {
			rows += uint64(len(n.Seqs))
		}
		switch {
		case rows == w.most:
			span = w.most
		case rows < w.most/8: // few pass the filter: look further at a time
			span = min(span*4, maxSpan)
		}
		w.after = next.through
		if err := yield(next); err != nil {
			return err
		}
	}
	return nil
}

// stretch reads what comes after w.after and up to until, unless that is more
// than fits.
func (s *Store) stretch(ctx context.Context, w walk, until uint64, b *blockReader) (stretch, error) {
	var where condition
	where.and(`seq > ? AND seq <= ?`, int64(w.after), int64(until))
	where.all(w.filter)
	query, args := w.selection.query(where, fmt.Sprintf(` LIMIT %d`, w.most))
	next, rows, last := stretch{through: until}, uint64(0), w.after
	err := s.readers.do(ctx, func(c *native.Conn) error {
		return chunks(ctx, c, func(r *native.Result, n int) error {
			for _, seq := range r.Int64s(columnSeq) {
				// Rows come as they were inserted; were it not so, whoever
				// goes on behind the last would lose events without a word.
				if uint64(seq) <= last {
					return fmt.Errorf("event %d is stored behind event %d", seq, last)
				}
				last = uint64(seq)
			}
			rows += uint64(n)
			b.read(r, n)
			if b.rows() >= blockRows {
				next.blocks = append(next.blocks, b.take())
			}
			return nil
		}, query, args...)
	})
	if b.rows() > 0 {
		next.blocks = append(next.blocks, b.take())
	}
	if rows == w.most {
		next.through = last // more may be left
	}
	return next, err
}

// chunks calls f for every chunk of a query's result.
func chunks(ctx context.Context, c *native.Conn, f func(r *native.Result, rows int) error, query string, args ...any) error {
	r, err := c.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer r.Close()
	for n := r.Next(); n > 0; n = r.Next() {
		if err := f(r, n); err != nil {
			return err
		}
	}
	return nil
}

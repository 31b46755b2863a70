package duckdb

import (
	"context"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// replayRows is how many events a block of Replay holds at most.
const replayRows = 16384

// maxSpan bounds the numbers that one query of Replay looks at.
const maxSpan = 1 << 22

// Replay yields the events numbered after seq up to and including last,
// ascending. Each block is a query of its own, so that a slow receiver keeps no
// transaction open; DuckDB finds the place by the zone maps of seq.
func (s *Store) Replay(ctx context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error {
	v := s.view.Load()
	last = min(last, v.position.Seq)
	for span := uint64(replayRows); seq < last; {
		until := min(last, seq+span)
		n, err := s.replay(ctx, v.layout, f, seq, until)
		if err != nil {
			return err
		}
		rows := len(n.Seqs)
		if rows > 0 {
			if err := yield(n); err != nil {
				return err
			}
		}
		switch {
		case rows == replayRows: // more may be left of the span
			seq, span = n.Seqs[rows-1], replayRows
		case rows < replayRows/8: // few pass the filter: look further at a time
			seq, span = until, min(span*4, maxSpan)
		default:
			seq = until
		}
	}
	return nil
}

func (s *Store) replay(ctx context.Context, l *layout, f store.Filter, after, until uint64) (store.Numbered, error) {
	var where condition
	where.and(`seq > ? AND seq <= ?`, int64(after), int64(until))
	where.filter(l, f)
	var n store.Numbered
	b := newBlockReader(l)
	err := s.readers.do(ctx, func(c *native.Conn) error {
		return chunks(ctx, c, func(r *native.Result, rows int) error {
			for _, seq := range r.Int64s(0) {
				// Rows come as they were inserted; were it not so, a resumed
				// stream would lose events without a word.
				if uint64(seq) <= after {
					return fmt.Errorf("event %d is stored behind event %d", seq, after)
				}
				after = uint64(seq)
				n.Seqs = append(n.Seqs, after)
			}
			b.read(r, rows)
			return nil
		}, selectEvents(l)+where.String()+fmt.Sprintf(` LIMIT %d`, replayRows), where.args...)
	})
	n.Block = b.block()
	return n, err
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

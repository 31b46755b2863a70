package duckdb

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// replayRows is how many events a block of Replay holds at most.
const replayRows = 8192

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
	var b event.Builder
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
			readRows(&b, r, rows, l)
			return nil
		}, selectEvents(l)+where.String()+fmt.Sprintf(` LIMIT %d`, replayRows), where.args...)
	})
	n.Block = b.Block()
	return n, err
}

// readRows appends a chunk of a query that selectEvents began.
func readRows(b *event.Builder, r *native.Result, rows int, l *layout) {
	times, metrics, values, sources, ids := r.Int64s(1), r.Texts(2), r.Doubles(3), r.Texts(4), r.Texts(5)
	tags := make([]native.Texts, len(l.tags))
	keys := make([][]byte, len(l.tags))
	for i := range tags {
		tags[i], keys[i] = r.Texts(tagsFrom+i), []byte(l.tags[i].key)
	}
	var more native.Maps
	if l.hasMore {
		more = r.Maps(tagsFrom + len(tags))
	}
	for row := range rows {
		b.Start()
		b.SetTime(times[row])
		b.SetValue(values[row])
		b.SetMetric(bytesOf(metrics.Borrow(row)))
		if sources.Has(row) {
			b.SetSource(bytesOf(sources.Borrow(row)))
		}
		if ids.Has(row) {
			b.SetID(bytesOf(ids.Borrow(row)))
		}
		for i := range tags {
			if tags[i].Has(row) {
				b.SetTag(keys[i], bytesOf(tags[i].Borrow(row)))
			}
		}
		if l.hasMore {
			more.Each(row, func(key, text string) { b.SetTag([]byte(key), bytesOf(text)) })
		}
	}
}

// bytesOf lends a text to the builder, which copies what it has not seen.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

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

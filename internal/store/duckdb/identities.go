package duckdb

import (
	"context"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Identities yields, oldest first, the identities among the last most
// identified events received at since or later.
func (s *Store) Identities(ctx context.Context, since int64, most int, yield func(store.Identity) error) error {
	q := latestQuery{
		table: `events`, number: `seq`, columns: `source, id`, present: `id IS NOT NULL`,
		since: since, most: int64(most), last: int64(s.Position().Seq),
	}
	source := "" // sources repeat: their text is copied where it changes
	return s.readers.do(ctx, func(c *native.Conn) error {
		return latest(ctx, c, q, func(r *native.Result, skip, rows int) error {
			seqs, received, sources, ids := r.Int64s(0), r.Int64s(1), r.Texts(2), r.Texts(3).CopyAll()
			for row := skip; row < rows; row++ {
				if text := sources.Borrow(row); text != source {
					source = strings.Clone(text)
				}
				identity := store.Identity{Seq: uint64(seqs[row]), Source: source, ID: ids[row], Received: received[row]}
				if err := yield(identity); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Keys yields, oldest first, the idempotency keys received at since or later.
func (s *Store) Keys(ctx context.Context, since int64, most int, yield func(store.Key) error) error {
	return s.readers.do(ctx, func(c *native.Conn) error {
		last, err := one(ctx, c, `SELECT max(n) FROM request_keys`)
		if err != nil {
			return err
		}
		q := latestQuery{
			table: `request_keys`, number: `n`, columns: `key`, present: `true`,
			since: since, most: int64(most), last: last,
		}
		return latest(ctx, c, q, func(r *native.Result, skip, rows int) error {
			received, keys := r.Int64s(1), r.Texts(2).CopyAll()
			for row := skip; row < rows; row++ {
				if err := yield(store.Key{Received: received[row], Key: keys[row]}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// spanRows is how many numbers one query of latest spans.
const spanRows = 1 << 18

// latestQuery asks for the last most rows of a table that are present and were
// received at since or later; number orders them, up to last.
type latestQuery struct {
	table, number, columns, present string
	since, most, last               int64
}

// latest calls f with the rows, ascending, chunk by chunk: those from skip on
// belong to the answer. Spans are counted from the newest backwards until they
// hold enough, and then read; so no more than one is in memory.
func latest(ctx context.Context, c *native.Conn, q latestQuery, f func(r *native.Result, skip, rows int) error) error {
	if q.most <= 0 {
		return nil
	}
	where := ` FROM ` + q.table + ` WHERE ` + q.present + ` AND received >= ? AND ` + q.number
	first, err := one(ctx, c, `SELECT min(`+q.number+`)`+where+` <= ?`, native.Millis(q.since), q.last)
	if err != nil || first == 0 {
		return err
	}
	from, total := q.last+1, int64(0)
	for from > first && total < q.most {
		until := from - 1
		from = max(first, from-spanRows)
		n, err := one(ctx, c, `SELECT count(*)`+where+` BETWEEN ? AND ?`, native.Millis(q.since), from, until)
		if err != nil {
			return err
		}
		total += n
	}
	skip := max(0, total-q.most)
	for ; from <= q.last; from += spanRows {
		err := chunks(ctx, c, func(r *native.Result, rows int) error {
			skipped := min(skip, int64(rows))
			skip -= skipped
			return f(r, int(skipped), rows)
		}, `SELECT `+q.number+`, received, `+q.columns+where+` BETWEEN ? AND ?`,
			native.Millis(q.since), from, min(q.last, from+spanRows-1))
		if err != nil {
			return err
		}
	}
	return nil
}

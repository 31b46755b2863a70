package duckdb

import (
	"context"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// identityRows is how many row numbers one query of Identities or Keys spans.
const identityRows = 1 << 18

// Identities yields, oldest first, the identities among the last most
// identified events received at since or later.
func (s *Store) Identities(ctx context.Context, since int64, most int, yield func(store.Identity) error) error {
	source := "" // sources repeat, so their text is not copied each time
	return s.readers.do(ctx, func(c *native.Conn) error {
		return latest(ctx, c, latestQuery{
			table: `events`, number: `seq`, columns: `source, id`, present: `id IS NOT NULL`,
			since: since, most: most, last: int64(s.Position().Seq),
		}, func(r *native.Result, row int) error {
			if text := r.Texts(2).Borrow(row); text != source {
				source = strings.Clone(text)
			}
			return yield(store.Identity{
				Seq:      uint64(r.Int64s(0)[row]),
				Received: r.Int64s(1)[row],
				Source:   source,
				ID:       r.Texts(3).Copy(row),
			})
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
		return latest(ctx, c, latestQuery{
			table: `request_keys`, number: `n`, columns: `key`, present: `true`,
			since: since, most: most, last: last,
		}, func(r *native.Result, row int) error {
			return yield(store.Key{Received: r.Int64s(1)[row], Key: r.Texts(2).Copy(row)})
		})
	})
}

// latestQuery asks for the last most rows of a table that were received at
// since or later; number orders them.
type latestQuery struct {
	table, number, columns, present string
	since                           int64
	most                            int
	last                            int64
}

// latest calls f for the rows, ascending, reading a span of them at a time.
func latest(ctx context.Context, c *native.Conn, q latestQuery, f func(r *native.Result, row int) error) error {
	where := ` FROM ` + q.table + ` WHERE ` + q.present + ` AND received >= ? AND ` + q.number
	// Counts by span tell where the last most of them begin.
	var spans, counts []int64
	total := int64(0)
	err := each(ctx, c, func(r *native.Result, row int) error {
		spans, counts = append(spans, r.Int64s(0)[row]), append(counts, r.Int64s(1)[row])
		total += r.Int64s(1)[row]
		return nil
	}, `SELECT `+q.number+` // ? AS span, count(*)`+where+` <= ? GROUP BY span ORDER BY span`,
		identityRows, native.Millis(q.since), q.last)
	if err != nil {
		return err
	}
	skip := max(0, total-int64(q.most))
	for i, span := range spans {
		if skip >= counts[i] {
			skip -= counts[i]
			continue
		}
		from := span * identityRows
		err := each(ctx, c, func(r *native.Result, row int) error {
			if skip > 0 {
				skip--
				return nil
			}
			return f(r, row)
		}, `SELECT `+q.number+`, received, `+q.columns+where+` BETWEEN ? AND ?`,
			native.Millis(q.since), from, min(q.last, from+identityRows-1))
		if err != nil {
			return err
		}
	}
	return nil
}

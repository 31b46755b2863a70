package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Events answers a page, newest first; more tells that further events follow.
func (s *Store) Events(ctx context.Context, q store.EventQuery) (events []event.Event, more bool, err error) {
	if q.Limit <= 0 {
		return nil, false, nil
	}
	v := s.view.Load()
	var where condition
	where.and(`seq <= ?`, int64(v.position.Seq))
	where.filter(v.layout, q.Filter)
	if q.From != 0 {
		where.and(`time >= ?`, native.Millis(q.From))
	}
	if q.To != 0 {
		where.and(`time < ?`, native.Millis(q.To))
	}
	if b := q.Before; b != nil {
		where.and(`time <= ? AND (time < ? OR seq < ?)`, native.Millis(b.Time), native.Millis(b.Time), int64(b.Seq))
	}
	b := newBlockReader(v.layout.everything())
	query, args := pageQuery(b.selection, where, q.Limit+1)
	err = s.readers.do(ctx, func(c *native.Conn) error {
		return chunks(ctx, c, func(r *native.Result, rows int) error {
			b.read(r, rows)
			return nil
		}, query, args...)
	})
	if err != nil {
		return nil, false, err
	}
	page := b.take()
	more = len(page.Seqs) > q.Limit
	for i, seq := range page.Seqs[:min(len(page.Seqs), q.Limit)] {
		e := page.Block.Row(i)
		e.Seq = seq
		events = append(events, e)
	}
	return events, more, nil
}

// narrowPages is the number of tag columns up to which reading whole rows while
// looking for the page costs less than finding its rows first.
const narrowPages = 6

func pageQuery(s selection, where condition, limit int) (string, []any) {
	const newest = ` ORDER BY time DESC, seq DESC`
	if len(s.tags) <= narrowPages {
		return s.query(where, newest+` LIMIT ?`, limit)
	}
	found := condition{args: append(where.args, limit)}
	found.and(`rowid IN (SELECT rowid FROM events WHERE ` + where.String() + newest + ` LIMIT ?)`)
	return s.query(found, newest)
}

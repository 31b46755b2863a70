package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

const selectAlerts = `SELECT seq, n, rule, metric, tags, state, previous, value, time, judged, since, condition FROM alerts WHERE `

// alertRows is how many transitions one query of AlertsAfter reads.
const alertRows = 1000

// Alerts answers transitions, newest first.
func (s *Store) Alerts(ctx context.Context, from, to int64, before *alert.Position, limit int) ([]alert.Transition, error) {
	if limit <= 0 {
		return nil, nil
	}
	var where condition
	where.and(`judged >= ?`, native.Millis(from))
	if to != 0 {
		where.and(`judged < ?`, native.Millis(to))
	}
	if before != nil {
		where.and(`(seq < ? OR (seq = ? AND n < ?))`, int64(before.Seq), int64(before.Seq), int64(before.N))
	}
	return s.alerts(ctx, where, ` ORDER BY seq DESC, n DESC LIMIT ?`, limit)
}

// AlertsAfter yields transitions with a Position after p, ascending.
func (s *Store) AlertsAfter(ctx context.Context, p alert.Position, yield func(alert.Transition) error) error {
	for {
		var where condition
		where.and(`(seq > ? OR (seq = ? AND n > ?))`, int64(p.Seq), int64(p.Seq), int64(p.N))
		page, err := s.alerts(ctx, where, ` ORDER BY seq, n LIMIT ?`, alertRows)
		if err != nil {
			return err
		}
		for _, a := range page {
			if err := yield(a); err != nil {
				return err
			}
		}
		if len(page) < alertRows {
			return nil
		}
		p = page[len(page)-1].Position
	}
}

func (s *Store) alerts(ctx context.Context, where condition, order string, limit int) ([]alert.Transition, error) {
	var found []alert.Transition
	err := s.readers.do(ctx, func(c *native.Conn) error {
		return each(ctx, c, func(r *native.Result, row int) error {
			found = append(found, readAlert(r, row))
			return nil
		}, selectAlerts+where.String()+order, append(where.args, limit)...)
	})
	return found, err
}

func readAlert(r *native.Result, row int) alert.Transition {
	a := alert.Transition{
		Position:  alert.Position{Seq: uint64(r.Int64s(0)[row]), N: uint32(r.Int64s(1)[row])},
		Rule:      r.Texts(2).Copy(row),
		Metric:    r.Texts(3).Copy(row),
		State:     alert.State(r.Texts(5).Copy(row)),
		Previous:  alert.State(r.Texts(6).Copy(row)),
		Value:     r.Doubles(7)[row],
		Timestamp: r.Int64s(8)[row],
		At:        r.Int64s(9)[row],
		Since:     r.Int64s(10)[row],
		Condition: r.Texts(11).Copy(row),
	}
	tags := r.Maps(4)
	for i, to := tags.Entries(row); i < to; i++ {
		a.Tags = append(a.Tags, event.Tag{Key: tags.Keys.Copy(i), Value: tags.Texts.Copy(i)})
	}
	return a
}

package duckdb

import (
	"context"
	"encoding/json"
	"math"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

const selectAlerts = `SELECT seq, n, rule, metric, tags, state, previous, value, time, judged, since, condition,
	kind, observations, certainty, annotations, evidence FROM alerts WHERE `

// alertRows is how many transitions one query of AlertsAfter reads.
const alertRows = 1000

// Alerts answers transitions, newest first.
func (s *Store) Alerts(ctx context.Context, from, to int64, before *alert.Position, limit int) ([]alert.Transition, error) {
	return s.FindAlerts(ctx, store.AlertQuery{From: from, To: to, Before: before, Limit: limit})
}

// FindAlerts answers the transitions that q selects, newest first.
func (s *Store) FindAlerts(ctx context.Context, q store.AlertQuery) ([]alert.Transition, error) {
	if q.Limit <= 0 {
		return nil, nil
	}
	var where condition
	where.and(`judged >= ?`, native.Millis(q.From))
	if q.To != 0 {
		where.and(`judged < ?`, native.Millis(q.To))
	}
	if p := q.Before; p != nil {
		where.and(`(seq < ? OR (seq = ? AND n < ?))`, int64(p.Seq), int64(p.Seq), int64(p.N))
	}
	for column, wanted := range map[string]string{`rule`: q.Rule, `kind`: q.Kind, `state`: q.State} {
		if wanted != "" {
			where.and(column+` = ?`, wanted)
		}
	}
	for _, tag := range q.Tags {
		where.and(`tags[?] = ?`, tag.Key, tag.Value)
	}
	if q.Exact {
		where.and(`coalesce(cardinality(tags), 0) = ?`, len(q.Tags))
	}
	return s.alerts(ctx, where, ` ORDER BY seq DESC, n DESC LIMIT ?`, q.Limit)
}

// LatestAlerts answers the last transition of each series.
func (s *Store) LatestAlerts(ctx context.Context, since int64) ([]alert.Transition, error) {
	var where condition
	where.and(`true QUALIFY row_number() OVER (PARTITION BY kind, rule, tags ORDER BY seq DESC, n DESC) = 1
		AND (state <> ? OR judged >= ?)`, string(alert.OK), native.Millis(since))
	return s.alerts(ctx, where, ` ORDER BY seq, n LIMIT ?`, math.MaxInt32)
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
	a.Kind, a.N, a.Provisional = r.Texts(12).Copy(row), r.Int64s(13)[row], r.Texts(14).Borrow(row) == provisional
	a.Tags, a.Annotations = readTags(r, 4, row), readTags(r, 15, row)
	if evidence := r.Texts(16).Copy(row); evidence != "" {
		a.Evidence = json.RawMessage(evidence)
	}
	return a
}

func readTags(r *native.Result, column, row int) (all []event.Tag) {
	if !r.Has(column, row) {
		return nil
	}
	m := r.Maps(column)
	for i, to := m.Entries(row); i < to; i++ {
		all = append(all, event.Tag{Key: m.Keys.Copy(i), Value: m.Texts.Copy(i)})
	}
	return all
}

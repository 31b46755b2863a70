package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// eventFields are what every read of events selects first; tags follow.
const eventFields = `seq, time, metric, value, source, id`

const tagsFrom = 6

// selectEvents begins a query for whole events.
func selectEvents(l *layout) string {
	var q strings.Builder
	q.WriteString(`SELECT ` + eventFields)
	for _, tag := range l.tags {
		q.WriteString(`, ` + quote(tag.name))
	}
	if l.hasMore {
		q.WriteString(`, more_tags`)
	}
	q.WriteString(` FROM events WHERE `)
	return q.String()
}

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
	err = s.readers.do(ctx, func(c *native.Conn) error {
		return each(ctx, c, func(r *native.Result, row int) error {
			events = append(events, readEvent(r, row, v.layout))
			return nil
		}, pageQuery(v.layout, where), append(where.args, q.Limit+1)...)
	})
	if len(events) > q.Limit {
		events, more = events[:q.Limit], true
	}
	return events, more, err
}

// narrowPages is the number of tag columns up to which reading whole rows while
// looking for the page costs less than finding its rows first.
const narrowPages = 6

func pageQuery(l *layout, where condition) string {
	const newest = ` ORDER BY time DESC, seq DESC`
	if len(l.tags) <= narrowPages {
		return selectEvents(l) + where.String() + newest + ` LIMIT ?`
	}
	return selectEvents(l) + `rowid IN (SELECT rowid FROM events WHERE ` + where.String() + newest + ` LIMIT ?)` + newest
}

// readEvent reads a row of a query that selectEvents began.
func readEvent(r *native.Result, row int, l *layout) event.Event {
	e := event.Event{
		Seq:    uint64(r.Int64s(0)[row]),
		Time:   r.Int64s(1)[row],
		Metric: r.Texts(2).Copy(row),
		Value:  r.Doubles(3)[row],
		Source: r.Texts(4).Copy(row),
		ID:     r.Texts(5).Copy(row),
	}
	for i, tag := range l.tags {
		if t := r.Texts(tagsFrom + i); t.Has(row) {
			e.Tags = append(e.Tags, event.Tag{Key: tag.key, Value: t.Copy(row)})
		}
	}
	if l.hasMore {
		own := len(e.Tags)
		r.Maps(tagsFrom+len(l.tags)).Each(row, func(key, text string) {
			e.Tags = append(e.Tags, event.Tag{Key: strings.Clone(key), Value: strings.Clone(text)})
		})
		if len(e.Tags) > own {
			slices.SortFunc(e.Tags, func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
		}
	}
	return e
}

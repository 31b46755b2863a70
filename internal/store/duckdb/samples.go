package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Samples yields the events of a span of time, whose row groups DuckDB finds by
// their zone maps where events came about in the order of their time.
func (s *Store) Samples(ctx context.Context, q store.SampleQuery, yield func(store.Numbered) error) error {
	v := s.view.Load()
	last := min(q.Last, v.position.Seq)
	if last == 0 || q.From >= q.To {
		return nil
	}
	var filter condition
	filter.and(`time >= ? AND time < ?`, moment(q.From), moment(q.To))
	filter.filter(v.layout, q.Filter)
	selected := v.layout.everything()
	selected.whole = false
	w := walk{selection: selected, filter: filter, last: last, most: scanRows}
	for b := newBlockReader(selected); w.after < last; {
		next, err := s.stretch(ctx, w, last, b)
		if err != nil {
			return err
		}
		w.after = next.through
		for _, n := range next.blocks {
			if err := yield(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// farthest is beyond any event's time, and within what a timestamp holds.
const farthest = 1 << 47

func moment(ms int64) native.Millis { return native.Millis(min(max(ms, -farthest), farthest)) }

var _ store.Sampler = (*Store)(nil)

package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/store"
)

// replayRows is how many events a block of Replay holds at most; those who read
// it are many, and each has a block in memory.
const replayRows = 16384

// Replay yields the events numbered after seq up to and including last,
// ascending.
func (s *Store) Replay(ctx context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error {
	v := s.view.Load()
	var where condition
	where.filter(v.layout, f)
	w := walk{
		selection: v.layout.everything(), filter: where,
		after: seq, last: min(last, v.position.Seq), most: replayRows,
	}
	return s.walk(ctx, w, func(next stretch) error {
		for _, n := range next.blocks {
			if err := yield(n); err != nil {
				return err
			}
		}
		return nil
	})
}

package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// scanRows is how many events one query of Scan reads: two row groups. Fewer
// cost up to twice as much each, because a query decodes a row group's
// dictionaries anew; more gain little.
const scanRows = 2 * 122_880

// Scan yields the events that q asks for, reading ahead by one stretch.
func (s *Store) Scan(ctx context.Context, q store.ScanQuery, yield func(through uint64, b *event.Block) error) error {
	v := s.view.Load()
	var where condition
	where.metrics(q.Metrics)
	w := walk{
		selection: v.layout.only(q.Tags), filter: where,
		after: q.After, last: min(q.Last, v.position.Seq), most: scanRows,
	}
	read := func(ctx context.Context, send func(stretch) error) error { return s.walk(ctx, w, send) }
	return ahead(ctx, read, func(next stretch) error {
		if len(next.blocks) == 0 {
			return yield(next.through, event.Of())
		}
		for i, n := range next.blocks {
			through := next.through
			if i < len(next.blocks)-1 {
				through = n.Seqs[len(n.Seqs)-1]
			}
			if err := yield(through, n.Block); err != nil {
				return err
			}
		}
		return nil
	})
}

// ahead has read make the next value in a goroutine of its own while use has
// the one before. That goroutine has ended when ahead returns.
func ahead[T any](ctx context.Context, read func(ctx context.Context, send func(T) error) error, use func(T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	values := make(chan T)
	var failed error
	go func() {
		defer close(values)
		failed = read(ctx, func(value T) error {
			select {
			case values <- value:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	defer func() {
		cancel()
		for range values { // until the goroutine closes it
		}
	}()
	for value := range values {
		if err := use(value); err != nil {
			return err
		}
	}
	return failed
}

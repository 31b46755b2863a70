package engine

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// prepared is a batch on its way, and the number of the last event up to which
// history has been read with it.
type prepared struct {
	through uint64
	batch   *kpi.Batch
}

// read hands the stored events of a query to apply. While one batch is applied
// the next is put in order and its keys are looked up, beside the store, which
// decodes the one behind it.
func (e *Engine) read(q store.ScanQuery, apply func(through uint64, batch *kpi.Batch) error) error {
	ctx, cancel := context.WithCancel(e.closing)
	defer cancel()
	ready, ended := make(chan prepared), make(chan error, 1)
	go func() {
		defer close(ready)
		before := kpi.NewBatch(event.Of(), e.keys)
		ended <- e.o.History.Scan(ctx, q, func(through uint64, b *event.Block) error {
			next := kpi.NewBatch(inOrder(b), e.keys)
			next.LookUp(before)
			before = next
			select {
			case ready <- prepared{through, next}:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for p := range ready {
		if err := apply(p.through, p.batch); err != nil {
			cancel()
			for range ready { // until the scan has ended
			}
			return err
		}
	}
	return <-ended
}

package app

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/pipeline"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// history reads back for the live stream what was published and may not have
// been committed yet.
type history struct {
	store    store.Store
	pipeline *pipeline.Pipeline
}

func (h history) Replay(ctx context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error {
	if err := h.pipeline.Stored(ctx); err != nil {
		return err
	}
	return h.store.Replay(ctx, f, seq, last, yield)
}

func (h history) AlertsAfter(ctx context.Context, p alert.Position, yield func(alert.Transition) error) error {
	if err := h.pipeline.Stored(ctx); err != nil {
		return err
	}
	return h.store.AlertsAfter(ctx, p, yield)
}

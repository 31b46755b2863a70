package pipeline

import (
	"context"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

const (
	// checkpointRows bounds what a restart has to read again of the store's own
	// journal; an idle store is checkpointed earlier.
	checkpointRows = 2_000_000
	checkpointIdle = 5 * time.Second
	retainEvery    = time.Hour
)

// upkeep is the store's housekeeping, which runs between commits.
type upkeep struct {
	rows       int // committed and not checkpointed
	dirty      bool
	last       time.Time
	nextRetain time.Time
}

type task func(ctx context.Context, p *Pipeline) error

func (u *upkeep) committed(c *store.Commit, now time.Time) {
	u.rows += c.Events.Len()
	u.dirty, u.last = true, now
}

// due names the next task, nil when there is none.
func (u *upkeep) due(now time.Time, retention time.Duration) task {
	switch {
	case !now.Before(u.nextRetain):
		u.nextRetain = now.Add(retainEvery)
		return func(ctx context.Context, p *Pipeline) error { return p.retain(ctx, now, retention) }
	case u.dirty && (u.rows >= checkpointRows || now.Sub(u.last) >= checkpointIdle):
		u.dirty, u.rows = false, 0
		return func(ctx context.Context, p *Pipeline) error { return p.o.Store.Checkpoint(ctx) }
	}
	return nil
}

func (p *Pipeline) keep(t task) {
	if err := t(context.Background(), p); err != nil {
		p.o.Logger.Warn("the store's upkeep failed; it will be tried again", "error", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle()
}

func (p *Pipeline) retain(ctx context.Context, now time.Time, retention time.Duration) error {
	var before int64 // nothing is older than 1970
	if retention > 0 {
		before = event.Millis(now.Add(-retention))
	}
	keysBefore := event.Millis(now.Add(-p.o.DedupeWindow)) - 60_000
	deleted, err := p.o.Store.Retain(ctx, before, keysBefore)
	if deleted > 0 {
		p.o.KPIs.Forget(before)
		p.o.Logger.Info("events beyond the retention were deleted", "events", deleted, "before", event.Time(before))
	}
	return err
}

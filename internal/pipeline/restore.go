package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/store"
)

// restore brings back clock, thresholds and the identities that duplicates are
// told by, all as of the store's position.
func (p *Pipeline) restore(ctx context.Context) error {
	own, err := p.o.Store.State(stateName)
	if err != nil {
		return err
	}
	if own != nil {
		var s state
		if err := json.Unmarshal(own, &s); err != nil {
			return fmt.Errorf("the pipeline's checkpoint: %w", err)
		}
		p.clock = s.Clock
	}
	judge, err := p.o.Store.State(judgeStateName)
	if err != nil {
		return err
	}
	if judge != nil {
		if err := p.o.Judge.Restore(judge); err != nil {
			return fmt.Errorf("the thresholds' checkpoint: %w", err)
		}
	}
	since := p.clock - p.o.DedupeWindow.Milliseconds() - 1000
	err = p.o.Store.Identities(ctx, since, p.o.DedupeIDs, func(id store.Identity) error {
		p.seen.addEvent(id.Source, id.ID, id.Received/1000)
		return nil
	})
	if err != nil {
		return err
	}
	return p.o.Store.Keys(ctx, since, p.o.DedupeIDs, func(k store.Key) error {
		p.seen.addKey(k.Key, k.Received/1000)
		return nil
	})
}

// drain commits what is applied and waits until the store is at rest.
func (p *Pipeline) drain() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing, p.open.dirty = true, true // the KPIs' checkpoint spares the next start some reading
	for p.busy {
		p.changed.Wait()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for p.cutOff != nil || p.open.dirty {
		if p.cutOff == nil {
			if err := p.cut(); err != nil {
				return err
			}
		}
		if err := p.o.Store.Commit(ctx, *p.cutOff); err != nil {
			return fmt.Errorf("the last commit failed, the log keeps its events for the next start: %w", err)
		}
		p.cutOff = nil
	}
	return nil
}

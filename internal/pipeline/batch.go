package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

const (
	// commitRows and commitAge say when a batch goes to the store: a database
	// takes tens of thousands of rows for little more than one.
	commitRows = 50_000
	commitAge  = time.Second
	// maxOpenRows is where the pipeline waits for the store.
	maxOpenRows = 4 * commitRows
	// retryAfter is how long a failed commit waits before it is tried again.
	retryAfter = 500 * time.Millisecond
)

// batch is what the next commit will hold.
type batch struct {
	builder  event.Builder
	received []int64
	keys     []store.Key
	alerts   []alert.Transition
	// dirty says that a commit has something to tell, if only a position.
	dirty bool
	since time.Time
}

func (b *batch) len() int { return b.builder.Len() }

func (b *batch) add(block *event.Block, clock int64, keys []string, alerts []alert.Transition, now time.Time) {
	if !b.dirty {
		b.dirty, b.since = true, now
	}
	b.builder.AppendRows(block, nil)
	for range block.Len() {
		b.received = append(b.received, clock)
	}
	for _, k := range keys {
		b.keys = append(b.keys, store.Key{Key: k, Received: clock})
	}
	b.alerts = append(b.alerts, alerts...)
}

// state is the pipeline's own part of the checkpoint.
type state struct {
	Clock int64 `json:"clock"`
}

// advance starts the next commit, or upkeep, when one is due. It holds p.mu.
func (p *Pipeline) advance() {
	if p.busy || p.closing {
		return
	}
	now := p.o.Now()
	if p.cutOff == nil && p.open.dirty &&
		(p.wanted > p.stored || p.open.len() >= commitRows || now.Sub(p.open.since) >= commitAge) {
		if p.fault = p.cut(); p.fault != nil {
			return // the batch stays open, and is cut at the next tick
		}
	}
	if p.cutOff != nil {
		if !now.Before(p.retryAt) {
			p.busy = true
			go p.commit()
		}
		return
	}
	if due := p.upkeep.due(now, p.o.Retention); due != nil {
		p.busy = true
		go p.keep(due)
	}
}

// cut closes the open batch and makes it the next commit. It holds p.mu.
func (p *Pipeline) cut() error {
	judge, err := p.o.Judge.Snapshot()
	if err != nil {
		return fmt.Errorf("saving the state of the thresholds: %w", err)
	}
	own, err := json.Marshal(state{Clock: p.clock})
	if err != nil {
		return err
	}
	saved, err := p.o.KPIs.Checkpoint(p.closing, p.applied < p.o.Acked())
	if err != nil {
		return fmt.Errorf("saving the state of the KPIs: %w", err)
	}
	if saved == nil {
		saved = map[string][]byte{}
	}
	saved[stateName], saved[judgeStateName] = own, judge
	p.cutOff = &store.Commit{
		Position: store.Position{LogSeq: p.applied, Seq: p.next - 1},
		Events:   p.open.builder.Block(),
		Received: p.open.received, Keys: p.open.keys, Alerts: p.open.alerts,
		State: saved,
	}
	p.cutTaken = p.taken
	p.open = batch{}
	return nil
}

// commit stores what was cut off. When the store does not take it, it stays and
// is tried again: what the log has acknowledged is never given up.
func (p *Pipeline) commit() {
	ctx := context.Background()
	c := p.cutOff
	err := p.o.Store.Commit(ctx, *c)
	if err == nil {
		p.commits.Add(1)
		if err := p.o.Applied(ctx, c.Position.LogSeq); err != nil {
			p.o.Logger.Warn("the event log was not trimmed; it will be after a later commit", "error", err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil && p.fault == nil:
		p.o.Logger.Error("events wait in the log: the store does not take them", "error", err)
	case err == nil && p.fault != nil:
		p.o.Logger.Info("the store takes events again")
	}
	p.fault = err
	if err != nil {
		p.retryAt = p.o.Now().Add(retryAfter)
	} else {
		p.cutOff, p.stored = nil, p.cutTaken
		p.upkeep.committed(c, p.o.Now())
	}
	p.idle()
}

// idle makes room for what is due next. It holds p.mu.
func (p *Pipeline) idle() {
	p.busy = false
	p.advance()
	p.changed.Broadcast()
}

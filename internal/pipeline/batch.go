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
	if p.busy {
		return
	}
	now := p.o.Now()
	if p.open.dirty && (p.wanted > p.stored || p.open.len() >= commitRows || now.Sub(p.open.since) >= commitAge) {
		if c, err := p.cut(); err != nil {
			p.fault = err // kept open; tried again at the next tick
		} else {
			p.busy = true
			go p.commit(c, p.taken)
		}
		return
	}
	if task := p.upkeep.due(now, p.o.Retention); task != nil {
		p.busy = true
		go p.keep(task)
	}
}

// cut closes the open batch. It holds p.mu.
func (p *Pipeline) cut() (store.Commit, error) {
	judge, err := p.o.Judge.Snapshot()
	if err != nil {
		return store.Commit{}, fmt.Errorf("saving the state of the thresholds: %w", err)
	}
	own, err := json.Marshal(state{Clock: p.clock})
	if err != nil {
		return store.Commit{}, err
	}
	c := store.Commit{
		Position: store.Position{LogSeq: p.applied, Seq: p.next - 1},
		Events:   p.open.builder.Block(),
		Received: p.open.received, Keys: p.open.keys, Alerts: p.open.alerts,
		State: map[string][]byte{stateName: own, judgeStateName: judge},
	}
	p.open = batch{}
	return c, nil
}

// commit stores c, however long that takes: what the log has acknowledged is
// never given up.
func (p *Pipeline) commit(c store.Commit, taken uint64) {
	ctx := context.Background()
	for {
		err := p.o.Store.Commit(ctx, c)
		p.mu.Lock()
		if err != nil && p.fault == nil {
			p.o.Logger.Error("events wait in the log: the store does not take them", "error", err)
		}
		if err == nil && p.fault != nil {
			p.o.Logger.Info("the store takes events again")
		}
		p.fault = err
		if err == nil {
			break
		}
		p.changed.Broadcast()
		closing := p.upkeep.closing
		p.mu.Unlock()
		if closing {
			p.finish() // the log keeps the events for the next start
			return
		}
		time.Sleep(retryAfter)
	}
	p.stored = taken
	p.upkeep.committed(c, p.o.Now())
	p.mu.Unlock()
	p.commits.Add(1)
	if err := p.o.Applied(ctx, c.Position.LogSeq); err != nil {
		p.o.Logger.Warn("the event log was not trimmed; it will be after a later commit", "error", err)
	}
	p.finish()
}

func (p *Pipeline) finish() {
	p.mu.Lock()
	p.busy = false
	p.advance()
	p.changed.Broadcast()
	p.mu.Unlock()
}

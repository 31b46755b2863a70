package ingest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Appender is the log as ingest needs it: Append returns once data is on disk.
// Its errors wrap ErrNoSpace, ErrUnavailable or ErrTooLarge.
type Appender interface {
	Append(ctx context.Context, data []byte) (seq uint64, err error)
	MaxPayload() int
}

// committer writes many requests with one append (group commit): whatever
// arrives while an append is on its way shares the next one. Nobody waits for
// company, so a lone request is not delayed.
type committer struct {
	log   Appender
	acked atomic.Uint64

	mu       sync.Mutex
	ready    sync.Cond
	waiting  []*pending
	rows     int // of those waiting
	inFlight int // groups taken and not finished
	stopped  bool
	workers  sync.WaitGroup
}

// pending is one request on its way to the log.
type pending struct {
	block *event.Block
	key   string
	done  chan error
}

const (
	// groupRows is where a group is closed to further requests: large enough to
	// share the cost of an append well, small enough that its fsync is short.
	groupRows = 1 << 14
	// appendsInFlight lets one group be encoded while another is being synced.
	// The log syncs message by message, so a second append pays only where it
	// is a large one; small ones had better wait for company.
	appendsInFlight = 2
	secondGroupRows = groupRows / 4
)

var errStopped = errors.New("the server is shutting down")

func newCommitter(log Appender) *committer {
	c := &committer{log: log}
	c.ready.L = &c.mu
	for range appendsInFlight {
		c.workers.Go(c.run)
	}
	return c
}

// submit queues a block, with its idempotency key if it has one. The block must
// stay as it is until done answers.
func (c *committer) submit(block *event.Block, key string) (done <-chan error) {
	p := &pending{block: block, key: key, done: make(chan error, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		p.done <- errStopped
	} else {
		c.waiting = append(c.waiting, p)
		c.rows += block.Len()
		c.ready.Signal()
	}
	return p.done
}

func (c *committer) run() {
	var w writer
	for {
		group := c.take()
		if group == nil {
			return
		}
		w.write(c, group)
		c.finish()
	}
}

// take waits for requests and gives as many as make a group; nil at the end.
func (c *committer) take() []*pending {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.waiting) == 0 || (c.inFlight > 0 && c.rows < secondGroupRows) {
		if c.stopped && len(c.waiting) == 0 {
			return nil
		}
		c.ready.Wait()
	}
	rows, n := 0, 0
	for n < len(c.waiting) && (n == 0 || rows+c.waiting[n].block.Len() <= groupRows) {
		rows += c.waiting[n].block.Len()
		n++
	}
	group := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	c.rows -= rows
	c.inFlight++
	return group
}

// finish makes room for the next group.
func (c *committer) finish() {
	c.mu.Lock()
	c.inFlight--
	c.mu.Unlock()
	c.ready.Broadcast()
}

// writer is what one worker reuses from group to group.
type writer struct {
	builder event.Builder
	encoded []byte
}

func (w *writer) write(c *committer, group []*pending) {
	w.builder.Reset()
	for _, p := range group {
		first := w.builder.Len()
		w.builder.AppendBlock(p.block)
		if p.key != "" {
			w.builder.AppendRequest(p.key, first)
		}
	}
	w.encoded = w.builder.Block().AppendBinary(w.encoded[:0])
	var err error
	if len(w.encoded) > c.log.MaxPayload() {
		if len(group) > 1 { // each request must go whole, not all in one
			w.write(c, group[:len(group)/2])
			w.write(c, group[len(group)/2:])
			return
		}
		err = ErrTooLarge
	} else {
		err = c.append(w.encoded)
	}
	for _, p := range group {
		p.done <- err
	}
}

func (c *committer) append(encoded []byte) error {
	seq, err := c.log.Append(context.Background(), encoded)
	if err != nil {
		return err
	}
	for {
		acked := c.acked.Load()
		if seq <= acked || c.acked.CompareAndSwap(acked, seq) {
			return nil
		}
	}
}

// stop refuses new requests and waits for those on their way.
func (c *committer) stop() {
	c.mu.Lock()
	c.stopped = true
	c.ready.Broadcast()
	c.mu.Unlock()
	c.workers.Wait()
}

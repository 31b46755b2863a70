package stream

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Errors of a Hub and its subscribers.
var (
	// ErrSlow: what the subscriber should read next has left the ring. It may
	// subscribe again after its last position.
	ErrSlow = errors.New("the subscriber is too slow and has to resume by its last id")
	// ErrFull: there are as many subscribers as there may be.
	ErrFull = errors.New("there are as many live subscribers as this server takes")
)

// Options are a Hub's bounds; zero values mean the defaults.
type Options struct {
	// RingBytes is how much of what was published last is kept, by default 32 MiB.
	RingBytes int
	// MaxSubscribers is 20,000 by default.
	MaxSubscribers int
}

// Hub keeps what was published last and knows who waits for more. Publish is
// the pipeline's; everything else may be called from any goroutine.
type Hub struct {
	ringBytes, maxSubscribers int

	mu sync.RWMutex
	// ring holds the last chunks; ring[0] is chunk number base.
	ring  []*chunk
	base  uint64
	bytes int
	last  alert.Position
	// groups are the subscribers by filter.
	groups      map[string]*group
	subscribers int
	// Chunks before noticed have been offered to the groups. A goroutine does
	// that while distributing is true.
	noticed      uint64
	distributing bool

	delivered, slow atomic.Uint64
}

// NewHub makes a hub for a stream that has come as far as last: the number of
// the last event stored, or the position of the last alert if that is later.
func NewHub(last alert.Position, o Options) *Hub {
	h := &Hub{
		ringBytes: 32 << 20, maxSubscribers: 20_000,
		last: last, groups: make(map[string]*group),
	}
	if o.RingBytes > 0 {
		h.ringBytes = o.RingBytes
	}
	if o.MaxSubscribers > 0 {
		h.maxSubscribers = o.MaxSubscribers
	}
	return h
}

// Publish adds what follows. Batches come in order and without gaps. It keeps
// the block and the alerts, waits for no reader and encodes nothing.
func (h *Hub) Publish(b Batch) {
	h.mu.Lock()
	chunks := cut(b, h.last)
	for _, c := range chunks {
		h.ring = append(h.ring, c)
		h.bytes += c.weight
		h.last = c.last
	}
	h.evict()
	wake := false
	switch {
	case len(h.groups) == 0:
		h.noticed = h.tip()
	case !h.distributing:
		h.distributing, wake = true, true
	}
	h.mu.Unlock()
	if wake {
		go h.distribute()
	}
}

// tip is the number of the chunk that comes next.
func (h *Hub) tip() uint64 { return h.base + uint64(len(h.ring)) }

// evict drops the oldest chunks until the rest fits; the newest always stays.
func (h *Hub) evict() {
	for h.bytes > h.ringBytes && len(h.ring) > 1 {
		c := h.ring[0]
		h.bytes -= c.weight
		c.evicted = true
		h.ring[0] = nil
		h.ring = h.ring[1:]
		h.base++
	}
}

// grown notes that a chunk takes more memory than before.
func (h *Hub) grown(c *chunk, bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.evicted {
		return
	}
	c.weight += bytes
	h.bytes += bytes
	h.evict()
}

// Last is the position of what was published last.
func (h *Hub) Last() alert.Position {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.last
}

// Subscribers is how many there are now.
func (h *Hub) Subscribers() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.subscribers
}

// Delivered counts the frames handed to subscribers, replayed ones included.
func (h *Hub) Delivered() uint64 { return h.delivered.Load() }

// Slow counts the subscribers dropped because they did not keep up.
func (h *Hub) Slow() uint64 { return h.slow.Load() }

package stream

import (
	"sort"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Subscriber is one reader's place in the stream. It is for one goroutine.
//
// A subscriber that resumes may first have to CatchUp from history; then Take
// gives what there is, and a channel to wait on where there is nothing.
type Subscriber struct {
	hub   *Hub
	group *group
	// position is how far the subscriber has come.
	position alert.Position
	live     bool // it reads from the ring
	next     uint64
	// fresh is the chunk that came next when the subscriber became live. Updates
	// of KPIs before it are out of date.
	fresh  uint64
	gate   *gate // where it waits
	closed bool
}

// Subscribe starts a subscriber behind `after`, or from now on where that is
// nil or lies in the future, as it does for one who knows data that this
// server has lost.
func (h *Hub) Subscribe(f *Filter, after *alert.Position) (*Subscriber, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subscribers >= h.maxSubscribers {
		return nil, ErrFull
	}
	h.subscribers++
	g, ok := h.groups[f.key]
	if !ok {
		g = &group{filter: f, gate: newGate()}
		h.groups[f.key] = g
	}
	g.subscribers++
	s := &Subscriber{hub: h, group: g, position: h.last}
	if after != nil && after.Before(h.last) {
		s.position = *after
	}
	s.join()
	return s, nil
}

// Close ends the subscription. It may be called again.
func (s *Subscriber) Close() {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	h.subscribers--
	s.group.subscribers--
	if s.group.subscribers == 0 {
		delete(h.groups, s.group.filter.key)
	}
}

// Position is how far the subscriber has come: who resumes behind it misses
// nothing and sees nothing twice.
func (s *Subscriber) Position() alert.Position { return s.position }

// Live reports whether the subscriber needs no catching up.
func (s *Subscriber) Live() bool { return s.live }

// Stuck counts the subscriber as one dropped for being slow: its connection
// takes nothing.
func (s *Subscriber) Stuck() { s.hub.slow.Add(1) }

// join puts the subscriber into the ring if that reaches back to its position.
// The hub is locked.
func (s *Subscriber) join() {
	h := s.hub
	s.fresh = h.tip()
	switch {
	case !s.position.Before(h.last):
		s.next, s.live = h.tip(), true
	case len(h.ring) > 0 && !s.position.Before(h.ring[0].after):
		i := sort.Search(len(h.ring), func(i int) bool { return s.position.Before(h.ring[i].last) })
		s.next, s.live = h.base+uint64(i), true
	}
}

// Take appends to buf the frames that are next, until it holds about `limit`
// bytes. If there are none, it gives a channel that closes when there may be
// some. The subscriber must be live.
func (s *Subscriber) Take(buf []byte, limit int) ([]byte, <-chan struct{}, error) {
	var window [64]*chunk
	for {
		chunks, wait, err := s.window(window[:0])
		if err != nil || len(chunks) == 0 {
			return buf, wait, err
		}
		delivered := 0
		for _, c := range chunks {
			if c.kind != KPIs || s.next >= s.fresh {
				var n int
				buf, n = c.append(buf, s.group, s.position, s.hub.grown)
				delivered += n
			}
			s.next++
			s.position = c.last
			if len(buf) >= limit {
				break
			}
		}
		s.hub.delivered.Add(uint64(delivered))
		if len(buf) >= limit {
			return buf, nil, nil
		}
	}
}

// window gives the chunks that are next, as many as chunks has room for, or a
// channel that closes when there may be some.
func (s *Subscriber) window(chunks []*chunk) ([]*chunk, <-chan struct{}, error) {
	h := s.hub
	h.mu.RLock()
	defer h.mu.RUnlock()
	if g := s.gate; g != nil {
		// What was noticed while the gate stayed shut is not for this group.
		if g.opened {
			s.next = max(s.next, g.from)
		} else {
			s.next = max(s.next, h.noticed)
		}
		s.gate = nil
	}
	if s.next < h.base {
		h.slow.Add(1)
		return nil, nil, ErrSlow
	}
	if s.next == h.tip() {
		s.gate = s.group.gate
		s.position = h.last
		return nil, s.gate.open, nil
	}
	ahead := h.ring[s.next-h.base:]
	return append(chunks, ahead[:min(len(ahead), cap(chunks))]...), nil, nil
}

package stream

// group is the subscribers that share a filter. A subscriber that has read
// everything waits at its group's gate, and is left alone until something
// comes that the filter selects.
type group struct {
	filter      *Filter
	subscribers int
	gate        *gate
}

// gate opens once. The fields are under the hub's lock; channel open is closed
// soon after opened is set.
type gate struct {
	open   chan struct{}
	opened bool
	// from is the first chunk that the filter selects from.
	from uint64
}

func newGate() *gate { return &gate{open: make(chan struct{})} }

// distribute opens the gates of the groups for which something has come, until
// all chunks are noticed. It runs beside Publish, because waking thousands of
// subscribers takes milliseconds.
func (h *Hub) distribute() {
	for {
		h.mu.Lock()
		if len(h.groups) == 0 {
			h.noticed = h.tip()
		}
		if h.noticed == h.tip() {
			h.distributing = false
			h.mu.Unlock()
			return
		}
		// Chunks that have left the ring unnoticed may hold something for any group.
		lost := h.noticed < h.base
		from := max(h.noticed, h.base)
		chunks := append([]*chunk(nil), h.ring[from-h.base:]...)
		groups := make([]*group, 0, len(h.groups))
		for _, g := range h.groups {
			groups = append(groups, g)
		}
		noticed := h.noticed
		h.mu.Unlock()

		first := make([]int, len(groups))
		for i, g := range groups {
			first[i] = h.firstMatch(g, chunks)
		}

		h.mu.Lock()
		var opened []*gate
		for i, g := range groups {
			start := from + uint64(first[i])
			if lost {
				start = noticed
			} else if first[i] == len(chunks) {
				continue
			}
			g.gate.opened, g.gate.from = true, start
			opened = append(opened, g.gate)
			g.gate = newGate()
		}
		h.noticed = from + uint64(len(chunks))
		h.mu.Unlock()
		for _, g := range opened {
			close(g.open)
		}
	}
}

func (h *Hub) firstMatch(g *group, chunks []*chunk) int {
	for i, c := range chunks {
		if c.matches(g, h.grown) {
			return i
		}
	}
	return len(chunks)
}

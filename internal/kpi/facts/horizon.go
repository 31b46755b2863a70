package facts

import "slices"

// horizon is how far back a series still knows its facts one by one. Of those
// behind it only the number is known, so that ranks stay right, corrections of
// forgotten facts included.
type horizon struct {
	set   bool
	t     int64
	below int
}

// covers reports whether a fact is behind the horizon.
func (h *horizon) covers(t int64) bool { return h.set && t < h.t }

// ForgetReplaced drops the facts before t but for the last of them.
func (s *Series) ForgetReplaced(t int64) {
	if last, _, ok := s.Last(t); ok {
		s.Forget(last)
	}
}

// Forget drops the facts before t, but for their number.
func (s *Series) Forget(t int64) {
	s.settle()
	if s.horizon.set && t <= s.horizon.t {
		return
	}
	s.horizon.set, s.horizon.t = true, t
	kept := s.chunks[:0]
	for _, c := range s.chunks {
		if c.lo < t {
			n := c.forget(t, s.wide)
			s.horizon.below += n
			s.n -= n
		}
		if len(c.off) > 0 {
			kept = append(kept, c)
		}
	}
	clear(s.chunks[len(kept):])
	s.chunks, s.before, s.counted = kept, s.before[:len(kept)], 0
}

// forget drops the facts before t, and tells how many they were.
func (c *chunk) forget(t int64, wide bool) int {
	n := c.rank(t)
	c.off = slices.Clone(c.off[n:])
	if wide {
		c.x, c.loose = slices.Clone(c.x[n:]), true
	}
	return n
}

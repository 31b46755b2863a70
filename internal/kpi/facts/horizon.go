package facts

import "slices"

// horizon is how far back a series still knows its facts one by one. Of those
// behind it only the number is known, so that ranks stay right, corrections of
// forgotten facts included.
type horizon struct {
	set bool
	// ended: only facts whose number is before the horizon as well are behind it.
	ended bool
	t     int64
	below int
}

// covers reports whether a fact is behind the horizon.
func (h *horizon) covers(t int64, x float64) bool {
	return h.set && t < h.t && (!h.ended || x < float64(h.t))
}

// Forget drops the facts before t, but for their number.
func (s *Series) Forget(t int64) { s.forget(t, false) }

// ForgetEnded does the same with spans of time: facts whose number is the
// instant of an end. It drops those that ended before t, too. A series is given
// to one of the two.
func (s *Series) ForgetEnded(t int64) { s.forget(t, true) }

// ForgetReplaced drops the facts before t but for the last of them.
func (s *Series) ForgetReplaced(t int64) {
	if last, _, ok := s.Last(t); ok {
		s.Forget(last)
	}
}

func (s *Series) forget(t int64, ended bool) {
	if s.horizon.set && t <= s.horizon.t {
		return
	}
	s.horizon.set, s.horizon.ended, s.horizon.t = true, ended, t
	kept := s.chunks[:0]
	for _, c := range s.chunks {
		if c.lo < t {
			n := len(c.off)
			c.forget(&s.horizon, s.wide)
			s.horizon.below += n - len(c.off)
			s.n -= n - len(c.off)
		}
		if len(c.off) > 0 {
			kept = append(kept, c)
		}
	}
	clear(s.chunks[len(kept):])
	s.chunks, s.before, s.counted = kept, s.before[:len(kept)], 0
}

// forget drops what is behind the horizon.
func (c *chunk) forget(h *horizon, wide bool) {
	n, before := 0, c.rank(h.t)
	for at, o := range c.off {
		if at < before && (!h.ended || c.x[at] < float64(h.t)) {
			continue
		}
		c.off[n] = o
		if wide {
			c.x[n] = c.x[at]
		}
		n++
	}
	c.off = slices.Clone(c.off[:n])
	if wide {
		c.x, c.loose = slices.Clone(c.x[:n]), true
	}
}

package httpapi

import (
	"sync"

	"github.com/hms-ops/hms-monitor/internal/stream"
)

// standing shares the values of KPIs that stand among the streams that begin at
// about the same time: after a restart that may be thousands. Nobody is given
// values older than its asking.
type standing struct {
	of func() []stream.Update

	mu   sync.Mutex
	last chan struct{} // closed once the look that was begun last is over
	next *look         // the one that waits for it
}

type look struct {
	done   chan struct{}
	values []stream.Update
}

func (s *standing) values() []stream.Update {
	s.mu.Lock()
	l, first, last := s.next, s.next == nil, s.last
	if first {
		l = &look{done: make(chan struct{})}
		s.next = l
	}
	s.mu.Unlock()
	if !first {
		<-l.done
		return l.values
	}
	if last != nil {
		<-last
	}
	defer close(l.done)
	s.mu.Lock()
	s.last, s.next = l.done, nil // who asks from here on needs a newer one
	s.mu.Unlock()
	l.values = s.of()
	return l.values
}

// tellKPIs writes the values that stand to a subscriber that has become live.
func (h *StreamHandler) tellKPIs(sub *stream.Subscriber, out outlet) error {
	if h.CurrentKPIs == nil || !sub.WantsKPIs() {
		return nil
	}
	buf := h.buffers.Get().(*[]byte)
	defer h.release(buf)
	*buf = (*buf)[:0]
	for _, u := range h.standing.values() {
		if *buf = sub.Tell(*buf, u); len(*buf) >= takeBytes {
			if err := out.write(*buf); err != nil {
				return err
			}
			*buf = (*buf)[:0]
		}
	}
	if len(*buf) == 0 {
		return nil
	}
	return out.write(*buf)
}

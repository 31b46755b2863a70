//go:build linux

package floor

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
)

// hub sends each event to every subscriber: a queue and a goroutine each, and
// what has queued up goes out in one write.
type hub struct {
	mu   sync.RWMutex
	subs map[chan []byte]struct{}
	next int
}

func newHub() *hub { return &hub{subs: map[chan []byte]struct{}{}} }

func (h *hub) broadcast(body []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.subs) == 0 {
		return
	}
	for line := range bytes.Lines(body) {
		h.next++
		frame := fmt.Appendf(nil, "id: %d\ndata: %s\n\n", h.next, bytes.TrimRight(line, "\n"))
		for sub := range h.subs {
			sub <- frame
		}
	}
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	queue := make(chan []byte, 1024)
	h.mu.Lock()
	h.subs[queue] = struct{}{}
	h.mu.Unlock()
	defer h.leave(queue)
	flush := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if flush.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case frame := <-queue:
			if _, err := w.Write(frame); err != nil {
				return
			}
		}
		for queued := true; queued; {
			select {
			case frame := <-queue:
				if _, err := w.Write(frame); err != nil {
					return
				}
			default:
				queued = false
			}
		}
		if flush.Flush() != nil {
			return
		}
	}
}

// leave takes what is still queued, so that a broadcast is not held up.
func (h *hub) leave(queue chan []byte) {
	gone := make(chan struct{})
	go func() {
		for {
			select {
			case <-queue:
			case <-gone:
				return
			}
		}
	}()
	h.mu.Lock()
	delete(h.subs, queue)
	h.mu.Unlock()
	close(gone)
}

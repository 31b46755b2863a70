package torture

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// frame is one Server-Sent Event.
type frame struct{ id, kind, data string }

// watcher follows the live stream as a browser does: it comes back after each
// break with the last id it has seen.
type watcher struct {
	server *server
	query  string

	mu     sync.Mutex
	frames []frame
	breaks int
}

// watch runs until ctx ends. It closes ready when the first connection stands.
func (w *watcher) watch(ctx context.Context, ready chan<- struct{}) {
	last := ""
	for ctx.Err() == nil {
		err := w.follow(ctx, &last, func() {
			if ready != nil {
				close(ready)
				ready = nil
			}
		})
		_ = err // a break; the next connection makes up for it
		w.mu.Lock()
		w.breaks++
		w.mu.Unlock()
		select {
		case <-time.After(10 * time.Millisecond): // as EventSource waits
		case <-ctx.Done():
		}
	}
}

func (w *watcher) follow(ctx context.Context, last *string, connected func()) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.url("/metrics/stream"+w.query), nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	if *last != "" {
		r.Header.Set("Last-Event-ID", *last)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the stream was answered %d", answer.StatusCode)
	}
	connected()
	lines := bufio.NewReader(answer.Body)
	var f frame
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err // what has no blank line after it did not arrive
		}
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n" || line == "\r\n":
			if f.data != "" {
				*last = f.id
				w.mu.Lock()
				w.frames = append(w.frames, f)
				w.mu.Unlock()
			}
			f = frame{id: *last}
		case field == "id":
			f.id = value
		case field == "event":
			f.kind = value
		case field == "data":
			f.data += value
		}
	}
}

func (w *watcher) seen() (points []frame, alerts []frame, breaks int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.frames {
		switch f.kind {
		case "":
			points = append(points, f)
		case "alert":
			alerts = append(alerts, f)
		}
	}
	return points, alerts, w.breaks
}

func (f frame) event() (e event, err error) {
	err = json.Unmarshal([]byte(f.data), &e)
	return e, err
}

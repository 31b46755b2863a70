package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

const (
	retryMillis   = 2000      // what an EventSource waits before it reconnects
	takeBytes     = 64 << 10  // written at a time
	keepBytes     = 256 << 10 // a buffer that has grown beyond is not used again
	fullRetrySecs = "10"
)

// StreamOptions are what a StreamHandler stands on.
type StreamOptions struct {
	Hub     *stream.Hub
	History stream.History
	// CurrentKPIs gives the value of every series of every KPI, as it stands. Nil:
	// there are none.
	CurrentKPIs func() []stream.Update
	// Heartbeat is the time between two comments, by default 15 s.
	Heartbeat time.Duration
	// WriteTimeout is how long a write may take before the client counts as
	// stuck and is dropped, by default 10 s.
	WriteTimeout time.Duration
	// Done ends all streams when it closes.
	Done   <-chan struct{}
	Logger *slog.Logger
}

// StreamHandler serves the live stream as Server-Sent Events.
//
// Where it can it takes the connection over from net/http: what that keeps for
// each request would make most of the memory of ten thousand idle streams.
type StreamHandler struct {
	StreamOptions
	ctx      context.Context // ends with Done
	buffers  sync.Pool
	standing standing
	running  sync.WaitGroup
}

// NewStreamHandler makes the handler of GET /metrics/stream.
func NewStreamHandler(o StreamOptions) *StreamHandler {
	if o.Heartbeat <= 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &StreamHandler{StreamOptions: o, ctx: context.Background(), standing: standing{of: o.CurrentKPIs}}
	if o.Done != nil {
		ctx, cancel := context.WithCancel(h.ctx)
		h.ctx = ctx
		go func() {
			<-o.Done
			cancel()
		}()
	}
	h.buffers.New = func() any { return new([]byte) }
	return h
}

// Wait returns once every stream has ended. Call it after Done has closed and
// the server accepts no more, and before History goes away.
func (h *StreamHandler) Wait() { h.running.Wait() }

// ServeHTTP answers 400 to a bad query, 503 when there are too many streams,
// and otherwise streams until the client or the server goes.
func (h *StreamHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	filter, after, faults := parseStreamRequest(r)
	if len(faults) > 0 {
		p := Problem{Status: http.StatusBadRequest, Detail: "the stream cannot be opened as asked"}
		for _, f := range faults {
			p.Errors = append(p.Errors, FieldError{Field: strings.Join(f.Path, "."), Detail: f.Detail})
		}
		writeProblem(w, p)
		return
	}
	head := w.Header()
	if h.ctx.Err() != nil {
		head.Set("Retry-After", fullRetrySecs)
		writeProblem(w, Problem{Status: http.StatusServiceUnavailable, Detail: "the server is shutting down"})
		return
	}
	setStreamHeaders(head)
	if r.Method == http.MethodHead {
		return
	}
	sub, err := h.Hub.Subscribe(filter, after)
	if err != nil {
		head.Set("Retry-After", fullRetrySecs)
		writeProblem(w, Problem{Status: http.StatusServiceUnavailable, Detail: err.Error()})
		return
	}
	h.running.Add(1)
	if r.ProtoMajor == 1 {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			go h.serveConn(conn, head.Clone(), sub)
			return
		}
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer context.AfterFunc(h.ctx, cancel)()
	defer cancel()
	h.serve(ctx, sub, response{w, http.NewResponseController(w), h.WriteTimeout})
}

func setStreamHeaders(head http.Header) {
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-cache")
	head.Set("X-Accel-Buffering", "no") // nginx: pass on at once
}

// parseStreamRequest reads what is to be streamed, and from where.
func parseStreamRequest(r *http.Request) (f *stream.Filter, after *alert.Position, faults fault.List) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		faults.Add(err.Error(), "query")
		return nil, nil, faults
	}
	var tags []event.Tag
	var kinds []string
	resume, resumeField := r.Header.Get("Last-Event-ID"), "Last-Event-ID"
	for name, texts := range values {
		key, isTag := strings.CutPrefix(name, "tag.")
		switch {
		case isTag:
			for _, t := range texts {
				tags = append(tags, event.Tag{Key: key, Value: t})
			}
		case name == "metric":
		case name == "events":
			for _, t := range texts {
				kinds = append(kinds, strings.Split(t, ",")...)
			}
		case name == "lastEventId":
			if resume == "" {
				resume, resumeField = texts[0], name
			}
		default:
			faults.Add("is not known here; there are metric, tag.KEY, events and lastEventId", name)
		}
	}
	if resume != "" {
		p, err := alert.ParsePosition(resume)
		if err != nil {
			faults.Add(err.Error(), resumeField)
		}
		after = &p
	}
	f, filterFaults := stream.NewFilter(values["metric"], tags, kinds)
	return f, after, append(faults, filterFaults...)
}

// serve streams until ctx ends or the client takes no more.
func (h *StreamHandler) serve(ctx context.Context, sub *stream.Subscriber, out outlet) {
	defer h.running.Done()
	defer sub.Close()
	err := h.stream(ctx, sub, out)
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		sub.Stuck()
	case errors.Is(err, errHistory):
		h.Logger.Error("a live stream could not be resumed; its client will try again", "error", err)
	}
}

var errHistory = errors.New("replay")

func (h *StreamHandler) stream(ctx context.Context, sub *stream.Subscriber, out outlet) error {
	hello := fmt.Sprintf(": live\nretry: %d\n", retryMillis)
	if sub.Live() {
		// A client that has this id misses nothing, even if the connection
		// breaks before the first event.
		hello += "id: " + sub.Position().String() + "\n"
	}
	if err := out.write([]byte(hello + "\n")); err != nil {
		return err
	}
	if err := h.catchUp(ctx, sub, out); err != nil {
		return err
	}
	if err := h.tellKPIs(sub, out); err != nil {
		return err
	}
	heartbeat := time.NewTicker(h.Heartbeat)
	defer heartbeat.Stop()
	for {
		wait, err := h.pass(ctx, sub, out)
		if err != nil {
			return err
		}
		select {
		case <-wait:
			continue
		case <-ctx.Done():
			return ctx.Err()
		case <-heartbeat.C:
		}
		if _, err := h.pass(ctx, sub, out); err != nil {
			return err
		}
		// The id saves a client whose filter selects little from asking for a
		// long replay.
		if err := out.write([]byte(":\nid: " + sub.Position().String() + "\n\n")); err != nil {
			return err
		}
	}
}

// pass writes everything there is, and gives what to wait on for more.
func (h *StreamHandler) pass(ctx context.Context, sub *stream.Subscriber, out outlet) (wait <-chan struct{}, err error) {
	buf := h.buffers.Get().(*[]byte)
	defer h.release(buf)
	for wait == nil && err == nil && ctx.Err() == nil {
		if *buf, wait, err = sub.Take((*buf)[:0], takeBytes); err == nil && len(*buf) > 0 {
			err = out.write(*buf)
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return wait, err
}

func (h *StreamHandler) release(buf *[]byte) {
	if cap(*buf) <= keepBytes {
		h.buffers.Put(buf)
	}
}

func (h *StreamHandler) catchUp(ctx context.Context, sub *stream.Subscriber, out outlet) error {
	var writeErr error
	err := sub.CatchUp(ctx, h.History, func(b []byte) error {
		writeErr = out.write(b)
		return writeErr
	})
	if writeErr != nil || err == nil {
		return writeErr
	}
	return fmt.Errorf("%w: %w", errHistory, err)
}

//go:build linux

package floor

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Kind is how little a floor does.
type Kind string

// The floors.
const (
	// Drain reads the body and answers.
	Drain Kind = "drain"
	// Durable parses the body, has the raw bytes on disk, answers, and sends
	// the events to subscribers.
	Durable Kind = "durable"
	// Stream sends the events to subscribers without keeping them.
	Stream Kind = "stream"
)

// Serve prints its address and serves until ctx is done.
func Serve(ctx context.Context, kind Kind, dir string, out io.Writer) error {
	h := newHub()
	mux := http.NewServeMux()
	mux.Handle("GET /metrics/stream", h)
	switch kind {
	case Drain:
		mux.HandleFunc("POST /metrics", drain)
	case Stream:
		mux.Handle("POST /metrics", keeping(func(body []byte) error { h.broadcast(body); return nil }))
	case Durable:
		j, err := openJournal(filepath.Join(dir, "journal"))
		if err != nil {
			return err
		}
		mux.Handle("POST /metrics", keeping(func(body []byte) error {
			if err := j.append(body); err != nil {
				return err
			}
			h.broadcast(body)
			return nil
		}))
	case Relay:
		r, err := relay(dir)
		if err != nil {
			return err
		}
		mux.Handle("POST /metrics", r)
	default:
		return fmt.Errorf("no floor %q", kind)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Fprintln(out, "listening on", listener.Addr())
	_ = server.Serve(listener) // ends with ctx
	return nil
}

func drain(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// keeping parses the body before it is kept.
func keeping(keep func(body []byte) error) http.Handler {
	pool := sync.Pool{New: func() any { return new([]byte) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buf := pool.Get().(*[]byte)
		defer pool.Put(buf)
		*buf = slices.Grow((*buf)[:0], max(0, int(r.ContentLength)))[:max(0, r.ContentLength)]
		if _, err := io.ReadFull(r.Body, *buf); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if _, err := events(*buf); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := keep(*buf); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

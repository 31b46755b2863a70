package httpapi

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/hms-ops/hms-monitor/internal/stream"
)

// outlet is what a stream is written to.
type outlet interface{ write([]byte) error }

// serveConn streams over a connection taken from net/http.
func (h *StreamHandler) serveConn(conn net.Conn, head http.Header, sub *stream.Subscriber) {
	defer conn.Close()
	defer func() { // as net/http does for its own
		if cause := recover(); cause != nil {
			h.Logger.Error("a live stream failed inside the server; this is a defect, please report it", "panic", cause, "stack", string(debug.Stack()))
		}
	}()
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	go func() {
		// A client that has asked says nothing more: whatever comes is its end.
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	head.Set("Connection", "close") // the body ends with the connection
	head.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = head.Write(&b) // into memory
	b.WriteString("\r\n")
	out := raw{conn, h.WriteTimeout}
	if out.write(b.Bytes()) != nil {
		cancel()
	}
	h.serve(ctx, sub, out)
}

// raw writes to a connection.
type raw struct {
	conn    net.Conn
	timeout time.Duration
}

func (o raw) write(b []byte) error {
	if err := o.conn.SetWriteDeadline(time.Now().Add(o.timeout)); err != nil {
		return err
	}
	_, err := o.conn.Write(b)
	return err
}

// response writes through net/http, where the connection cannot be had.
type response struct {
	http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

func (o response) write(b []byte) error {
	err := o.control.SetWriteDeadline(time.Now().Add(o.timeout))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := o.Write(b); err != nil {
		return err
	}
	return o.control.Flush()
}

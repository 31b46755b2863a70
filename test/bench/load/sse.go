//go:build linux

package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Subscriber follows the live stream on a connection of its own.
type Subscriber struct {
	*conn
	open   bool
	chunks dechunker
	tail   []byte // of an event that is not all there
	onData func(event []byte)

	// Points counts the unnamed events.
	Points uint64
	// Gaps counts ids that do not follow their predecessor.
	Gaps   uint64
	LastID uint64
}

// Subscribe asks for the stream. onData, if not nil, sees each point.
func Subscribe(addr string, onData func(event []byte)) (*Subscriber, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	c.out = fmt.Appendf(nil, "GET /metrics/stream HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", addr)
	s := &Subscriber{conn: c, onData: onData}
	return s, s.flush()
}

// Close ends it.
func (s *Subscriber) Close() { s.close() }

// restart goes on with a new connection.
func (s *Subscriber) restart(c *conn) {
	s.conn, s.open, s.chunks, s.tail = c, false, dechunker{}, s.tail[:0]
}

// read takes what there is on the connection.
func (s *Subscriber) read(shared []byte) error {
	err := s.fill(shared, s.take)
	if err != nil {
		return fmt.Errorf("stream, after id %d: %w", s.LastID, err)
	}
	return nil
}

func (s *Subscriber) take(b []byte) error {
	if !s.open {
		s.in = append(s.in, b...)
		head := bytes.Index(s.in, []byte("\r\n\r\n"))
		if head < 0 {
			return nil
		}
		if status, err := statusOf(s.in); err != nil || status != http.StatusOK {
			return errors.Join(fmt.Errorf("answered %.300q", s.in), err)
		}
		s.open = true
		s.chunks.plain = !bytes.Contains(bytes.ToLower(s.in[:head]), []byte("transfer-encoding: chunked"))
		b, s.in = s.in[head+4:], nil
	}
	return s.chunks.feed(b, s.text)
}

// text splits what the stream says into events.
func (s *Subscriber) text(b []byte) {
	if len(s.tail) > 0 {
		b = append(s.tail, b...)
	}
	for {
		end := bytes.Index(b, []byte("\n\n"))
		if end < 0 {
			s.tail = append(s.tail[:0], b...)
			return
		}
		s.event(b[:end])
		b = b[end+2:]
	}
}

func (s *Subscriber) event(e []byte) {
	data := bytes.Index(e, []byte("data:"))
	if data < 0 || bytes.Contains(e[:data], []byte("event:")) {
		return
	}
	s.Points++
	if at := bytes.Index(e[:data], []byte("id:")); at >= 0 {
		line, _, _ := bytes.Cut(e[at+3:data], []byte("\n"))
		if id, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 64); err == nil {
			if s.LastID != 0 && id != s.LastID+1 {
				s.Gaps++
			}
			s.LastID = id
		}
	}
	if s.onData != nil {
		s.onData(e[data:])
	}
}

// Opened waits until the server has accepted all subscribers.
func Opened(ctx context.Context, subscribers []*Subscriber) error {
	poll, err := newPoller()
	if err != nil {
		return err
	}
	defer poll.close()
	for i, s := range subscribers {
		if err := poll.add(s.fd, i); err != nil {
			return err
		}
	}
	shared := make([]byte, 64<<10)
	pending := len(subscribers)
	for deadline := time.Now().Add(30 * time.Second); pending > 0; {
		err := poll.wait(ctx, func(id int) error {
			s := subscribers[id]
			before := s.open
			err := s.read(shared)
			if s.open && !before {
				pending--
			}
			return err
		})
		if err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d subscribers got no answer", pending, len(subscribers))
		}
	}
	return nil
}

package eventlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Append stores payload and returns once it is on disk. Appends made at the
// same time are stored one after the other, each with an fsync of its own, in
// no promised order. The payload must not change before Append returns. After
// an error the outcome may be unknown; see ErrUnavailable.
func (l *Log) Append(ctx context.Context, payload []byte) (Ack, error) {
	return l.append(ctx, payload, whole)
}

// AppendOwn is Append for what the server itself has to say. It may use half of
// what Append leaves free: alerts are wanted most where something is short.
func (l *Log) AppendOwn(ctx context.Context, payload []byte) (Ack, error) {
	return l.append(ctx, payload, half)
}

func (l *Log) append(ctx context.Context, payload []byte, m margin) (Ack, error) {
	k, err := l.current()
	if err != nil {
		return Ack{}, err
	}
	if most := k.maxPayload(); len(payload) > most {
		return Ack{}, fmt.Errorf("%w: %d bytes, at most %d go into one message", ErrTooLarge, len(payload), most)
	}
	if err := l.room(len(payload), m); err != nil {
		return Ack{}, err
	}
	token, answer := k.replies.expect()
	defer k.replies.forget(token)
	if err := k.conn.PublishRequest(k.subject, k.replies.subject(token), payload); err != nil {
		return Ack{}, fmt.Errorf("%w: send to the log: %w", ErrUnavailable, err)
	}
	late := time.NewTimer(ackWait)
	defer late.Stop()
	select {
	case a := <-answer:
		return a.ack, l.explain(a.err, m)
	case <-ctx.Done():
		return Ack{}, fmt.Errorf("append, outcome unknown: %w", ctx.Err())
	case <-late.C:
		l.hint()
		return Ack{}, fmt.Errorf("%w: no acknowledgement within %s; the outcome of the append is unknown", ErrUnavailable, ackWait)
	}
}

// explain puts the likeliest cause before an append that failed.
func (l *Log) explain(err error, m margin) error {
	if err == nil {
		return nil
	}
	if full := l.room(0, m); full != nil {
		return full
	}
	return err
}

// answer is what became of one append.
type answer struct {
	ack Ack
	err error
}

// replies hands each acknowledgement to the append that waits for it. One
// subscription serves them all.
type replies struct {
	prefix string

	mu      sync.Mutex
	next    uint64
	waiting map[string]chan<- answer
}

func (r *replies) listen(conn *nats.Conn) error {
	r.prefix = conn.NewInbox() + "."
	r.waiting = make(map[string]chan<- answer)
	if _, err := conn.Subscribe(r.prefix+"*", r.handle); err != nil {
		return fmt.Errorf("listen for acknowledgements: %w", err)
	}
	return nil
}

func (r *replies) subject(token string) string { return r.prefix + token }

func (r *replies) expect() (token string, to <-chan answer) {
	c := make(chan answer, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	token = strconv.FormatUint(r.next, 36)
	r.waiting[token] = c
	return token, c
}

func (r *replies) forget(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, token)
}

// fail answers everything that waits.
func (r *replies) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for token, c := range r.waiting {
		c <- answer{err: err}
		delete(r.waiting, token)
	}
}

func (r *replies) handle(m *nats.Msg) {
	token := m.Subject[len(r.prefix):]
	r.mu.Lock()
	c, ok := r.waiting[token]
	delete(r.waiting, token)
	r.mu.Unlock()
	if ok {
		c <- parseAck(m)
	}
}

func parseAck(m *nats.Msg) answer {
	if len(m.Data) == 0 && m.Header.Get("Status") == "503" {
		return answer{err: fmt.Errorf("%w: no JetStream stream takes appends", ErrUnavailable)}
	}
	var body struct {
		Seq   uint64              `json:"seq"`
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &body); err != nil {
		return answer{err: fmt.Errorf("%w: the acknowledgement is no JSON: %w", ErrUnavailable, err)}
	}
	switch {
	case body.Error != nil && outOfSpace(body.Error):
		return answer{err: fmt.Errorf("%w: the server says: %s", ErrNoSpace, body.Error.Description)}
	case body.Error != nil:
		return answer{err: fmt.Errorf("%w: the server says: %s", ErrUnavailable, body.Error.Description)}
	case body.Seq == 0:
		return answer{err: fmt.Errorf("%w: the acknowledgement has no sequence number", ErrUnavailable)}
	}
	return answer{ack: Ack{Seq: body.Seq}}
}

// outOfSpace tells a server without room from one with another trouble.
func outOfSpace(e *jetstream.APIError) bool {
	const (
		insufficientResources = 10023
		resourcesExceeded     = 10002
		storageExceeded       = 10047
		storeFailed           = 10077 // says why: "maximum bytes exceeded", ...
	)
	switch e.ErrorCode {
	case insufficientResources, resourcesExceeded, storageExceeded:
		return true
	case storeFailed:
		return strings.Contains(e.Description, "exceeded")
	}
	return false
}

package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// A reader asks for this many messages ahead, in requests of so many
	// bytes; a single message must fit.
	aheadMessages = 128
	aheadBytes    = maxRecord + 8<<20

	heartbeat = 2 * time.Second
	pullFor   = 30 * time.Second
	// consumerLife is how long the server remembers a reader that is silent.
	consumerLife = 5 * time.Minute

	firstRetry = 20 * time.Millisecond
	lastRetry  = time.Second
	worrying   = 5 // attempts without progress
)

// Read calls handle with each message whose number is at least from, in order,
// each once, and then waits for new ones. It goes on across reconnects and
// restarts of the server, and ends with the error of handle or of ctx, with
// ErrGap, or with ErrUnavailable once the log is closed.
func (l *Log) Read(ctx context.Context, from uint64, handle func(Message) error) error {
	r := reader{next: max(from, 1), handle: handle}
	retry, attempts := firstRetry, 0
	for {
		k, err := l.await(ctx)
		if err != nil {
			return err
		}
		before := r.next
		err = r.run(ctx, k)
		var stop handleError
		switch {
		case errors.As(err, &stop):
			return stop.error
		case errors.Is(err, ErrGap):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if r.next > before {
			retry, attempts = firstRetry, 0
		}
		if attempts++; attempts == worrying {
			l.logger.Warn("the event log cannot be read; it is tried again and again", "at", r.next, "error", err)
		}
		select {
		case <-time.After(retry):
		case <-l.closing.Done():
		case <-ctx.Done():
		}
		retry = min(2*retry, lastRetry)
	}
}

// handleError carries an error of the handler out of the loop.
type handleError struct{ error }

// reader is one Read: the number it must see next, whatever the server does.
type reader struct {
	next   uint64
	handle func(Message) error
}

// run reads over one connection until that breaks or something is amiss.
func (r *reader) run(ctx context.Context, k *link) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(k.connection(), cancel)()

	if err := r.check(ctx, k); err != nil {
		return err
	}
	consumer, err := k.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: r.next,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1,
		InactiveThreshold: consumerLife,
	})
	if err != nil {
		return fmt.Errorf("start reading at %d: %w", r.next, err)
	}
	defer k.dropConsumer(consumer.CachedInfo().Name)
	messages, err := consumer.Messages(
		jetstream.PullMaxMessagesWithBytesLimit(aheadMessages, aheadBytes),
		jetstream.PullExpiry(pullFor), jetstream.PullHeartbeat(heartbeat),
		jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return fmt.Errorf("start reading at %d: %w", r.next, err)
	}
	defer messages.Stop()
	wait := jetstream.NextContext(ctx)
	for {
		m, err := messages.Next(wait)
		if err != nil {
			return fmt.Errorf("read at %d: %w", r.next, err)
		}
		if err := r.take(m); err != nil {
			return err
		}
	}
}

// check compares what is wanted with what the stream has.
func (r *reader) check(ctx context.Context, k *link) error {
	state, err := k.state(ctx)
	switch {
	case err != nil:
		return err
	case r.next < state.FirstSeq:
		return fmt.Errorf("%w: %d to %d were purged before they were read", ErrGap, r.next, state.FirstSeq-1)
	case r.next > state.LastSeq+1:
		return fmt.Errorf("%w: it ends at %d although %d was read before; the log was replaced or lost",
			ErrGap, state.LastSeq, r.next-1)
	}
	return nil
}

func (r *reader) take(m jetstream.Msg) error {
	meta, err := m.Metadata()
	if err != nil {
		return fmt.Errorf("read at %d: %w", r.next, err)
	}
	seq := meta.Sequence.Stream
	switch {
	case seq < r.next: // seen before a reconnect
		return nil
	case seq > r.next: // check tells whether it is gone or was lost on the way
		return fmt.Errorf("expected message %d, got %d", r.next, seq)
	}
	if err := r.handle(Message{Seq: seq, Received: meta.Timestamp, Data: m.Data()}); err != nil {
		return handleError{err}
	}
	r.next++
	return nil
}

// dropConsumer tells the server to forget a reader; if it cannot be told, it
// forgets by itself after consumerLife.
func (k *link) dropConsumer(name string) {
	ctx, cancel := k.call(context.Background())
	defer cancel()
	_ = k.stream.DeleteConsumer(ctx, name)
}

// Package eventlog is the durable, ordered log that every event passes through
// before anything else sees it: Append returns once the payload is on disk,
// Read yields payloads in the order of their sequence numbers, again and again
// and across restarts. It is NATS JetStream, embedded in the process unless a
// URL names a server elsewhere; both are spoken to by the same client code.
//
// It must not know what a payload holds, nor who reads it. Ingest appends, the
// pipeline reads and purges, the HTTP API asks for Health; only the app package
// opens it. docs/formats/log.md tells what is on disk.
package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Ack says that a payload is on disk, and under which number.
type Ack struct{ Seq uint64 }

// Message is one payload as the log keeps it. Data belongs to the receiver.
type Message struct {
	Seq      uint64
	Received time.Time
	Data     []byte
}

// Log is an open log. All methods may be called at the same time.
type Log struct {
	opts   Options
	logger *slog.Logger
	lock   *dirLock // nil where the log is external
	keeper keeper

	mu      sync.Mutex
	link    *link         // nil while the server is down
	cause   error         // why link is nil
	changed chan struct{} // closed, and replaced, when link changes

	suspect chan struct{} // a hint that the embedded server may have failed
	closing context.Context
	close   context.CancelFunc
	done    sync.WaitGroup
}

// Open starts the embedded server, or connects to the one at Options.URL, and
// makes the stream if there is none.
func Open(ctx context.Context, opts Options) (*Log, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	l := &Log{
		opts: opts, logger: opts.Logger,
		keeper:  keeper{keep: opts.Keep, bytes: opts.KeepBytes},
		changed: make(chan struct{}), suspect: make(chan struct{}, 1),
	}
	l.closing, l.close = context.WithCancel(context.Background())
	if opts.URL != "" {
		l.link, err = dial(ctx, opts)
		return l.opened(err)
	}
	if l.lock, err = holdDir(opts.Dir); err != nil {
		return l.opened(err)
	}
	if l.link, err = embed(ctx, opts, l.hint); err != nil {
		return l.opened(err)
	}
	l.done.Go(l.supervise)
	return l, nil
}

func (l *Log) opened(err error) (*Log, error) {
	if err != nil {
		l.close()
		return nil, fmt.Errorf("open the event log: %w", errors.Join(err, l.lock.release()))
	}
	return l, nil
}

// Close ends every Append and Read with ErrUnavailable and gives the directory
// free. What was acknowledged is on disk already.
func (l *Log) Close() error {
	l.close()
	l.done.Wait()
	l.mu.Lock()
	cause := l.cause // a log that hung says so to the end
	l.mu.Unlock()
	if !errors.Is(cause, errHangs) {
		cause = errClosed
	}
	var err error
	if k := l.replace(nil, cause); k != nil {
		err = k.close()
	}
	return errors.Join(err, l.lock.release())
}

// MaxPayload is the size in bytes of the largest payload that Append takes.
func (l *Log) MaxPayload() int {
	if k, err := l.current(); err == nil {
		return k.maxPayload()
	}
	return maxRecord
}

// Last is the sequence number of the newest message, 0 if there never was one.
func (l *Log) Last(ctx context.Context) (uint64, error) {
	k, err := l.current()
	if err != nil {
		return 0, err
	}
	state, err := k.state(ctx)
	return state.LastSeq, err
}

// current is the link in use, or the reason why there is none.
func (l *Log) current() (*link, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.link == nil {
		return nil, l.cause
	}
	return l.link, nil
}

// await is current, but waits for a link while the server restarts.
func (l *Log) await(ctx context.Context) (*link, error) {
	for {
		l.mu.Lock()
		k, cause, changed := l.link, l.cause, l.changed
		l.mu.Unlock()
		if k != nil {
			return k, nil
		}
		if l.closing.Err() != nil {
			return nil, cause
		}
		select {
		case <-changed:
		case <-l.closing.Done():
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// replace puts k in use and gives back the link used before.
func (l *Log) replace(k *link, cause error) *link {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.link
	l.link, l.cause = k, cause
	close(l.changed)
	l.changed = make(chan struct{})
	return old
}

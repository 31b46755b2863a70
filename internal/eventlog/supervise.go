package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// retryStart is how often a failed embedded server is started again.
const retryStart = 250 * time.Millisecond

// errHangs: a server that hangs cannot be replaced within the process, because
// it might go on writing one day, beside its successor.
var errHangs = fmt.Errorf("%w: the embedded server hangs; the process must be restarted, nothing acknowledged is lost by that", ErrUnavailable)

// hint says that the embedded server may have failed. It never blocks, because
// the server calls it while it holds its locks.
func (l *Log) hint() {
	select {
	case l.suspect <- struct{}{}:
	default:
	}
}

// supervise restarts the embedded server when it has failed. JetStream gives
// up for good after the first write error, a full disk for example; what it
// acknowledged before is on disk and is found again by a new start. When the
// server hangs, every call and every Read ends with errHangs.
func (l *Log) supervise() {
	for {
		select {
		case <-l.closing.Done():
			return
		case <-l.suspect:
		}
		k, err := l.current()
		if err != nil {
			continue
		}
		err = k.failure(l.closing, l.opts.Stream, l.opts.hangs)
		if err == nil || l.closing.Err() != nil {
			continue
		}
		if !errors.Is(err, errHangs) {
			err = l.restart(err)
		}
		if errors.Is(err, errHangs) {
			l.logger.Error("the event log gives up", "error", err)
			l.replace(nil, err)
			l.close()
			k.abandon()
			return
		}
	}
}

func (l *Log) restart(cause error) error {
	began := time.Now()
	l.logger.Error("the event log failed and is being restarted", "error", cause)
	old := l.replace(nil, fmt.Errorf("%w: it is being restarted after: %w", ErrUnavailable, cause))
	if err := old.close(); err != nil {
		return err
	}
	last := ""
	for l.closing.Err() == nil {
		k, err := l.start()
		if err == nil {
			l.replace(k, nil)
			l.logger.Info("the event log is back", "after", time.Since(began))
			return nil
		}
		if err.Error() != last {
			last = err.Error()
			l.logger.Error("the event log cannot be restarted yet", "error", err)
		}
		l.replace(nil, err)
		select {
		case <-time.After(retryStart):
		case <-l.closing.Done():
		}
	}
	return nil
}

// start starts the embedded server again, once there is room for it to work.
func (l *Log) start() (*link, error) {
	if err := l.room(0, half); err != nil {
		return nil, err
	}
	return embed(l.closing, l.opts, l.hint)
}

// Health is nil while appends are taken, and otherwise says why not.
func (l *Log) Health(ctx context.Context) error {
	k, err := l.current()
	if err != nil {
		return err
	}
	if err := l.room(0, whole); err != nil {
		return err
	}
	if k.server != nil {
		err := k.failure(ctx, l.opts.Stream, callWait)
		if errors.Is(err, errHangs) {
			l.hint()
		}
		return err
	}
	if !k.conn.IsConnected() {
		return fmt.Errorf("%w: not connected to the server at log.url", ErrUnavailable)
	}
	_, err = k.state(ctx)
	return err
}

// failure is why the embedded server no longer takes appends, nil if it does.
// One question is under way at a time: one without an answer is not repeated.
func (k *link) failure(ctx context.Context, stream string, wait time.Duration) error {
	k.mu.Lock()
	asked := k.asked
	if asked == nil {
		asked = &question{done: make(chan struct{})}
		k.asked = asked
		go func() {
			asked.answer = examine(k.server, stream)
			k.mu.Lock()
			k.asked = nil
			k.mu.Unlock()
			close(asked.done)
		}()
	}
	k.mu.Unlock()
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case <-asked.done:
		return asked.answer
	case <-late.C:
		return errHangs
	case <-ctx.Done():
		return fmt.Errorf("%w: the embedded server did not say how it is: %w", ErrUnavailable, ctx.Err())
	}
}

// question is one that waits for the embedded server's answer.
type question struct {
	done   chan struct{}
	answer error
}

func examine(srv *server.Server, stream string) error {
	if !srv.JetStreamEnabled() {
		return fmt.Errorf("%w: JetStream stopped", ErrUnavailable)
	}
	// The stream by name, because it must be there; then all that there are,
	// because buckets fail as the stream does.
	for _, name := range []string{stream, ""} {
		health := srv.Healthz(&server.HealthzOptions{Account: server.DEFAULT_GLOBAL_ACCOUNT, Stream: name})
		if health.Error != "" {
			return fmt.Errorf("%w: %s", ErrUnavailable, health.Error)
		}
	}
	return nil
}

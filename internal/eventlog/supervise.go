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
// acknowledged before is on disk and is found again by a new start.
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
		if err := k.failure(l.opts.Stream); err != nil {
			l.restart(err)
		}
	}
}

// failure is why the embedded server no longer takes appends, nil if it does.
func (k *link) failure(stream string) error {
	if !k.server.JetStreamEnabled() {
		return errors.New("JetStream stopped")
	}
	health := k.server.Healthz(&server.HealthzOptions{Account: server.DEFAULT_GLOBAL_ACCOUNT, Stream: stream})
	if health.Error != "" {
		return errors.New(health.Error)
	}
	return nil
}

func (l *Log) restart(cause error) {
	began := time.Now()
	l.logger.Error("the event log failed and is being restarted", "error", cause)
	old := l.replace(nil, fmt.Errorf("%w: it is being restarted after: %w", ErrUnavailable, cause))
	old.close()
	last := ""
	for l.closing.Err() == nil {
		k, err := l.start()
		if err == nil {
			l.replace(k, nil)
			l.logger.Info("the event log is back", "after", time.Since(began))
			return
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
}

// start starts the embedded server again, once there is room for it to work.
func (l *Log) start() (*link, error) {
	if err := l.room(0); err != nil {
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
	if err := l.room(0); err != nil {
		return err
	}
	if k.server != nil {
		if err := k.failure(l.opts.Stream); err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return nil
	}
	if !k.conn.IsConnected() {
		return fmt.Errorf("%w: not connected to the server at log.url", ErrUnavailable)
	}
	_, err = k.state(ctx)
	return err
}

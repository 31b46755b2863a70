//go:build linux

package load

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Follower is a subscriber that resumes where it was when the server cuts it
// off, as browsers do.
type Follower struct {
	*Subscriber
	addr    string
	Resumed int
}

// Follow subscribes and waits until the server has accepted.
func Follow(ctx context.Context, addr string) (*Follower, error) {
	s, err := Subscribe(addr, nil)
	if err != nil {
		return nil, err
	}
	return &Follower{Subscriber: s, addr: addr}, Opened(ctx, []*Subscriber{s})
}

// read takes what there is; watch registers a new connection.
func (f *Follower) read(shared []byte, watch func(fd int) error) error {
	err := f.Subscriber.read(shared)
	if !errors.Is(err, errClosed) && !errors.Is(err, syscall.ECONNRESET) {
		return err
	}
	f.close()
	c, err := dial(f.addr)
	if err != nil {
		return err
	}
	f.Resumed++
	f.restart(c)
	c.out = fmt.Appendf(nil, "GET /metrics/stream HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nLast-Event-ID: %d\r\n\r\n", f.addr, f.LastID)
	return errors.Join(c.flush(), watch(c.fd))
}

// Until reads on until it has seen so many points.
func (f *Follower) Until(ctx context.Context, points uint64, within time.Duration) error {
	poll, err := newPoller()
	if err != nil {
		return err
	}
	defer poll.close()
	watch := func(fd int) error { return poll.add(fd, followID) }
	if err := watch(f.fd); err != nil {
		return err
	}
	shared := make([]byte, 256<<10)
	for deadline := time.Now().Add(within); f.Points < points; {
		if err := poll.wait(ctx, func(int) error { return f.read(shared, watch) }); err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the stream brought %d of %d events", f.Points, points)
		}
	}
	return nil
}

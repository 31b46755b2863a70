//go:build linux

package load

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"
)

// Fanout describes publishing to many subscribers as fast as they all keep up:
// single events, so many of them under way at once.
type Fanout struct {
	Addr        string
	Subscribers int
	Publishers  int
	Window      int // events posted and not yet with every subscriber
	Warmup      time.Duration
	Duration    time.Duration
	Seed        uint64
}

// FanoutResult is what it measured, the warm-up left out.
type FanoutResult struct {
	Deliveries uint64
	Elapsed    time.Duration
	// Lost is how many deliveries never came, of all that were due.
	Lost uint64
}

// Rate is deliveries a second.
func (r FanoutResult) Rate() float64 { return float64(r.Deliveries) / r.Elapsed.Seconds() }

type fanoutRun struct {
	Fanout
	publishers  []*sender
	subscribers []*Subscriber
	source      *Source
	shared      []byte
	posted      uint64
	delivered   uint64
}

// Run subscribes, publishes, and waits for the last deliveries.
func (o Fanout) Run(ctx context.Context) (FanoutResult, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := &fanoutRun{Fanout: o, source: NewSource(o.Addr, o.Seed), shared: make([]byte, 256<<10)}
	poll, err := newPoller()
	if err != nil {
		return FanoutResult{}, err
	}
	defer poll.close()
	for range o.Subscribers {
		s, err := Subscribe(o.Addr, nil)
		if err != nil {
			return FanoutResult{}, err
		}
		defer s.Close()
		r.subscribers = append(r.subscribers, s)
	}
	if err := Opened(ctx, r.subscribers); err != nil {
		return FanoutResult{}, err
	}
	for i, s := range r.subscribers {
		if err := poll.add(s.fd, followID+i); err != nil {
			return FanoutResult{}, err
		}
	}
	for i := range o.Publishers {
		c, err := dial(o.Addr)
		if err != nil {
			return FanoutResult{}, err
		}
		defer c.close()
		r.publishers = append(r.publishers, &sender{conn: c, requests: []*Request{r.source.Render(1)}})
		if err := poll.add(c.fd, i); err != nil {
			return FanoutResult{}, err
		}
	}
	return r.loop(ctx, poll)
}

func (r *fanoutRun) loop(ctx context.Context, poll *poller) (FanoutResult, error) {
	from := time.Now().Add(r.Warmup)
	to := from.Add(r.Duration)
	var atStart, atEnd uint64
	for {
		now := time.Now()
		if now.Before(from) {
			atStart = r.delivered
		}
		if now.Before(to) {
			atEnd = r.delivered
			if err := r.publish(); err != nil {
				return FanoutResult{}, err
			}
		} else if r.missing() == 0 || now.After(to.Add(patience)) {
			return FanoutResult{Deliveries: atEnd - atStart, Elapsed: r.Duration, Lost: r.missing()}, nil
		}
		if err := poll.wait(ctx, r.ready); err != nil {
			return FanoutResult{}, err
		}
	}
}

func (r *fanoutRun) missing() uint64 { return r.posted*uint64(r.Subscribers) - r.delivered }

func (r *fanoutRun) publish() error {
	for _, p := range r.publishers {
		if p.busy {
			continue
		}
		if r.missing() >= uint64(r.Window*r.Subscribers) {
			return nil
		}
		p.out, p.busy = r.source.stamp(p.requests[0]), true
		r.posted++
		if err := p.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (r *fanoutRun) ready(id int) error {
	if id >= followID {
		s := r.subscribers[id-followID]
		before := s.Points
		err := s.read(r.shared)
		r.delivered += s.Points - before
		return err
	}
	p := r.publishers[id]
	if err := p.flush(); err != nil {
		return err
	}
	err := p.fill(r.shared, func(b []byte) error { p.in = append(p.in, b...); return nil })
	if err != nil {
		return err
	}
	status, body, err := p.answer()
	if status == 0 || err != nil {
		return err
	}
	p.busy = false
	if status != http.StatusNoContent {
		return fmt.Errorf("POST /metrics answered %d: %.300s", status, body)
	}
	return nil
}

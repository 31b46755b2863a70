//go:build linux

package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"time"
)

// Closed describes a closed loop: each connection sends its next request when
// the last was answered.
type Closed struct {
	Addr        string
	Connections int
	Events      int // in each request
	Warmup      time.Duration
	Duration    time.Duration
	// Most ends the run after so many events, if not 0.
	Most uint64
	Seed uint64
	// Follow, if not nil, is read beside the load.
	Follow *Follower
}

// ClosedResult is what a closed loop measured.
type ClosedResult struct {
	// Started is when the first request was sent.
	Started time.Time
	// Requests and Events were acknowledged in Elapsed, after the warm-up.
	Requests, Events int
	Elapsed          time.Duration
	Latency          Latencies
	// Acknowledged is every event that was, the warm-up and the last answers
	// included.
	Acknowledged uint64
	// Refused requests were answered 429 or 503 and sent again later.
	Refused int
}

const (
	templates = 4                     // requests that a connection sends in turn
	pause     = 20 * time.Millisecond // after a refusal
	patience  = 10 * time.Second      // for the last answers
	followID  = 1 << 20
)

type sender struct {
	*conn
	requests []*Request
	turn     int
	started  time.Time
	busy     bool
	resume   time.Time // after a refusal
}

// Run sends until the time is over, then waits for the last answers.
func (o Closed) Run(ctx context.Context) (ClosedResult, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	poll, err := newPoller()
	if err != nil {
		return ClosedResult{}, err
	}
	defer poll.close()
	source := NewSource(o.Addr, o.Seed)
	senders := make([]*sender, o.Connections)
	for i := range senders {
		c, err := dial(o.Addr)
		if err != nil {
			return ClosedResult{}, err
		}
		defer c.close()
		s := &sender{conn: c}
		for range templates {
			s.requests = append(s.requests, source.Render(o.Events))
		}
		senders[i] = s
		if err := poll.add(c.fd, i); err != nil {
			return ClosedResult{}, err
		}
	}
	if o.Follow != nil {
		if err := poll.add(o.Follow.fd, followID); err != nil {
			return ClosedResult{}, err
		}
	}
	run := closedRun{Closed: o, source: source, senders: senders, shared: make([]byte, 256<<10)}
	return run.loop(ctx, poll)
}

type closedRun struct {
	Closed
	source   *Source
	senders  []*sender
	shared   []byte
	result   ClosedResult
	sent     uint64
	from, to time.Time // of the measurement
	stopped  bool
}

func (r *closedRun) loop(ctx context.Context, poll *poller) (ClosedResult, error) {
	r.result.Started = time.Now()
	r.from = r.result.Started.Add(r.Warmup)
	r.to = r.from.Add(r.Duration)
	for _, s := range r.senders {
		if err := r.send(s); err != nil {
			return r.result, err
		}
	}
	for {
		err := poll.wait(ctx, func(id int) error {
			if id == followID {
				return r.Follow.read(r.shared, func(fd int) error { return poll.add(fd, followID) })
			}
			return r.serve(r.senders[id])
		})
		if err != nil {
			return r.result, err
		}
		busy, err := r.resume(poll)
		if err != nil {
			return r.result, err
		}
		if now := time.Now(); r.stopped && busy == 0 {
			r.result.Elapsed = min(r.to.Sub(r.from), now.Sub(r.from))
			return r.result, nil
		} else if now.After(r.to.Add(patience)) {
			return r.result, errors.New("the server left requests unanswered")
		}
	}
}

// resume lets those go on that were refused, and counts who waits for an answer.
func (r *closedRun) resume(poll *poller) (busy int, err error) {
	now := time.Now()
	r.stopped = r.stopped || !now.Before(r.to) || r.Most > 0 && r.sent >= r.Most
	for _, s := range r.senders {
		if s.busy {
			busy++
		} else if !r.stopped {
			if wait := s.resume.Sub(now); wait > 0 {
				poll.wakeIn(wait)
			} else if err := r.send(s); err != nil {
				return 0, err
			}
		}
	}
	return busy, nil
}

func (r *closedRun) send(s *sender) error {
	s.turn = (s.turn + 1) % len(s.requests)
	s.out = r.source.stamp(s.requests[s.turn])
	s.started, s.busy = time.Now(), true
	r.sent += uint64(r.Events)
	return s.flush()
}

// serve goes on with a connection where it was.
func (r *closedRun) serve(s *sender) error {
	if err := s.flush(); err != nil {
		return err
	}
	err := s.fill(r.shared, func(b []byte) error { s.in = append(s.in, b...); return nil })
	if err != nil {
		return err
	}
	status, body, err := s.answer()
	if status == 0 || err != nil {
		return err
	}
	s.busy = false
	now := time.Now()
	switch status {
	case http.StatusNoContent:
		r.result.Acknowledged += uint64(r.Events)
		if !now.Before(r.from) && now.Before(r.to) {
			r.result.Requests++
			r.result.Events += r.Events
			r.result.Latency.Add(now.Sub(s.started))
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		r.result.Refused++
		s.resume = now.Add(pause)
		return nil
	default:
		return fmt.Errorf("POST /metrics answered %d: %.300s", status, body)
	}
	if r.stopped || !now.Before(r.to) || r.Most > 0 && r.sent >= r.Most {
		return nil
	}
	return r.send(s)
}

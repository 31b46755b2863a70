//go:build linux

package load

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"
)

// Open describes an open loop: requests of one event leave at fixed times,
// whether the ones before were answered or not. Latencies count from the
// scheduled time, so that a server that stalls does not hide it.
type Open struct {
	Addr        string
	Rate        float64 // requests a second
	Connections int
	Warmup      time.Duration
	Duration    time.Duration
	Seed        uint64
}

// OpenResult is what an open loop measured, the warm-up left out.
type OpenResult struct {
	// Answered: from the scheduled time to the 204.
	Answered Latencies
	// Delivered: from the scheduled time to its arrival at a subscriber.
	Delivered Latencies
	// Refused were answered 429 or 503, and are not sent again.
	Refused int
	// Undelivered were acknowledged and did not reach the subscriber in time.
	Undelivered int
	Sent        uint64
}

type openRun struct {
	Open
	senders   []*sender
	free      []*sender
	number    map[*sender]int // what each has in flight
	base      time.Time
	count     int // requests in all
	warm      int // of them the warm-up
	next      int // to be scheduled
	queue     []int
	answered  int
	delivered []bool
	shared    []byte
	result    OpenResult
}

// Run sends everything on time and waits for the last answer and delivery.
func (o Open) Run(ctx context.Context) (OpenResult, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := &openRun{Open: o, number: map[*sender]int{}, shared: make([]byte, 256<<10)}
	r.count = int(o.Rate * (o.Warmup + o.Duration).Seconds())
	r.warm = int(o.Rate * o.Warmup.Seconds())
	r.delivered = make([]bool, r.count)
	follower, err := Subscribe(o.Addr, r.arrived)
	if err != nil {
		return r.result, err
	}
	defer follower.Close()
	if err := Opened(ctx, []*Subscriber{follower}); err != nil {
		return r.result, err
	}
	poll, err := newPoller()
	if err != nil {
		return r.result, err
	}
	defer poll.close()
	if err := poll.add(follower.fd, followID); err != nil {
		return r.result, err
	}
	source := NewSource(o.Addr, o.Seed)
	for i := range o.Connections {
		c, err := dial(o.Addr)
		if err != nil {
			return r.result, err
		}
		defer c.close()
		s := &sender{conn: c, requests: []*Request{source.Render(1)}}
		r.senders, r.free = append(r.senders, s), append(r.free, s)
		if err := poll.add(c.fd, i); err != nil {
			return r.result, err
		}
	}
	return r.result, r.loop(ctx, poll, follower)
}

func (r *openRun) loop(ctx context.Context, poll *poller, follower *Subscriber) error {
	r.base = time.Now().Add(10 * time.Millisecond)
	end := r.at(r.count).Add(patience)
	for {
		if err := r.dispatch(); err != nil {
			return err
		}
		if r.next < r.count {
			poll.wakeIn(time.Until(r.at(r.next)))
		} else if r.answered == r.count && follower.Points >= uint64(r.count-r.result.Refused) || time.Now().After(end) {
			break
		}
		err := poll.wait(ctx, func(id int) error {
			if id == followID {
				return follower.read(r.shared)
			}
			return r.serve(r.senders[id])
		})
		if err != nil {
			return err
		}
	}
	r.result.Sent = uint64(r.next)
	for _, d := range r.delivered {
		if !d {
			r.result.Undelivered++
		}
	}
	r.result.Undelivered -= r.result.Refused
	if r.answered < r.count {
		return fmt.Errorf("%d of %d requests were not answered", r.count-r.answered, r.count)
	}
	return nil
}

// at is when request i is due.
func (r *openRun) at(i int) time.Time {
	return r.base.Add(time.Duration(float64(i) / r.Rate * float64(time.Second)))
}

func (r *openRun) dispatch() error {
	for now := time.Now(); r.next < r.count && !r.at(r.next).After(now); r.next++ {
		r.queue = append(r.queue, r.next)
	}
	for len(r.queue) > 0 && len(r.free) > 0 {
		s := r.free[len(r.free)-1]
		r.free = r.free[:len(r.free)-1]
		r.number[s] = r.queue[0]
		s.out = stampOne(s.requests[0], r.queue[0])
		r.queue = r.queue[1:]
		if err := s.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (r *openRun) serve(s *sender) error {
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
	i := r.number[s]
	r.free = append(r.free, s)
	r.answered++
	switch status {
	case http.StatusNoContent:
		if i >= r.warm {
			r.result.Answered.Add(time.Since(r.at(i)))
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		r.result.Refused++
	default:
		return fmt.Errorf("POST /metrics answered %d: %.300s", status, body)
	}
	return nil
}

func (r *openRun) arrived(event []byte) {
	i := numberOf(event)
	if i < 0 || i >= r.count || r.delivered[i] {
		return
	}
	r.delivered[i] = true
	if i >= r.warm {
		r.result.Delivered.Add(time.Since(r.at(i)))
	}
}

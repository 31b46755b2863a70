package ingest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Options are what an Ingester works with.
type Options struct {
	Config Config
	Log    Appender
	// Acked is the log's last sequence so far.
	Acked uint64
	// Retention is how long events are kept; 0 for ever.
	Retention time.Duration
	// TagKeys are the keys that the store has columns for already.
	TagKeys []string
	Now     func() time.Time
	// Congested tells that the readers of the log are too far behind, and the
	// fault that keeps them there, nil if there is just too much to read.
	Congested func() (behind bool, fault error)
}

// Ingester takes requests in. Its methods may be called by many goroutines.
type Ingester struct {
	options  Options
	keys     *tagKeys
	commits  *committer
	decoders sync.Pool
	events   atomic.Uint64
	requests atomic.Uint64
}

// New makes an Ingester and starts its writers; Stop ends them.
func New(o Options) *Ingester {
	in := &Ingester{options: o, keys: newTagKeys(o.Config.MaxTagKeys, o.TagKeys), commits: newCommitter(o.Log)}
	in.commits.acked.Store(o.Acked)
	in.decoders.New = func() any { return new(decoder) }
	return in
}

// Stop waits for the requests on their way and refuses further ones.
func (in *Ingester) Stop() { in.commits.stop() }

// Acked is the log sequence up to which requests have been acknowledged.
func (in *Ingester) Acked() uint64 { return in.commits.acked.Load() }

// Counts are the events and requests acknowledged since the start.
func (in *Ingester) Counts() (events, requests uint64) { return in.events.Load(), in.requests.Load() }

// Take stores all events of a body, or none and says why; every error that is
// the sender's or the server's to act on is a *Refusal. When ctx ends first the
// outcome is unknown: the sender repeats the request with its key.
func (in *Ingester) Take(ctx context.Context, body []byte, format Format, key string) error {
	if len(key) > maxName || hasControl([]byte(key)) {
		return refuse(Malformed, "the Idempotency-Key is longer than %d bytes or holds control characters", maxName)
	}
	switch behind, fault := in.options.Congested(); {
	case fault != nil:
		return refuse(Unavailable, "the store takes no events, and what has been acknowledged waits for it: /readyz says why; send again later")
	case behind:
		return refuse(Overloaded, "events arrive faster than they can be stored: send again later")
	}
	d := in.decoders.Get().(*decoder)
	d.bounds, d.most = in.bounds(), in.options.Config.MaxEvents
	if refusal := d.decode(body, format); refusal != nil {
		in.decoders.Put(d)
		return refusal
	}
	block := d.builder.Block()
	events := block.Len()
	if events == 0 {
		in.decoders.Put(d)
		return nil
	}
	if refusal := in.keys.admit(block); refusal != nil {
		in.decoders.Put(d)
		return refusal
	}
	select {
	case err := <-in.commits.submit(block, key):
		in.decoders.Put(d)
		if err != nil {
			return logRefusal(err)
		}
	case <-ctx.Done():
		return ctx.Err() // d stays with the writer that still reads it
	}
	in.events.Add(uint64(events))
	in.requests.Add(1)
	return nil
}

func (in *Ingester) bounds() bounds {
	c := in.options.Config
	now := event.Millis(in.options.Now())
	b := bounds{
		tags: c.MaxTags, key: int(c.MaxKey), value: int(c.MaxValue),
		now: now, newest: now + time.Duration(c.MaxFuture).Milliseconds(),
		maxFuture: time.Duration(c.MaxFuture), retention: in.options.Retention,
	}
	if b.retention > 0 {
		b.oldest = max(0, now-b.retention.Milliseconds())
	}
	return b
}

func logRefusal(err error) error {
	switch {
	case errors.Is(err, ErrNoSpace):
		return refuse(NoSpace, "the disk is full: nothing of the request was stored, send it again when there is space")
	case errors.Is(err, ErrTooLarge):
		return refuse(TooLarge, "the request is more than the event log takes in one piece: send it in smaller requests")
	case errors.Is(err, errStopped):
		return refuse(Unavailable, "%v", err)
	case errors.Is(err, ErrUnavailable):
		return refuse(Unavailable, "the event log cannot be reached: send the request again, with the same Idempotency-Key")
	}
	return err
}

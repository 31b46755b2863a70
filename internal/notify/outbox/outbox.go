// Package outbox sends notifications that must arrive: each is on disk before
// the Alertmanager's pipeline hears that it was sent, and is then sent by a
// worker of its own integration, again and again for hours where need be, with
// a record of every attempt, receipt and acknowledgement.
//
// It must not know where a Bucket keeps its values, nor what an integration
// sends. internal/notify wraps the integrations that it builds; the app starts
// it, and the HTTP API asks it for deliveries.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	firstBackoff = time.Second
	lastBackoff  = 5 * time.Minute
	// drain is how long attempts under way may go on when the outbox stops.
	drain = 5 * time.Second
)

// Options are what New needs.
type Options struct {
	Bucket Bucket
	Config Config
	// Firing tells whether an alert with these labels still fires, so that what
	// was resolved without a message is not escalated. nil: what Observe and the
	// messages said decides.
	Firing func(labels map[string]string) bool
	Logger *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// Outbox holds what is to be sent, and what was. All methods may be called at
// the same time.
type Outbox struct {
	bucket Bucket
	firing func(map[string]string) bool
	logger *slog.Logger
	now    func() time.Time
	opened time.Time
	config atomic.Pointer[Config]

	// mu guards what there is; it is never held while something is stored or
	// sent. A chain's or an entry's own lock is taken before it.
	mu      sync.Mutex
	seq     uint64
	entries map[string]*entry
	chains  map[chainKey]*chain
	// about finds messages by Notification; derived says which firing of an
	// alert went where as fallback or escalation.
	about   map[string][]*entry
	derived map[string]bool
	sheets  map[*sheet]bool // that the bucket holds
	workers map[Target]*worker
	fresh   map[Target]bool             // wrapped since the last Use
	run     func(func(context.Context)) // nil before Run

	standing standing
	timers   schedule
	dirty    dirty
	filing   filing
}

// New reads what the bucket holds. Nothing is sent before Run.
func New(ctx context.Context, opts Options) (*Outbox, error) {
	if opts.Bucket == nil {
		return nil, errors.New("outbox: Options.Bucket is missing")
	}
	o := &Outbox{
		bucket: opts.Bucket, firing: opts.Firing, logger: opts.Logger, now: opts.Now,
		entries: map[string]*entry{}, chains: map[chainKey]*chain{},
		about: map[string][]*entry{}, derived: map[string]bool{},
		sheets: map[*sheet]bool{}, workers: map[Target]*worker{}, fresh: map[Target]bool{},
	}
	if o.logger == nil {
		o.logger = slog.New(slog.DiscardHandler)
	}
	if o.now == nil {
		o.now = time.Now
	}
	o.opened = o.now()
	o.standing.init()
	o.timers.init()
	o.dirty.init()
	o.filing.init()
	o.Reload(opts.Config)
	if err := o.load(ctx); err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	return o, nil
}

// Reload takes over another configuration. Timers that run already keep their
// time; what they lead to follows the new one.
func (o *Outbox) Reload(c Config) {
	c.Delivery = c.Delivery.complete()
	o.config.Store(&c)
	for _, m := range o.snapshot() {
		if m.State == Pending {
			o.watch(m)
		}
	}
}

// Run sends until ctx ends, and then lets attempts under way end. It must not
// be called twice.
func (o *Outbox) Run(ctx context.Context) error {
	var all sync.WaitGroup
	start := func(job func(context.Context)) { all.Go(func() { job(ctx) }) }
	o.mu.Lock()
	o.run = start
	for _, w := range o.workers {
		start(w.run)
	}
	o.mu.Unlock()
	start(o.timers.run(o))
	start(o.dirty.run(o))
	start(o.sweep)
	<-ctx.Done()
	o.mu.Lock()
	o.run = func(func(context.Context)) {} // what is wrapped now waits for the next start
	o.mu.Unlock()
	all.Wait()
	return ctx.Err()
}

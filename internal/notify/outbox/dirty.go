package outbox

import (
	"context"
	"sync"
	"time"
)

// dirty holds the messages whose last change is not on disk yet.
type dirty struct {
	mu      sync.Mutex
	entries map[*entry]bool
	wake    chan struct{}
}

func (d *dirty) init() { d.entries, d.wake = map[*entry]bool{}, make(chan struct{}, 1) }

func (d *dirty) add(e *entry) {
	d.mu.Lock()
	d.entries[e] = true
	d.mu.Unlock()
	nudge(d.wake)
}

func (d *dirty) take() map[*entry]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.entries
	d.entries = map[*entry]bool{}
	return taken
}

// run stores them as soon as the bucket takes them, and once more at the end.
func (d *dirty) run(o *Outbox) func(context.Context) {
	return func(ctx context.Context) {
		for {
			select {
			case <-ctx.Done():
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
				defer cancel()
				d.flush(last, o)
				return
			case <-d.wake:
			}
			pause := time.NewTimer(firstBackoff)
			select {
			case <-pause.C:
			case <-ctx.Done():
			}
			pause.Stop()
			d.flush(ctx, o)
		}
	}
}

func (d *dirty) flush(ctx context.Context, o *Outbox) {
	for e := range d.take() {
		if err := o.rewrite(ctx, e); err != nil {
			d.add(e)
		}
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

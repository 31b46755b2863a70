package outbox

import (
	"context"
	"slices"
	"time"
)

const (
	sweepEvery = time.Minute
	// orphaned is how long after the start a message waits for its integration
	// to be wrapped before it counts as no longer configured.
	orphaned = 5 * time.Minute
)

// sweep forgets what is old, and gives up what no integration is there for.
func (o *Outbox) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			o.giveUpOrphans()
			o.forget(ctx)
		}
	}
}

func (o *Outbox) giveUpOrphans() {
	now := o.now().UTC()
	if now.Sub(o.opened) < orphaned {
		return
	}
	for _, m := range o.snapshot() {
		if m.State != Pending || now.Sub(m.Patience) < orphaned {
			continue
		}
		o.mu.Lock()
		e, w := o.entries[m.ID], o.worker(m.Target)
		o.mu.Unlock()
		if e != nil && w.notifier() == nil {
			w.settle(e, Attempt{At: now, Outcome: OutcomeRejected, Error: "the configuration has no such integration any longer"}, m.Parts, w.remembered(m))
		}
	}
}

// forget deletes settled messages and ended acknowledgements beyond the
// retention, and the oldest of them beyond the number that is kept.
func (o *Outbox) forget(ctx context.Context) {
	held, err := o.clear(ctx)
	if err != nil {
		o.logger.Warn("old messages cannot be deleted yet", "error", err)
		return
	}
	keep := o.config.Load().Delivery
	before := o.now().Add(-keep.Retention)
	all := o.snapshot()
	surplus := len(all) - keep.MaxMessages
	for _, m := range all {
		if m.State == Pending || !m.Done.Before(before) && surplus <= 0 {
			continue
		}
		if s := held[m.ID]; s != nil { // which would bring it back
			if err := o.dissolve(ctx, s); err != nil {
				o.logger.Warn("an old message cannot be deleted yet", "error", err)
				return
			}
			continue // the next time, when that is on disk for good
		}
		if err := o.bucket.Delete(ctx, messageKey+m.ID); err != nil {
			o.logger.Warn("an old message cannot be deleted yet", "error", err)
			return
		}
		surplus--
		o.remove(m)
	}
	for _, a := range o.Acks(true) {
		if a.Ended.IsZero() || !a.Ended.Before(before) {
			continue
		}
		if err := o.bucket.Delete(ctx, ackKey+a.ID); err != nil {
			o.logger.Warn("an old acknowledgement cannot be deleted yet", "error", err)
			return
		}
		o.standing.remove(a)
	}
	o.standing.forget(before)
}

func (o *Outbox) remove(m *Message) {
	o.mu.Lock()
	e, c := o.entries[m.ID], o.chains[m.chain()]
	delete(o.entries, m.ID)
	if rest := slices.DeleteFunc(o.about[m.Notification], func(other *entry) bool { return other == e }); len(rest) > 0 {
		o.about[m.Notification] = rest
	} else {
		delete(o.about, m.Notification)
	}
	for _, key := range m.derivedKeys() {
		delete(o.derived, key)
	}
	o.mu.Unlock()
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == e {
		o.mu.Lock()
		delete(o.chains, m.chain())
		o.mu.Unlock()
	}
}

func (s *standing) remove(a Ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.acks[a.Series][:0:0]
	for _, o := range s.acks[a.Series] {
		if o.ID != a.ID {
			kept = append(kept, o)
		}
	}
	if s.acks[a.Series] = kept; len(kept) == 0 {
		delete(s.acks, a.Series)
	}
}

// forget drops what is known of series that have been ok for long.
func (s *standing) forget(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for series, now := range s.series {
		if now.severity == "ok" && now.at.Before(before) && len(s.acks[series]) == 0 {
			delete(s.series, series)
		}
	}
}

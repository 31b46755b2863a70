package outbox

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Filter selects deliveries; what is zero selects all.
type Filter struct {
	ID       string
	AlertID  string
	Series   string
	Receiver string
	State    State
	From, To time.Time // of storing; To excluded
	// Before continues a listing: only messages with a smaller Seq.
	Before uint64
	Limit  int // default and at most 1000
}

// Delivery is a message with who acknowledged its alerts.
type Delivery struct {
	Message
	Acks []Ack `json:"acknowledgements,omitempty"`
}

const maxListed = 1000

// Messages lists what was stored and what became of it, the newest first.
func (o *Outbox) Messages(f Filter) []Delivery {
	limit := maxListed
	if f.Limit > 0 {
		limit = min(f.Limit, maxListed)
	}
	var found []Delivery
	all := o.snapshot()
	for _, m := range slices.Backward(all) {
		if len(found) == limit {
			break
		}
		if f.selects(m) {
			found = append(found, o.delivery(m))
		}
	}
	return found
}

// DeadLetters lists what was given up, the newest first.
func (o *Outbox) DeadLetters() []Delivery { return o.Messages(Filter{State: Dead}) }

func (o *Outbox) delivery(m *Message) Delivery {
	d := Delivery{Message: *m}
	for _, a := range m.Alerts {
		for _, ack := range o.standing.of(a) {
			if !slices.ContainsFunc(d.Acks, func(o Ack) bool { return o.ID == ack.ID }) {
				d.Acks = append(d.Acks, ack)
			}
		}
	}
	return d
}

func (f *Filter) selects(m *Message) bool {
	switch {
	case f.ID != "" && m.ID != f.ID,
		f.Receiver != "" && m.Receiver != f.Receiver,
		f.State != "" && m.State != f.State,
		!f.From.IsZero() && m.Stored.Before(f.From),
		!f.To.IsZero() && !m.Stored.Before(f.To),
		f.Before > 0 && m.Seq >= f.Before:
		return false
	}
	if f.AlertID == "" && f.Series == "" {
		return true
	}
	return slices.ContainsFunc(m.Alerts, func(a Alert) bool {
		return (f.AlertID == "" || a.AlertID() == f.AlertID) && (f.Series == "" || a.Series() == f.Series)
	})
}

// Retry sends a dead letter again, or one that waits at once.
func (o *Outbox) Retry(ctx context.Context, id string) (Delivery, error) {
	e := o.find(id)
	if e == nil {
		return Delivery{}, fmt.Errorf("%w: there is no message %q", ErrUnknown, id)
	}
	err := o.store(ctx, e, func(m *Message) error {
		if m.State == Delivered {
			return fmt.Errorf("%w: the message was delivered", ErrNotOpen)
		}
		m.State, m.Done, m.Patience = Pending, time.Time{}, o.now().UTC()
		return nil
	})
	if err != nil {
		return Delivery{}, err
	}
	m := e.message.Load()
	o.mu.Lock()
	w := o.worker(m.Target)
	o.mu.Unlock()
	w.add(e)
	w.hurry(m.GroupKey)
	return o.delivery(m), nil
}

// hurry lets a group be tried now.
func (w *worker) hurry(groupKey string) {
	w.mu.Lock()
	w.notBefore = time.Time{}
	if g := w.groups[groupKey]; g != nil {
		g.notBefore = time.Time{}
	}
	w.mu.Unlock()
	nudge(w.wake)
}

// Receipt stores what a receiver reported about a message it took.
func (o *Outbox) Receipt(ctx context.Context, id string, r Receipt) error {
	e := o.find(id)
	if e == nil {
		return fmt.Errorf("%w: there is no message %q", ErrUnknown, id)
	}
	r.At, r.Error = o.now().UTC(), Redact(r.Error)
	return o.store(ctx, e, func(m *Message) error { m.received(r); return nil })
}

// Load is how one integration stands.
type Load struct {
	Target
	Pending, Dead, Delivered int
	// Oldest is when the oldest pending message was stored.
	Oldest time.Time
	// FailingSince is since when nothing goes through, zero where all is well.
	FailingSince time.Time
}

// Loads tells how every integration stands, by receiver.
func (o *Outbox) Loads() []Load {
	o.mu.Lock()
	loads := map[Target]*Load{}
	for target, w := range o.workers {
		w.mu.Lock()
		loads[target] = &Load{Target: target, FailingSince: w.since}
		w.mu.Unlock()
	}
	o.mu.Unlock()
	for _, m := range o.snapshot() {
		l := loads[m.Target]
		if l == nil {
			continue
		}
		switch m.State {
		case Pending:
			if l.Pending++; l.Oldest.IsZero() {
				l.Oldest = m.Stored
			}
		case Dead:
			l.Dead++
		case Delivered:
			l.Delivered++
		}
	}
	all := make([]Load, 0, len(loads))
	for _, l := range loads {
		all = append(all, *l)
	}
	slices.SortFunc(all, func(a, b Load) int { return slices.Compare([]string{a.Target.String()}, []string{b.Target.String()}) })
	return all
}

// Latest lists the last message that the routing asked for of each group at
// each integration.
func (o *Outbox) Latest() []*Message {
	latest := map[chainKey]*Message{}
	for _, m := range o.snapshot() { // oldest first
		if m.Origin == nil {
			latest[m.chain()] = m
		}
	}
	all := slices.Collect(maps.Values(latest))
	slices.SortFunc(all, func(a, b *Message) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

package outbox

import (
	"context"
	"slices"
	"time"
)

func (c *Config) fallback(receiver string) (Fallback, bool) {
	i := slices.IndexFunc(c.Fallbacks, func(f Fallback) bool { return f.Receiver == receiver })
	if i < 0 {
		return Fallback{}, false
	}
	return c.Fallbacks[i], true
}

// wait is how long a message may fail before it goes to the fallback.
func (f Fallback) wait(m *Message) time.Duration {
	switch {
	case f.After > 0:
		return f.After
	case m.Severity == "critical":
		return DefaultFallbackAfter
	}
	return LaxFallbackAfter
}

// failed looks at once whether a dead letter was its receiver's last hope.
func (o *Outbox) failed(m *Message) {
	if _, ok := o.config.Load().fallback(m.Receiver); ok {
		o.timers.add(o.now(), OriginFallback, m.ID)
	}
}

// fallBack sends a message to the fallback receiver if none of its receiver's
// integrations got it: each refused it, or has failed for too long.
func (o *Outbox) fallBack(ctx context.Context, m *Message) error {
	f, ok := o.config.Load().fallback(m.Receiver)
	if !ok || m.State == Delivered {
		return nil
	}
	siblings, helpless := o.siblings(m, f)
	if !helpless {
		return nil
	}
	for _, target := range o.targets(f.To) {
		told := func(a Alert) bool { return o.isDerived(OriginFallback, target, a) }
		if m.Resolved && !slices.ContainsFunc(m.Alerts, told) {
			continue // nobody there heard that it fired
		}
		if m.Letter != nil && !target.carries() {
			continue
		}
		if err := o.derive(ctx, m, target, OriginFallback, siblings[0].ID, m.Alerts); err != nil {
			return err
		}
	}
	return nil
}

// siblings are the newest messages about the same at each integration of the
// receiver, the first stored first; helpless says that none got through or may
// still do so in time.
func (o *Outbox) siblings(m *Message, f Fallback) (siblings []*Message, helpless bool) {
	newest := map[Target]*Message{}
	o.mu.Lock()
	for _, e := range o.about[m.Notification] {
		if other := e.message.Load(); newest[other.Target] == nil || newest[other.Target].Seq < other.Seq {
			newest[other.Target] = other
		}
	}
	o.mu.Unlock()
	now := o.now()
	for _, other := range newest {
		hopeless := other.State == Dead || other.State == Pending && now.Sub(other.Stored) >= f.wait(other)
		if !hopeless {
			return nil, false
		}
		siblings = append(siblings, other)
	}
	slices.SortFunc(siblings, bySeq)
	return siblings, true
}

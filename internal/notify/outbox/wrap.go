package outbox

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
)

// Wrap puts the outbox before a notifier: what it gives back stores a message
// durably and leaves the sending to the integration's worker. From now on the
// notifier is the one that sends for this integration, also what was stored
// before; so it is called for a configuration that is in force, not before.
func (o *Outbox) Wrap(receiver, integration string, index int, next notify.Notifier) notify.Notifier {
	w := &wrapped{o: o, target: Target{Receiver: receiver, Integration: integration, Index: index}, next: next}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fresh[w.target] = true
	o.worker(w.target).use(w)
	return w
}

// Use says that the integrations wrapped since the last Use are all that the
// configuration in force has. What waits for others is still sent by their old
// notifiers, but nothing new goes there as fallback or escalation.
func (o *Outbox) Use() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for target, w := range o.workers {
		if !o.fresh[target] {
			w.retire()
		}
	}
	o.fresh = map[Target]bool{}
}

// worker finds the worker of a target, or starts it. o.mu is held.
func (o *Outbox) worker(target Target) *worker {
	w := o.workers[target]
	if w == nil {
		w = newWorker(o, target)
		o.workers[target] = w
		if o.run != nil {
			o.run(w.run)
		}
	}
	return w
}

// wrapped is what the Alertmanager's pipeline has for a notifier.
type wrapped struct {
	o      *Outbox
	target Target
	next   notify.Notifier
	// asks says that next was seen to ask for its turn.
	asks atomic.Bool
}

// Notify stores a message. That it returns nil means that the message is on
// disk and will be sent.
func (w *wrapped) Notify(ctx context.Context, alerts ...*alert.Alert) (retry bool, err error) {
	if len(alerts) == 0 {
		return false, nil
	}
	m, err := w.compose(ctx, alerts)
	if err != nil {
		return false, err
	}
	c := w.o.chainOf(m.chain())
	c.mu.Lock()
	defer c.mu.Unlock()
	m.begin(c.last)
	m.complete()
	previous := ""
	if c.last != nil {
		last := c.last.message.Load()
		if c.last.earlier && last.Content == m.Content && last.Generation == m.Generation {
			// Stored before a crash, and the notification log had not heard of
			// it. It has now: the same once more is a message of its own.
			c.last.earlier = false
			advance(ctx, m.Generation)
			return false, nil
		}
		previous = last.ID
	}
	m.ID = m.id(previous)
	if w.o.find(m.ID) != nil { // the group's last message is no longer kept, an older one is
		m.ID = m.id(m.ID)
	}
	e, err := w.o.add(ctx, m)
	if err != nil {
		return true, err
	}
	c.last = e
	advance(ctx, m.Generation)
	return false, nil
}

// compose makes the message that the pipeline's context and alerts describe.
func (w *wrapped) compose(ctx context.Context, alerts []*alert.Alert) (*Message, error) {
	groupKey, ok := notify.GroupKey(ctx)
	if !ok {
		return nil, errors.New("a notification without a group key cannot be kept: the context lacks it")
	}
	m := &Message{Target: w.target, GroupKey: groupKey, Generation: generation(ctx)}
	m.GroupLabels, _ = notify.GroupLabels(ctx)
	m.RouteLabels, _ = notify.RouteLabels(ctx)
	m.Repeat, _ = notify.RepeatInterval(ctx)
	if m.Reason, ok = notify.NotificationReason(ctx); !ok {
		m.Reason = notify.ReasonUnknown
	}
	for _, a := range alerts {
		m.Alerts = append(m.Alerts, alertOf(a))
	}
	return m, nil
}

// begin gives an alert whose end alone is known, as after a restart, the
// beginning that the group was told of.
func (m *Message) begin(last *entry) {
	if last == nil {
		return
	}
	for i := range m.Alerts {
		a := &m.Alerts[i]
		if !a.Resolved || !a.StartsAt.Equal(a.EndsAt) {
			continue
		}
		for _, told := range last.message.Load().Alerts {
			if told.Labels.Equal(a.Labels) && told.StartsAt.Before(a.EndsAt) {
				a.StartsAt = told.StartsAt
			}
		}
	}
}

// complete fills in what follows from the target and the alerts, or the letter.
func (m *Message) complete() {
	if m.Letter != nil {
		m.Content = digest("letter", m.Letter.Key)
		m.Notification = digest("letter", m.Receiver, m.Letter.Key)
		return
	}
	m.Content = contentOf(m.Alerts)
	m.Notification = notificationOf(m.Receiver, m.GroupKey, m.Alerts)
	m.summarise()
}

package outbox

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// schedule holds what is to be looked at when, by the id of a message.
type schedule struct {
	mu    sync.Mutex
	queue timers
	wake  chan struct{}
}

type timer struct {
	at   time.Time
	kind string
	id   string
}

func (s *schedule) init() { s.wake = make(chan struct{}, 1) }

func (s *schedule) add(at time.Time, kind, id string) {
	s.mu.Lock()
	heap.Push(&s.queue, timer{at, kind, id})
	first := s.queue[0].at.Equal(at)
	s.mu.Unlock()
	if first {
		nudge(s.wake)
	}
}

// due takes what is due; with nothing, it says when something is.
func (s *schedule) due(now time.Time) (t timer, ok bool, next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return timer{}, false, time.Time{}
	}
	if first := s.queue[0].at; first.After(now) {
		return timer{}, false, first
	}
	return heap.Pop(&s.queue).(timer), true, time.Time{}
}

// run looks at what is due until ctx ends.
func (s *schedule) run(o *Outbox) func(context.Context) {
	return func(ctx context.Context) {
		for ctx.Err() == nil {
			t, ok, next := s.due(o.now())
			if ok {
				o.look(ctx, t)
				continue
			}
			var at <-chan time.Time
			var wait *time.Timer
			if !next.IsZero() {
				wait = time.NewTimer(max(next.Sub(o.now()), time.Millisecond))
				at = wait.C
			}
			select {
			case <-ctx.Done():
			case <-s.wake:
			case <-at:
			}
			if wait != nil {
				wait.Stop()
			}
		}
	}
}

// look does what a timer is for. What cannot be stored is looked at again.
func (o *Outbox) look(ctx context.Context, t timer) {
	e := o.find(t.id)
	if e == nil {
		return
	}
	var err error
	switch m := e.message.Load(); t.kind {
	case OriginFallback:
		err = o.fallBack(ctx, m)
	case OriginEscalation:
		err = o.escalate(ctx, m)
	}
	if err != nil && ctx.Err() == nil {
		o.logger.Error("a "+t.kind+" could not be stored and is tried again", "message", t.id, "error", err)
		o.timers.add(o.now().Add(firstBackoff), t.kind, t.id)
	}
}

// watch sets the timers of a message that was stored.
func (o *Outbox) watch(m *Message) {
	config := o.config.Load()
	stale := m.State == Dead && o.now().Sub(m.Done) > config.Delivery.GiveUp
	if f, ok := config.fallback(m.Receiver); ok && m.State != Delivered && !stale {
		o.timers.add(m.Stored.Add(f.wait(m)), OriginFallback, m.ID)
	}
	if e, ok := config.escalation(m.Receiver); ok && !m.Resolved {
		o.timers.add(m.Stored.Add(e.After), OriginEscalation, m.ID)
	}
}

// derive stores what a message leads to: the same alerts for the integrations
// of another receiver. A part that is stored already is left out.
func (o *Outbox) derive(ctx context.Context, m *Message, to Target, kind, key string, alerts []Alert) error {
	id := digest(kind, key, to.String())
	if o.find(id) != nil {
		return nil
	}
	d := &Message{
		ID: id, Target: to, GroupKey: m.GroupKey, GroupLabels: m.GroupLabels, RouteLabels: m.RouteLabels,
		Reason: m.Reason, Repeat: m.Repeat, Alerts: alerts, Letter: m.Letter,
		Origin: &Origin{Kind: kind, Receiver: m.Receiver, Of: m.ID},
	}
	d.complete()
	if _, err := o.add(ctx, d); err != nil {
		return err
	}
	o.logger.Warn("a notification goes to another receiver", "why", kind, "from", m.Receiver, "to", to.String(), "message", id)
	return nil
}

// derivedKeys are under what a derived message is noted in Outbox.derived.
func (m *Message) derivedKeys() (keys []string) {
	if m.Origin == nil {
		return nil
	}
	for _, a := range m.Alerts {
		keys = append(keys, derivedKey(m.Origin.Kind, m.Target, a))
	}
	return keys
}

func derivedKey(kind string, to Target, a Alert) string {
	return digest(kind, to.String(), a.instance())
}

func (o *Outbox) isDerived(kind string, to Target, a Alert) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.derived[derivedKey(kind, to, a)]
}

// targets are the integrations that a receiver has now.
func (o *Outbox) targets(receiver string) []Target {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []Target
	for target, w := range o.workers {
		if target.Receiver == receiver && w.inForce() {
			all = append(all, target)
		}
	}
	return all
}

// timers is a heap by time.
type timers []timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)        { *t = append(*t, x.(timer)) }
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}

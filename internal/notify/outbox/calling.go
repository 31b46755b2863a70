package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
)

// stale is for how long what was made ready ahead may wait for its turn: it
// may tell the time.
const stale = time.Second

// calling is one call of a notifier.
type calling struct {
	by      *wrapped
	began   time.Time
	sending *Sending
	store   *nflog.Store
	ctx     context.Context
	cancel  context.CancelFunc
	answers chan called
}

type called struct {
	retry bool
	err   error
}

// ahead calls the notifier of a message that is about to be written, if that
// waits for its turn and would have it next. What is made ready meanwhile need
// not be made once the message is on disk. nil: it will be called then.
func (o *Outbox) ahead(m *Message) *calling {
	o.mu.Lock()
	w, running := o.worker(m.Target), o.run != nil
	o.mu.Unlock()
	if !running {
		return nil
	}
	w.mu.Lock()
	by, free := w.by, len(w.groups) == 0 && !w.notBefore.After(o.now())
	w.mu.Unlock()
	if !free || by == nil || !by.asks.Load() || len(w.abandoned) > 0 {
		return nil // one at a time: the worker must find room for another message
	}
	w.abandoned <- struct{}{}
	return w.call(context.Background(), by, m, &Sending{id: m.ID, parts: m.Parts, turn: make(chan struct{})})
}

// drop ends a call that has not had its turn: nothing leaves.
func (c *calling) drop() {
	if c != nil {
		c.cancel()
	}
}

// calling begins a call of the notifier, or goes on with the one that was begun
// ahead. After an error it says nothing.
func (w *worker) calling(ctx context.Context, e *entry, m *Message) (*calling, error) {
	by := w.notifier()
	if c := e.ahead.Swap(nil); c != nil {
		if c.by == by && w.o.now().Sub(c.began) < stale && ctx.Err() == nil {
			close(c.sending.turn)
			return c, nil
		}
		c.drop()
	}
	sending := &Sending{id: m.ID, parts: m.Parts}
	select {
	case w.abandoned <- struct{}{}:
		return w.call(context.WithoutCancel(ctx), by, m, sending), nil
	case <-ctx.Done():
		return &calling{sending: sending, store: w.remembered(m)}, ctx.Err()
	}
}

// call calls a notifier, which gets its time. There is room for it.
func (w *worker) call(ctx context.Context, by *wrapped, m *Message, s *Sending) *calling {
	timeout := w.o.config.Load().Delivery.Timeout
	c := &calling{by: by, began: w.o.now(), sending: s, store: w.remembered(m), answers: make(chan called, 1)}
	c.ctx, c.cancel = context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %s", timeout))
	go func() {
		defer func() { <-w.abandoned }()
		defer c.cancel()
		retry, err := notifyOnce(m.context(c.ctx, s, c.store), by.next, m)
		if s.hasAsked() {
			by.asks.Store(true)
		}
		c.answers <- called{retry, err}
	}()
	return c
}

// wait comes back in time whether the notifier does or not. When ctx ends, the
// attempt may go on for a moment, so that its outcome is known.
func (c *calling) wait(ctx context.Context) (retry bool, err error) {
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(drain, c.cancel) })
	defer stop()
	select {
	case a := <-c.answers:
		return a.retry, a.err
	case <-c.ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case a := <-c.answers:
		return a.retry, a.err
	case <-late.C:
		return true, errOverdue
	}
}

// notifyOnce is one call of the notifier; one that panics has failed.
func notifyOnce(ctx context.Context, next notify.Notifier, m *Message) (retry bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			retry, err = false, fmt.Errorf("the notifier panicked: %v", r)
		}
	}()
	if m.Letter != nil {
		return next.Notify(withLetter(ctx, m.Letter))
	}
	alerts := make([]*alert.Alert, len(m.Alerts))
	for i, a := range m.Alerts {
		alerts[i] = a.Original()
	}
	return next.Notify(ctx, alerts...)
}

package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
)

// result is what an attempt means for the messages that wait.
type result int

const (
	through result = iota // the receiver answered: delivered, or refused for good
	again
	stopped
)

const (
	// grace is what a notifier gets to come back after its time is over.
	grace = 5 * time.Second
	// refusals is how often an SMTP server may refuse a message for good.
	refusals = 5
)

var errOverdue = errors.New("no answer in time, the attempt is left to itself")

// attempt sends a message once and notes what came of it.
func (w *worker) attempt(ctx context.Context, e *entry) result {
	m := e.message.Load()
	sending := &Sending{id: m.ID, parts: m.Parts}
	store := w.remembered(m)
	began := w.o.now()
	retry, err := w.send(ctx, m, sending, store)
	a := Attempt{At: began.UTC(), Took: w.o.now().Sub(began)}
	answer, parts := sending.said()
	a.Answer = Redact(answer)
	if err != nil {
		a.Error = Redact(err.Error())
		if a.Answer == "" {
			a.Answer = answerIn(err)
		}
	}
	verdict := through
	switch {
	case err == nil:
		a.Outcome = OutcomeDelivered
		if a.Answer == "" {
			a.Answer = accepted(m.Integration)
		}
	case ctx.Err() != nil:
		a.Outcome, verdict = OutcomeUnknown, stopped
	case !retry || permanent(err) && m.Tries+1 >= refusals:
		a.Outcome = OutcomeRejected
	default:
		a.Outcome, verdict = OutcomeFailed, again
	}
	w.settle(e, a, parts, store)
	return verdict
}

// settle notes an attempt, and ends the message where that decides about it.
func (w *worker) settle(e *entry, a Attempt, parts map[string]string, store *nflog.Store) {
	giveUp := w.o.config.Load().Delivery.GiveUp
	now := w.o.now().UTC()
	m := w.o.note(e, func(m *Message) {
		m.tried(a)
		m.Parts = parts
		switch {
		case a.Outcome == OutcomeDelivered:
			m.State, m.Done, m.Data = Delivered, now, keepData(store)
		case a.Outcome == OutcomeRejected, a.Outcome == OutcomeFailed && now.Sub(m.Patience) >= giveUp:
			m.State, m.Done = Dead, now
		}
	})
	log := w.o.logger.With("message", m.ID, "to", m.Target.String(), "tries", m.Tries)
	switch {
	case m.State == Delivered:
		w.drop(e)
		w.remember(m)
		log.Debug("a notification is delivered", "after", now.Sub(m.Stored))
	case m.State == Dead:
		w.drop(e)
		log.Error("a notification cannot be delivered and is a dead letter now", "error", a.Error)
		w.o.failed(m)
	case m.Tries == 1 || m.Tries%10 == 0:
		log.Warn("a notification could not be sent and is tried again", "error", a.Error)
	}
}

// send calls the notifier. It comes back in time whether that does or not. When
// ctx ends, the attempt may go on for a moment, so that its outcome is known.
func (w *worker) send(ctx context.Context, m *Message, s *Sending, store *nflog.Store) (retry bool, err error) {
	select {
	case w.abandoned <- struct{}{}:
	case <-ctx.Done():
		return true, ctx.Err()
	}
	timeout := w.o.config.Load().Delivery.Timeout
	sendCtx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), timeout, fmt.Errorf("no answer within %s", timeout))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(drain, cancel) })
	defer stop()
	type answer struct {
		retry bool
		err   error
	}
	answers := make(chan answer, 1)
	by := w.notifier()
	go func() {
		defer func() { <-w.abandoned }()
		defer cancel()
		retry, err := w.call(m.context(sendCtx, s, store), by.next, m)
		answers <- answer{retry, err}
	}()
	select {
	case a := <-answers:
		return a.retry, a.err
	case <-sendCtx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case a := <-answers:
		return a.retry, a.err
	case <-late.C:
		return true, errOverdue
	}
}

// call is one call of the notifier; one that panics has failed.
func (w *worker) call(ctx context.Context, next notify.Notifier, m *Message) (retry bool, err error) {
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

// dataKeys is what the Alertmanager's notifiers remember of a group: Slack's
// finds by them the message that it updates.
var dataKeys = [...]string{"threadTs", "channelId"}

func keepData(store *nflog.Store) (data map[string]string) {
	for _, key := range dataKeys {
		if value, ok := store.GetStr(key); ok {
			if data == nil {
				data = map[string]string{}
			}
			data[key] = value
		}
	}
	return data
}

// remember keeps what a delivered message leaves for its group.
func (w *worker) remember(m *Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m.Data == nil {
		delete(w.data, m.GroupKey)
		return
	}
	w.data[m.GroupKey] = m.Data
}

// remembered is what the group's messages before m left for it; the first of a
// new series of notifications starts afresh.
func (w *worker) remembered(m *Message) *nflog.Store {
	store := nflog.NewStore(nil)
	if m.Reason == notify.ReasonFirstNotification || m.Origin != nil {
		return store
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, value := range w.data[m.GroupKey] {
		store.SetStr(key, value)
	}
	return store
}

package outbox

import (
	"context"
	"errors"
	"time"

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
	began := w.o.now()
	c, err := w.calling(ctx, e, m)
	var retry bool
	if err == nil {
		retry, err = c.wait(ctx)
	}
	a := Attempt{At: began.UTC(), Took: w.o.now().Sub(began)}
	answer, parts := c.sending.said()
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
	w.settle(e, a, parts, c.store)
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

package outbox

import (
	"context"
	"maps"
	"sync"

	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
)

type contextKey struct{}

// Sending is what a notifier may know and say about the message that it sends.
// It is found in the context by Current; a nil one knows nothing and forgets
// what it is told.
type Sending struct {
	id string

	// turn is closed when the message may leave; nil: it may.
	turn chan struct{}

	mu     sync.Mutex
	asked  bool
	answer string
	parts  map[string]string
}

// Turn returns nil when the message may leave. A notifier that asks may be
// called while its message is still being written to disk, to make ready what
// it sends. Whoever asks does so before anything leaves that tells of the
// message, always, and gives up with the error.
func (s *Sending) Turn(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	s.asked = true
	s.mu.Unlock()
	if s.turn == nil {
		return nil
	}
	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Sending) hasAsked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Current is the message being sent, nil outside the outbox.
func Current(ctx context.Context) *Sending {
	s, _ := ctx.Value(contextKey{}).(*Sending)
	return s
}

// WithMessageID is a context as a notifier gets it, for tests of notifiers.
func WithMessageID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, contextKey{}, &Sending{id: id})
}

// WithTurn is a context as a notifier gets it that is called ahead.
func WithTurn(ctx context.Context, id string, turn chan struct{}) context.Context {
	return context.WithValue(ctx, contextKey{}, &Sending{id: id, turn: turn})
}

// MessageID is the idempotency key of the message being sent: the same for
// each attempt, also after a crash. It is "" outside the outbox.
func MessageID(ctx context.Context) string {
	if s := Current(ctx); s != nil {
		return s.id
	}
	return ""
}

// Answered notes what the receiver answered.
func (s *Sending) Answered(text string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = text
}

// PartDone notes that a part of the message, to one of several addresses, is
// delivered and must not be sent again; ref is the receiver's id of it.
func (s *Sending) PartDone(part, ref string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts == nil {
		s.parts = map[string]string{}
	}
	s.parts[part] = ref
}

// IsPartDone tells whether an attempt before has delivered the part.
func (s *Sending) IsPartDone(part string) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, done := s.parts[part]
	return done
}

func (s *Sending) said() (answer string, parts map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answer, maps.Clone(s.parts)
}

// generationKey is under what the notification log keeps how many messages of
// a group an integration had. A crash before the log is written repeats the
// number; a repetition that is due has the next one.
const generationKey = "hms_generation"

// Noted is what the notification log would keep of a message, had it not been
// lost with the process.
func (m *Message) Noted() *nflog.Store {
	store := nflog.NewStore(nil)
	for key, value := range m.Data {
		store.SetStr(key, value)
	}
	store.SetInt(generationKey, m.Generation+1)
	return store
}

func generation(ctx context.Context) int64 {
	store, ok := notify.NflogStore(ctx)
	if !ok || store == nil {
		return 0
	}
	n, _ := store.GetInt(generationKey)
	return n
}

func advance(ctx context.Context, from int64) {
	if store, ok := notify.NflogStore(ctx); ok && store != nil {
		store.SetInt(generationKey, from+1)
	}
}

// context gives a notifier the values that the Alertmanager's pipeline does.
func (m *Message) context(ctx context.Context, s *Sending, store *nflog.Store) context.Context {
	ctx = context.WithValue(ctx, contextKey{}, s)
	ctx = notify.WithReceiverName(ctx, m.Receiver)
	ctx = notify.WithGroupKey(ctx, m.GroupKey)
	ctx = notify.WithGroupLabels(ctx, m.GroupLabels)
	ctx = notify.WithRouteLabels(ctx, m.RouteLabels)
	ctx = notify.WithNotificationReason(ctx, m.Reason)
	ctx = notify.WithRepeatInterval(ctx, m.Repeat)
	ctx = notify.WithNow(ctx, m.Stored)
	return notify.WithNflogStore(ctx, store)
}

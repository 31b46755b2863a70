package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Prefixes of the bucket's keys.
const (
	messageKey = "m."
	ackKey     = "a."
)

// entry is a message as it stands.
type entry struct {
	write   sync.Mutex // one change at a time, held while it is stored
	message atomic.Pointer[Message]
	// sheet is what it was first stored on, if not alone; own says that it has a
	// key of its own by now.
	sheet *sheet
	own   atomic.Bool
	// ahead is the call that began while the message was written, nil without.
	ahead atomic.Pointer[calling]
	// earlier says that a run before this one stored it, so that the
	// notification log may not know of it. Guarded by the chain's lock.
	earlier bool
}

// chainKey is one group at one integration.
type chainKey struct {
	target   Target
	groupKey string
}

// chain orders the storing of a group's messages at one integration.
type chain struct {
	mu   sync.Mutex
	last *entry
}

func (m *Message) chain() chainKey { return chainKey{m.Target, m.GroupKey} }

// load reads the bucket.
func (o *Outbox) load(ctx context.Context) error {
	found := stored{own: map[string]*Message{}, sheets: map[*sheet][]*Message{}}
	err := o.bucket.Each(ctx, func(key string, value []byte) error {
		var err error
		switch {
		case strings.HasPrefix(key, ackKey):
			err = o.standing.load(value)
		case strings.HasPrefix(key, sheetKey):
			s, messages, faults := decodeSheet(key, value)
			if s != nil {
				o.keep(s)
				found.sheets[s] = messages
			}
			err = errors.Join(faults...)
		default:
			var m *Message
			if m, err = decode(value); err == nil {
				found.own[m.ID] = m
			}
		}
		if err != nil { // one damaged value must not silence the others
			o.logger.Error("a value of the outbox is left out", "key", key, "error", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range found.entries() {
		m := e.message.Load()
		o.seq = max(o.seq, m.Seq)
		if m.Origin == nil {
			o.chainOf(m.chain()).last = e
		}
		o.admit(e)
	}
	return nil
}

func bySeq(a, b *Message) int {
	if a.Seq < b.Seq {
		return -1
	}
	return 1
}

// chainOf finds a chain or makes it.
func (o *Outbox) chainOf(key chainKey) *chain {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.chains[key]
	if c == nil {
		c = &chain{}
		o.chains[key] = c
	}
	return c
}

// admit takes a stored message in: its worker, its timers, what it says of its
// alerts.
func (o *Outbox) admit(e *entry) {
	m := e.message.Load()
	o.mu.Lock()
	o.entries[m.ID] = e
	o.about[m.Notification] = append(o.about[m.Notification], e)
	for _, key := range m.derivedKeys() {
		o.derived[key] = true
	}
	w := o.worker(m.Target)
	o.mu.Unlock()
	switch m.State {
	case Pending:
		w.add(e)
	case Delivered:
		w.remember(m)
	}
	o.standing.saw(o, m)
	o.watch(m)
}

// add stores a new message and admits it.
func (o *Outbox) add(ctx context.Context, m *Message) (*entry, error) {
	now := o.now().UTC()
	m.Stored, m.Patience, m.State = now, now, Pending
	o.mu.Lock()
	o.seq++
	m.Seq = o.seq
	o.mu.Unlock()
	return o.file(ctx, m)
}

// put stores a message that has changed. The entry's write lock is held.
func (o *Outbox) put(ctx context.Context, e *entry, m *Message) error {
	value, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	if err := o.bucket.Put(ctx, messageKey+m.ID, value); err != nil {
		return fmt.Errorf("store a notification: %w", err)
	}
	e.own.Store(true)
	return nil
}

// rewrite stores a message as it stands, if it is still kept.
func (o *Outbox) rewrite(ctx context.Context, e *entry) error {
	e.write.Lock()
	defer e.write.Unlock()
	m := e.message.Load()
	if o.find(m.ID) != e {
		return nil
	}
	return o.put(ctx, e, m)
}

func (o *Outbox) find(id string) *entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.entries[id]
}

// errGone is for a message that retention took away.
var errGone = errors.New("the message is no longer kept")

// store changes a message on disk first: what it says stands for good.
func (o *Outbox) store(ctx context.Context, e *entry, change func(*Message) error) error {
	e.write.Lock()
	defer e.write.Unlock()
	m := *e.message.Load()
	if o.find(m.ID) != e {
		return errGone
	}
	if err := change(&m); err != nil {
		return err
	}
	if err := o.put(ctx, e, &m); err != nil {
		return err
	}
	e.message.Store(&m)
	return nil
}

// note changes a message at once, and on disk as soon as that is possible: for
// what has happened, whether it can be stored or not.
func (o *Outbox) note(e *entry, change func(*Message)) *Message {
	e.write.Lock()
	defer e.write.Unlock()
	m := *e.message.Load()
	change(&m)
	e.message.Store(&m)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := o.put(ctx, e, &m); err != nil {
		o.logger.Warn("the outcome of a notification is stored later", "message", m.ID, "error", err)
		o.dirty.add(e)
	}
	return &m
}

// snapshot lists all messages, in the order in which they were stored.
func (o *Outbox) snapshot() []*Message {
	o.mu.Lock()
	all := make([]*Message, 0, len(o.entries))
	for _, e := range o.entries {
		all = append(all, e.message.Load())
	}
	o.mu.Unlock()
	slices.SortFunc(all, func(a, b *Message) int { return bySeq(a, b) })
	return all
}

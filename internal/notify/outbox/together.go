package outbox

import (
	"context"
	"sync"
)

// together gathers the messages of one flush, so that what several integrations
// are told at the same time is stored with one write. Nothing is waited for but
// the members, each of which files a message or leaves without one.
type together struct {
	o *Outbox

	mu     sync.Mutex
	absent int // members that have neither filed nor left
	drafts []*draft
}

type memberKey struct{}

// member is one integration of a flush. It belongs to one goroutine.
type member struct {
	of   *together
	done bool // it has filed or left
}

// Together says that so many integrations are about to be told of one flush.
// join makes the context with which each calls Notify; leave must be called by
// the same goroutine when nothing more comes of it.
func (o *Outbox) Together(members int) (join func(context.Context) (in context.Context, leave func())) {
	t := &together{o: o, absent: members}
	return func(ctx context.Context) (context.Context, func()) {
		m := &member{of: t}
		return context.WithValue(ctx, memberKey{}, m), func() {
			if m.done {
				return
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
			defer cancel()
			m.hand(ctx)
		}
	}
}

// hand gives what a member has, and has everything stored if it is the last.
func (m *member) hand(ctx context.Context, drafts ...*draft) {
	m.done = true
	t := m.of
	t.mu.Lock()
	t.drafts = append(t.drafts, drafts...)
	t.absent--
	last, all := t.absent == 0, t.drafts
	t.mu.Unlock()
	if last {
		t.o.filing.store(ctx, t.o, all...)
	}
}

// file has a new message stored, with those of its flush if it is one of
// several, and returns once it is on disk and admitted.
func (o *Outbox) file(ctx context.Context, m *Message) (*entry, error) {
	d, err := draftOf(m)
	if err != nil {
		return nil, err
	}
	if member, _ := ctx.Value(memberKey{}).(*member); member != nil && !member.done {
		member.hand(ctx, d)
	} else { // alone, or what was filed before was not stored
		o.filing.store(ctx, o, d)
	}
	return d.wait(ctx)
}

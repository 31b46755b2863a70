package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// sheetSize is up to how many bytes of messages go into one write.
const sheetSize = 256 << 10

// draft is a new message on its way to the disk.
type draft struct {
	message *Message
	value   []byte
	// decided is set once: by who admits it, or by who no longer waits for it.
	decided atomic.Bool
	ahead   *calling      // nil without
	stored  chan struct{} // closed when entry or err says what became of it
	entry   *entry
	err     error
}

func draftOf(m *Message) (*draft, error) {
	value, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write a message: %w", err)
	}
	return &draft{message: m, value: value, stored: make(chan struct{})}, nil
}

// wait returns what became of a draft. One that is given up may be on disk all
// the same, as after any write that fails.
func (d *draft) wait(ctx context.Context) (*entry, error) {
	select {
	case <-d.stored:
	case <-ctx.Done():
		if d.decided.CompareAndSwap(false, true) {
			return nil, fmt.Errorf("store a notification: %w", context.Cause(ctx))
		}
		<-d.stored
	}
	return d.entry, d.err
}

// filing stores new messages, one write at a time. What comes meanwhile shares
// the next write; nobody waits for company.
type filing struct {
	turn chan struct{} // held by who writes

	mu      sync.Mutex
	waiting []*draft
}

func (f *filing) init() { f.turn = make(chan struct{}, 1) }

// store returns when the drafts are stored or have failed, or ctx ends.
func (f *filing) store(ctx context.Context, o *Outbox, drafts ...*draft) {
	if len(drafts) == 0 {
		return
	}
	f.mu.Lock()
	f.waiting = append(f.waiting, drafts...)
	f.mu.Unlock()
	last := drafts[len(drafts)-1]
	for {
		select {
		case f.turn <- struct{}{}:
		case <-last.stored: // with somebody else's
			return
		case <-ctx.Done():
			return
		}
		o.write(ctx, f.take())
		<-f.turn
		select {
		case <-last.stored:
			return
		default:
		}
	}
}

// take gives as many of those that wait as go into one write.
func (f *filing) take() (sheet []*draft) {
	f.mu.Lock()
	defer f.mu.Unlock()
	size := 0
	for len(f.waiting) > 0 {
		d := f.waiting[0]
		if size += len(d.value); size > sheetSize && len(sheet) > 0 {
			break
		}
		f.waiting = f.waiting[1:]
		if d.decided.Load() { // given up
			size -= len(d.value)
			continue
		}
		sheet = append(sheet, d)
	}
	return sheet
}

// write stores drafts and admits them. Others than the caller's may be among
// them, so the end of ctx does not break it off.
func (o *Outbox) write(ctx context.Context, drafts []*draft) {
	if len(drafts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	for _, d := range drafts {
		d.ahead = o.ahead(d.message)
	}
	s, err := o.putNew(ctx, drafts)
	drafts = slices.DeleteFunc(drafts, func(d *draft) bool {
		given := !d.decided.CompareAndSwap(false, true)
		if given || err != nil {
			d.ahead.drop()
		}
		return given
	})
	for _, d := range drafts {
		if d.err = err; err == nil {
			d.entry = &entry{sheet: s}
			d.entry.message.Store(d.message)
			d.entry.ahead.Store(d.ahead)
			o.admit(d.entry)
		}
	}
	o.written(s)
	runtime.Gosched()          // to those who send: what follows can wait for them
	for _, d := range drafts { // all are on their way before anybody notes that
		close(d.stored)
	}
}

// putNew puts drafts on disk with one write, on a sheet if there are several.
func (o *Outbox) putNew(ctx context.Context, drafts []*draft) (*sheet, error) {
	key, value, s := messageKey+drafts[0].message.ID, drafts[0].value, (*sheet)(nil)
	if len(drafts) > 1 {
		var err error
		if s, value, err = sheetOf(drafts); err != nil {
			return nil, err
		}
		key = s.key
		o.keep(s)
	}
	if err := o.bucket.Put(ctx, key, value); err != nil {
		return s, fmt.Errorf("store a notification: %w", err)
	}
	return s, nil
}

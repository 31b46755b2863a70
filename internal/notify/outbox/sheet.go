package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// sheetKey begins the keys of sheets.
const sheetKey = "s."

// sheet is a value of the bucket that holds several new messages, so that they
// took one write. The first change of a message stores it under a key of its
// own, which counts from then on; once all of them have that, the sheet goes.
type sheet struct {
	key string
	ids []string
	// fresh says that its messages are not admitted yet. Guarded by Outbox.mu.
	fresh bool
}

func sheetOf(drafts []*draft) (*sheet, []byte, error) {
	s := &sheet{fresh: true}
	values := make([]json.RawMessage, len(drafts))
	name := make([]string, len(drafts))
	for i, d := range drafts {
		s.ids = append(s.ids, d.message.ID)
		values[i], name[i] = d.value, d.message.ID+strconv.FormatUint(d.message.Seq, 10)
	}
	s.key = sheetKey + digest(name...) // no other write has it, be it one that failed
	value, err := json.Marshal(values)
	if err != nil {
		return nil, nil, fmt.Errorf("write messages: %w", err)
	}
	return s, value, nil
}

// decodeSheet reads a sheet. Of messages that cannot be read it tells the faults.
func decodeSheet(key string, value []byte) (s *sheet, messages []*Message, faults []error) {
	var values []json.RawMessage
	if err := json.Unmarshal(value, &values); err != nil {
		return nil, nil, []error{fmt.Errorf("stored messages cannot be read: %w", err)}
	}
	s = &sheet{key: key}
	for _, value := range values {
		m, err := decode(value)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.ids = append(s.ids, m.ID)
		messages = append(messages, m)
	}
	return s, messages, faults
}

// keep remembers that the bucket holds a sheet, or may after a write that failed.
func (o *Outbox) keep(s *sheet) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sheets[s] = true
}

// written says that the messages of a sheet are admitted, or never will be.
func (o *Outbox) written(s *sheet) {
	if s == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s.fresh = false
}

// needed lists the messages that are on disk only by this sheet. More may come
// of one that is fresh.
func (o *Outbox) needed(s *sheet) (entries []*entry, fresh bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range s.ids {
		if e := o.entries[id]; e != nil && e.sheet == s && !e.own.Load() {
			entries = append(entries, e)
		}
	}
	return entries, s.fresh
}

// clear deletes the sheets that are no longer needed. It gives those that are
// still there, by the messages that they hold.
func (o *Outbox) clear(ctx context.Context) (held map[string]*sheet, err error) {
	o.mu.Lock()
	all := slices.Collect(maps.Keys(o.sheets))
	o.mu.Unlock()
	held = map[string]*sheet{}
	for _, s := range all {
		if entries, fresh := o.needed(s); len(entries) == 0 && !fresh && err == nil {
			if err = o.discard(ctx, s); err == nil {
				continue
			}
		}
		for _, id := range s.ids {
			held[id] = s
		}
	}
	return held, err
}

// dissolve gives every message of a sheet a key of its own and deletes the sheet.
func (o *Outbox) dissolve(ctx context.Context, s *sheet) error {
	entries, fresh := o.needed(s)
	if fresh {
		return nil // not yet
	}
	for _, e := range entries {
		if err := o.rewrite(ctx, e); err != nil {
			return err
		}
	}
	return o.discard(ctx, s)
}

func (o *Outbox) discard(ctx context.Context, s *sheet) error {
	if err := o.bucket.Delete(ctx, s.key); err != nil {
		return fmt.Errorf("delete messages that are stored elsewhere: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.sheets, s)
	return nil
}

// stored collects what load finds.
type stored struct {
	own    map[string]*Message
	sheets map[*sheet][]*Message
}

// entries are the messages as they stand: each by its own key, where it has one.
func (l *stored) entries() []*entry {
	found := make(map[string]*entry, len(l.own))
	add := func(m *Message, s *sheet) {
		e := &entry{earlier: true, sheet: s}
		e.own.Store(s == nil)
		e.message.Store(m)
		found[m.ID] = e
	}
	for _, m := range l.own {
		add(m, nil)
	}
	for s, messages := range l.sheets {
		for _, m := range messages {
			if e := found[m.ID]; e == nil || !e.own.Load() && e.message.Load().Seq < m.Seq {
				add(m, s)
			}
		}
	}
	all := make([]*entry, 0, len(found))
	for _, e := range found {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *entry) int { return bySeq(a.message.Load(), b.message.Load()) })
	return all
}

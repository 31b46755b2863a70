package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// harness is a store under test and the model of what it must hold.
type harness struct {
	*testing.T
	opener Opener
	dir    string
	store  store.Store
	model  model
}

func (h *harness) open() {
	h.Helper()
	h.store = h.opener(h.T, h.dir)
}

func (h *harness) close() {
	if h.store == nil {
		return
	}
	if err := h.store.Close(); err != nil {
		h.Errorf("Close: %v", err)
	}
	h.store = nil
}

func (h *harness) reopen() {
	h.Helper()
	h.close()
	h.open()
}

// commit numbers and stores events, and tells the model.
func (h *harness) commit(events ...event.Event) {
	h.Helper()
	h.apply(store.Commit{}, events)
}

// apply stores c with events; position and times of receipt are filled in:
// event n is received at n seconds.
func (h *harness) apply(c store.Commit, events []event.Event) {
	h.Helper()
	c.Position = h.model.position
	c.Position.LogSeq++
	c.Position.Seq += uint64(len(events))
	for i := range events {
		c.Received = append(c.Received, receivedAt(h.model.position.Seq+uint64(i)+1))
	}
	if len(events) > 0 {
		c.Events = event.Of(events...)
	}
	if err := h.store.Commit(h.Context(), c); err != nil {
		h.Fatalf("Commit: %v", err)
	}
	h.model.commit(c, events)
}

func receivedAt(seq uint64) int64 { return int64(seq) * 1000 }

// page reads one page, and checks that the events carry what they should.
func (h *harness) page(q store.EventQuery) ([]event.Event, bool) {
	h.Helper()
	events, more, err := h.store.Events(h.Context(), q)
	if err != nil {
		h.Fatalf("Events(%+v): %v", q, err)
	}
	return events, more
}

// all reads every page of a query.
func (h *harness) all(q store.EventQuery) []event.Event {
	h.Helper()
	var events []event.Event
	for {
		page, more := h.page(q)
		events = append(events, page...)
		if !more {
			return events
		}
		if len(page) == 0 {
			h.Fatalf("an empty page says that more events follow")
		}
		last := page[len(page)-1]
		q.Before = &store.Cursor{Time: last.Time, Seq: last.Seq}
	}
}

// replayed collects what Replay yields as rows.
func (h *harness) replayed(f store.Filter, seq, last uint64) []event.Event {
	h.Helper()
	var events []event.Event
	err := h.store.Replay(h.Context(), f, seq, last, func(n store.Numbered) error {
		if n.Block.Len() != len(n.Seqs) || len(n.Seqs) == 0 {
			return fmt.Errorf("a block of %d events has %d numbers", n.Block.Len(), len(n.Seqs))
		}
		for i, seq := range n.Seqs {
			e := n.Block.Row(i)
			e.Seq = seq
			events = append(events, e)
		}
		return nil
	})
	if err != nil {
		h.Fatalf("Replay(%+v, %d, %d): %v", f, seq, last, err)
	}
	return events
}

func (h *harness) alerts(from, to int64, before *alert.Position, limit int) []alert.Transition {
	h.Helper()
	alerts, err := h.store.Alerts(h.Context(), from, to, before, limit)
	if err != nil {
		h.Fatalf("Alerts: %v", err)
	}
	return alerts
}

func (h *harness) alertsAfter(p alert.Position) []alert.Transition {
	h.Helper()
	var alerts []alert.Transition
	err := h.store.AlertsAfter(h.Context(), p, func(a alert.Transition) error {
		alerts = append(alerts, a)
		return nil
	})
	if err != nil {
		h.Fatalf("AlertsAfter: %v", err)
	}
	return alerts
}

func (h *harness) identities(since int64, most int) []store.Identity {
	h.Helper()
	var found []store.Identity
	err := h.store.Identities(h.Context(), since, most, func(i store.Identity) error {
		found = append(found, i)
		return nil
	})
	if err != nil {
		h.Fatalf("Identities: %v", err)
	}
	return found
}

func (h *harness) keys(since int64, most int) []store.Key {
	h.Helper()
	var found []store.Key
	err := h.store.Keys(h.Context(), since, most, func(k store.Key) error {
		found = append(found, k)
		return nil
	})
	if err != nil {
		h.Fatalf("Keys: %v", err)
	}
	return found
}

func (h *harness) metrics() []store.MetricInfo {
	h.Helper()
	infos, err := h.store.Metrics(h.Context())
	if err != nil {
		h.Fatalf("Metrics: %v", err)
	}
	return infos
}

// fataler is what both a test and a property are.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// equal compares slices; an empty one is as good as none.
func equal[T any](t fataler, what string, got, want []T) {
	t.Helper()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if reflect.DeepEqual(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("%s: %d instead of %d, the first missing: %+v", what, len(got), len(want), want[i])
		case i >= len(want):
			t.Fatalf("%s: %d instead of %d, the first too many: %+v", what, len(got), len(want), got[i])
		case !reflect.DeepEqual(got[i], want[i]):
			t.Fatalf("%s: at %d\n got %+v\nwant %+v", what, i, got[i], want[i])
		}
	}
}

// ordered gives an event its tags in the order of their keys.
func ordered(e event.Event) event.Event {
	e.Tags = slices.Clone(e.Tags)
	slices.SortFunc(e.Tags, func(a, b event.Tag) int { return strings.Compare(a.Key, b.Key) })
	if len(e.Tags) == 0 {
		e.Tags = nil
	}
	return e
}

func tags(pairs ...string) []event.Tag {
	var tags []event.Tag
	for i := 0; i < len(pairs); i += 2 {
		tags = append(tags, event.Tag{Key: pairs[i], Value: pairs[i+1]})
	}
	return tags
}

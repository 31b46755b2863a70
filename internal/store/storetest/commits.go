package storetest

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

func (h *harness) checkState() {
	h.Helper()
	for name, want := range h.model.state {
		got, err := h.store.State(name)
		if err != nil || got == nil || !bytes.Equal(got, want) {
			h.Fatalf("State(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
	names, err := h.store.States()
	if err != nil {
		h.Fatalf("States: %v", err)
	}
	equal(h, "names of states", names, slices.Sorted(maps.Keys(h.model.state)))
	if got, err := h.store.State("never saved"); err != nil || got != nil {
		h.Fatalf("State of nothing = %q, %v, want nil", got, err)
	}
}

func testAtomicity(h *harness) {
	h.apply(store.Commit{State: map[string][]byte{"a": []byte("one")}}, mixed(20))
	events := event.Of(mixed(3)...)
	wrong := []store.Commit{
		{Position: store.Position{LogSeq: 2, Seq: 24}, Events: events, Received: make([]int64, 3)}, // leaves a gap
		{Position: store.Position{LogSeq: 2, Seq: 20}, Events: events, Received: make([]int64, 3)}, // overlaps
		{Position: store.Position{LogSeq: 0, Seq: 23}, Events: events, Received: make([]int64, 3)}, // an older message
		{Position: store.Position{LogSeq: 2, Seq: 23}, Events: events, Received: make([]int64, 2)}, // a time is missing
	}
	for _, c := range wrong {
		c.State = map[string][]byte{"a": []byte("two"), "b": []byte("two")}
		c.Keys = []store.Key{{Key: "k", Received: 1}}
		c.Alerts = []alert.Transition{{Position: alert.Position{Seq: 21, N: 1}}}
		if err := h.store.Commit(h.Context(), c); err == nil {
			h.Fatalf("Commit(%+v) is accepted after %+v", c.Position, h.model.position)
		}
	}
	cancelled, cancel := context.WithCancel(h.Context())
	cancel()
	err := h.store.Commit(cancelled, store.Commit{
		Position: store.Position{LogSeq: 2, Seq: 23}, Events: events, Received: make([]int64, 3)})
	if !errors.Is(err, context.Canceled) {
		h.Fatalf("Commit with a cancelled context: %v", err)
	}
	h.checkState()
	equal(h, "keys", h.keys(0, 10), nil)
	equal(h, "alerts", h.alertsAfter(alert.Position{}), nil)
	h.checkAll()
	h.commit(mixed(3)...)
	h.checkAll()
}

func testReopen(h *harness) {
	h.reopen()
	h.checkAll()
	h.apply(store.Commit{State: map[string][]byte{"kpi": {0, 1, 2, 255}, "alert": []byte("x"), "empty": {}}}, mixed(30))
	h.checkState()
	h.reopen()
	h.checkState()
	h.checkEvents()
	h.apply(store.Commit{State: map[string][]byte{"kpi": bytes.Repeat([]byte{7}, 1<<20)}}, mixed(5))
	h.checkState()
	h.reopen()
	h.reopen()
	h.checkState()
	h.checkAll()
}

// testStates saves small and large states, with events and without, again and
// again.
func testStates(h *harness) {
	large := func(seed byte, size int) []byte {
		data := make([]byte, size)
		for i := range data {
			data[i] = seed + byte(i>>12)*byte(i)
		}
		return data
	}
	alone := func(states map[string][]byte) {
		h.Helper()
		c := store.Commit{Position: h.model.position, State: states}
		if err := h.store.Commit(h.Context(), c); err != nil {
			h.Fatalf("Commit of states alone: %v", err)
		}
		h.model.commit(c, nil)
		h.checkState()
	}
	alone(map[string][]byte{"kpi": []byte("before any event")})
	h.apply(store.Commit{State: map[string][]byte{"kpi": large(1, 64<<20), "alert": []byte("small")}}, mixed(5))
	h.checkState()
	h.reopen()
	h.checkState()
	alone(map[string][]byte{"kpi": large(2, 5<<20), "other": large(3, 3<<20), "alert": large(4, 1<<20)})
	if err := h.store.Checkpoint(h.Context()); err != nil {
		h.Fatalf("Checkpoint: %v", err)
	}
	alone(map[string][]byte{"kpi": large(5, 5<<20), "other": nil, "never saved": nil})
	h.reopen()
	h.checkState()
	refused := store.Commit{Position: h.model.position, State: map[string][]byte{"kpi": large(6, 5<<20)}}
	refused.Position.Seq++
	if err := h.store.Commit(h.Context(), refused); err == nil {
		h.Fatalf("a commit that does not follow is accepted")
	}
	h.checkState()
	alone(map[string][]byte{"kpi": {}, "alert": nil})
	h.checkAll()
	h.checkState()
}

func testIdleCommit(h *harness) {
	h.commit(mixed(5)...)
	h.apply(store.Commit{State: map[string][]byte{"clock": []byte("tick")}}, nil)
	h.apply(store.Commit{Keys: []store.Key{{Key: "k", Received: 9}}}, nil)
	c := store.Commit{Position: h.model.position, Events: event.Of()} // not even a message
	if err := h.store.Commit(h.Context(), c); err != nil {
		h.Fatalf("Commit of nothing: %v", err)
	}
	h.checkState()
	h.checkAll()
	equal(h, "keys", h.keys(0, 10), h.model.keys)
}

func testRetain(h *harness) {
	h.apply(store.Commit{Keys: []store.Key{{Key: "old", Received: 10}, {Key: "new", Received: 20}}}, mixed(350))
	h.commit(event.Event{Metric: "soon gone", Time: 3, Tags: tags("only here", "x")})
	retain := func(before, keysBefore int64) {
		h.Helper()
		got, err := h.store.Retain(h.Context(), before, keysBefore)
		if err != nil {
			h.Fatalf("Retain: %v", err)
		}
		if want := h.model.retain(before, keysBefore); got != want {
			h.Fatalf("Retain(%d) deleted %d events, want %d", before, got, want)
		}
		h.checkEvents()
		equal(h, "keys", h.keys(0, 10), h.model.keys)
	}
	retain(0, 0)
	retain(111, 15)
	h.checkAll()
	h.commit(mixed(50)...)
	retain(111, 15)
	retain(300, 21)
	h.checkAll()
	h.apply(store.Commit{Keys: []store.Key{{Key: "newer", Received: 30}}}, nil)
	retain(math.MaxInt32, 0)
	h.checkAll()
	h.commit(mixed(10)...)
	h.checkAll()
	equal(h, "keys", h.keys(0, 10), h.model.keys)
}

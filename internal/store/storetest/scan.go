package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// scan is what Scan must yield: what Replay does, less what was not asked for.
// The numbers are left out, since a block has none.
func (m *model) scan(q store.ScanQuery) []event.Event {
	events := m.replay(store.Filter{Metrics: q.Metrics}, q.After, q.Last)
	for i, e := range events {
		events[i] = event.Event{Metric: e.Metric, Value: e.Value, Time: e.Time}
		for _, t := range e.Tags {
			if slices.Contains(q.Tags, t.Key) {
				events[i].Tags = append(events[i].Tags, t)
			}
		}
	}
	return events
}

// scanned collects what Scan yields as rows, and checks each through: that it
// ascends, and that exactly the events up to it have been yielded.
func (h *harness) scanned(q store.ScanQuery) []event.Event {
	h.Helper()
	var events []event.Event
	at, end := q.After, min(q.Last, h.model.position.Seq)
	err := h.store.Scan(h.Context(), q, func(through uint64, b *event.Block) error {
		if through <= at || through > end || b.Len() > event.MaxRows {
			return fmt.Errorf("a block of %d events goes through %d, after %d and up to %d", b.Len(), through, at, end)
		}
		at = through
		for i := range b.Len() {
			events = append(events, b.Row(i))
		}
		part := q
		part.Last = through
		if want := h.model.scan(part); len(events) != len(want) {
			return fmt.Errorf("through %d there are %d events, want %d", through, len(events), len(want))
		}
		return nil
	})
	if err != nil {
		h.Fatalf("Scan(%+v): %v", q, err)
	}
	if q.After < end && at != end {
		h.Fatalf("Scan(%+v) ends at %d, want %d", q, at, end)
	}
	return events
}

func (h *harness) checkScan(q store.ScanQuery) {
	h.Helper()
	equal(h, fmt.Sprintf("scan %+v", q), h.scanned(q), h.model.scan(q))
}

func testScan(h *harness) {
	h.checkScan(store.ScanQuery{Last: math.MaxUint64}) // of nothing
	h.commit(mixed(300)...)
	h.commit(mixed(200)...)
	bounds := [][2]uint64{
		{0, math.MaxUint64}, {0, 500}, {0, 1}, {499, 500}, {500, 500}, {500, 900}, {299, 301}, {17, 444}, {9, 3},
		{math.MaxUint64 - 1, math.MaxUint64},
	}
	metrics := [][]string{nil, {"case.opened"}, {"case.*"}, {"call.wait", "case.o*"}, {"none"}, {"*"}}
	keys := [][]string{nil, {"office"}, {"office", "agentId"}, {"agentId", "never", "agentId"}, {"never"}}
	for _, b := range bounds {
		for i, names := range metrics {
			h.checkScan(store.ScanQuery{Metrics: names, Tags: keys[i%len(keys)], After: b[0], Last: b[1]})
		}
	}
	for _, tags := range keys {
		h.checkScan(store.ScanQuery{Tags: tags, Last: math.MaxUint64})
	}
	if _, err := h.store.Retain(h.Context(), 200, 0); err != nil {
		h.Fatalf("Retain: %v", err)
	}
	h.model.retain(200, 0)
	h.checkScan(store.ScanQuery{Tags: []string{"office"}, Last: math.MaxUint64})
}

// testScanTags reads few of many keys, with and without columns of their own.
func testScanTags(h *harness) {
	var events []event.Event
	for i := range 200 {
		e := event.Event{Metric: "m", Time: int64(i)}
		for k := range 7 {
			if (i+k)%3 != 0 {
				e.Tags = append(e.Tags, event.Tag{Key: fmt.Sprint("key ", k), Value: []string{"", "x", "a text that is longer than twelve bytes"}[i%3]})
			}
		}
		if i%50 == 0 {
			e.Tags = append(e.Tags, event.Tag{Key: "it's\x00rare", Value: fmt.Sprint(i)})
		}
		events = append(events, e)
	}
	h.commit(events...)
	h.commit(event.Event{Metric: "m", Tags: tags("late", "x")})
	for _, keys := range [][]string{
		{"key 0"}, {"key 5", "key 1"}, {"key 6", "it's\x00rare", "late"}, {"it's\x00rare"}, {"late", "never"},
		{"key 6", "key 5", "key 4", "key 3", "key 2", "key 1", "key 0", "late"},
	} {
		h.checkScan(store.ScanQuery{Tags: keys, Last: math.MaxUint64})
	}
}

// testScanBesideWrites writes from within a scan, which must neither wait for
// the scan nor show in it.
func testScanBesideWrites(h *harness) {
	h.commit(mixed(100)...)
	read := 0
	err := h.store.Scan(h.Context(), store.ScanQuery{Tags: []string{"new"}, Last: math.MaxUint64}, func(_ uint64, b *event.Block) error {
		read += b.Len()
		h.commit(event.Event{Metric: "m", Tags: tags("new", "x")})
		return h.store.Checkpoint(h.Context())
	})
	if err != nil || read != 100 {
		h.Fatalf("Scan beside commits: %d events, %v, want the 100 from before", read, err)
	}
	h.checkAll()
}

func testScanStops(h *harness) {
	h.commit(mixed(100)...)
	all := store.ScanQuery{Last: math.MaxUint64}
	enough := errors.New("enough")
	if err := h.store.Scan(h.Context(), all, func(uint64, *event.Block) error { return enough }); !errors.Is(err, enough) {
		h.Fatalf("Scan: %v, want the error of yield", err)
	}
	ctx, cancel := context.WithCancel(h.Context())
	cancel()
	if err := h.store.Scan(ctx, all, func(uint64, *event.Block) error { return nil }); !errors.Is(err, context.Canceled) {
		h.Fatalf("Scan with a cancelled context: %v", err)
	}
	h.checkScan(all)
}

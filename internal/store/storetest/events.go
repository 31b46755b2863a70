package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// checkEvents compares everything stored with the model, by both ways to read.
func (h *harness) checkEvents() {
	h.Helper()
	want, _ := h.model.page(store.EventQuery{Limit: math.MaxInt})
	equal(h, "events", h.all(store.EventQuery{Limit: 1000}), want)
	equal(h, "replayed events", h.replayed(store.Filter{}, 0, math.MaxUint64), h.model.events)
	equal(h, "metrics", h.metrics(), h.model.metrics())
	keys := slices.Sorted(slices.Values(h.store.TagKeys()))
	equal(h, "tag keys", keys, h.model.sortedTagKeys())
	if got := h.store.Position(); got != h.model.position {
		h.Fatalf("Position() = %+v, want %+v", got, h.model.position)
	}
}

// checkAll does so as committed, after a checkpoint, and after reopening.
func (h *harness) checkAll() {
	h.Helper()
	h.checkEvents()
	if err := h.store.Checkpoint(h.Context()); err != nil {
		h.Fatalf("Checkpoint: %v", err)
	}
	h.checkEvents()
	h.reopen()
	h.checkEvents()
}

func testRoundTrip(h *harness) {
	h.commit(
		event.Event{Metric: "case.resolved", Value: 1, Time: 1700000000000, Source: "permits", ID: "C-1/resolved",
			Tags: tags("caseId", "C-1", "agentId", "a7")},
		event.Event{Metric: "call.wait", Value: -12.375, Time: 0},
		event.Event{Metric: "call.wait", Value: math.MaxFloat64, Time: 253402300799999},
		event.Event{Metric: "call.wait", Value: math.SmallestNonzeroFloat64, Time: 1, ID: "no source"},
		event.Event{Metric: "call.wait", Value: 1e-7, Time: 2, Source: "no id"},
	)
	h.commit(event.Event{Metric: "later", Value: 3, Time: 1, Tags: tags("office", "north")})
	h.checkAll()
}

func testNastyText(h *harness) {
	texts := []string{
		`'`, `"`, `\`, `'; DROP TABLE events; --`, `a,b`, "tab\tnewline\n", "zero\x00byte", "\x01",
		`ключ`, "🚑 ambulance", "e\u0301", "\u202eright to left", " lead and trail ", "NULL", "null", "%", "*", "{}",
		strings.Repeat("long ", 200), strings.Repeat("é", 512), "twelve bytes", "thirteen byte",
	}
	events := make([]event.Event, 0, len(texts))
	for i, text := range texts {
		key := text
		if len(key) > 128 {
			key = key[:128]
		}
		events = append(events, event.Event{
			Metric: text, Value: float64(i), Time: int64(i), Source: text, ID: text,
			Tags: tags(key, text, "plain", text),
		})
	}
	h.commit(events...)
	h.checkAll()
	for _, e := range events {
		f := store.Filter{Metrics: []string{e.Metric}, Tags: e.Tags}
		if strings.HasSuffix(e.Metric, "*") {
			continue // would be a prefix
		}
		want, _ := h.model.page(store.EventQuery{Filter: f, Limit: 10})
		equal(h, fmt.Sprintf("events of %q", e.Metric), h.all(store.EventQuery{Filter: f, Limit: 10}), want)
	}
}

func testAbsentAndEmpty(h *harness) {
	h.commit(
		event.Event{Metric: "m", Time: 1, Tags: tags("a", "")},
		event.Event{Metric: "m", Time: 2},
		event.Event{Metric: "m", Time: 3, Tags: tags("a", "", "b", "x")},
		event.Event{Metric: "m", Time: 4, Tags: tags("", "the empty key")},
	)
	h.checkAll()
	empty := store.Filter{Tags: tags("a", "")}
	want, _ := h.model.page(store.EventQuery{Filter: empty, Limit: 10})
	equal(h, "events with an empty tag", h.all(store.EventQuery{Filter: empty, Limit: 10}), want)
}

// testManyTagKeys goes beyond any sensible number of columns, in several steps.
func testManyTagKeys(h *harness) {
	for step := range 3 {
		var events []event.Event
		for i := range 40 {
			e := event.Event{Metric: "m", Time: int64(step*100 + i)}
			for k := range 6 {
				e.Tags = append(e.Tags, event.Tag{Key: fmt.Sprintf("key%03d", (step*80+i*6+k)%320), Value: fmt.Sprint(i % 5)})
			}
			events = append(events, e)
		}
		h.commit(events...)
	}
	h.checkAll()
	for _, key := range []string{"key000", "key100", "key239", "key319", "never"} {
		f := store.Filter{Tags: tags(key, "3")}
		equal(h, "replay of "+key, h.replayed(f, 0, math.MaxUint64), h.model.replay(f, 0, math.MaxUint64))
	}
}

func testTagKeysLikeColumns(h *harness) {
	keys := []string{
		"value", "VALUE", "time", "Time", "id", "seq", "received", "metric", "source", "more_tags", "rowid",
		"caseId", "caseid", "CASEID", "tag_caseid", "tag_value", "tag_value_2", "tag_", "", "select", "a.b", "a b",
		`a"b`, "key", "column_name", "a\x00b", "a\x00", "Ä", "ä",
	}
	for step := range 2 {
		var e []event.Event
		for i, key := range keys {
			e = append(e, event.Event{Metric: "m", Time: int64(step*100 + i), Tags: tags(key, "text of "+key, "common", "x")})
		}
		h.commit(e...)
	}
	var whole event.Event
	whole.Metric = "whole"
	for _, key := range keys {
		whole.Tags = append(whole.Tags, event.Tag{Key: key, Value: "of " + key})
	}
	h.commit(whole)
	h.checkAll()
	for _, key := range keys {
		f := store.Filter{Tags: tags(key, "of "+key)}
		equal(h, "replay of "+key, h.replayed(f, 0, math.MaxUint64), h.model.replay(f, 0, math.MaxUint64))
	}
}

func testOrder(h *harness) {
	h.commit(
		event.Event{Metric: "m", Time: 5, Value: 1},
		event.Event{Metric: "m", Time: 9, Value: 2},
		event.Event{Metric: "m", Time: 5, Value: 3},
	)
	h.commit(event.Event{Metric: "m", Time: 1, Value: 4}, event.Event{Metric: "m", Time: 5, Value: 5})
	var values []float64
	for _, e := range h.all(store.EventQuery{Limit: 2}) {
		values = append(values, e.Value)
	}
	equal(h, "values newest first", values, []float64{2, 5, 3, 1, 4})
}

// mixed are events over which pages and filters have something to choose.
func mixed(n int) []event.Event {
	metrics := []string{"case.opened", "case.resolved", "call.wait", "case", "cases.all"}
	events := make([]event.Event, n)
	for i := range events {
		e := event.Event{Metric: metrics[i%len(metrics)], Value: float64(i), Time: int64(i / 7 % 50 * 10)}
		if i%3 != 0 {
			e.Tags = append(e.Tags, event.Tag{Key: "office", Value: []string{"north", "south", ""}[i%3]})
		}
		if i%2 == 0 {
			e.Tags = append(e.Tags, event.Tag{Key: "agentId", Value: fmt.Sprint("a", i%11)})
		}
		events[i] = e
	}
	return events
}

func testPaging(h *harness) {
	h.commit(mixed(500)...)
	h.commit(mixed(300)...)
	for _, limit := range []int{7, 100, 799, 800, 801} {
		want, _ := h.model.page(store.EventQuery{Limit: math.MaxInt})
		equal(h, fmt.Sprintf("pages of %d", limit), h.all(store.EventQuery{Limit: limit}), want)
	}
	if page, more := h.page(store.EventQuery{Limit: 800}); len(page) != 800 || more {
		h.Fatalf("a page of all 800 events has %d, more: %t", len(page), more)
	}
	if page, more := h.page(store.EventQuery{Limit: 0}); len(page) != 0 || more {
		h.Fatalf("a page of no events has %d, more: %t", len(page), more)
	}
}

func testFilters(h *harness) {
	h.commit(mixed(400)...)
	filters := []store.Filter{
		{Metrics: []string{"case.opened"}},
		{Metrics: []string{"case.*"}},
		{Metrics: []string{"case*"}},
		{Metrics: []string{"call.wait", "case.o*"}},
		{Metrics: []string{"*"}},
		{Metrics: []string{"none"}},
		{Metrics: []string{"none*", "case"}},
		{Metrics: []string{"CASE"}},
		{Tags: tags("office", "north")},
		{Tags: tags("office", "")},
		{Tags: tags("office", "south", "agentId", "a4")},
		{Tags: tags("Office", "north")},
		{Tags: tags("unknown", "x")},
		{Metrics: []string{"case.*"}, Tags: tags("agentId", "a8")},
	}
	for _, f := range filters {
		want, _ := h.model.page(store.EventQuery{Filter: f, Limit: math.MaxInt})
		equal(h, fmt.Sprintf("events of %+v", f), h.all(store.EventQuery{Filter: f, Limit: 30}), want)
		equal(h, fmt.Sprintf("replay of %+v", f), h.replayed(f, 0, math.MaxUint64), h.model.replay(f, 0, math.MaxUint64))
	}
}

func testTimeBounds(h *harness) {
	h.commit(mixed(400)...)
	for _, b := range [][2]int64{{0, 0}, {100, 0}, {0, 100}, {100, 200}, {100, 101}, {105, 110}, {490, 0}, {491, 0}, {200, 100}} {
		q := store.EventQuery{From: b[0], To: b[1], Limit: 33}
		all := q
		all.Limit = math.MaxInt
		want, _ := h.model.page(all)
		equal(h, fmt.Sprintf("events from %d to %d", b[0], b[1]), h.all(q), want)
	}
}

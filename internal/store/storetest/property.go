package storetest

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// testModel does anything in any order, and reads anything in between.
func testModel(h *harness) {
	dirs := 0
	rapid.Check(h.T, func(t *rapid.T) {
		dirs++
		p := &harness{T: h.T, opener: h.opener, dir: fmt.Sprintf("%s/%d", h.dir, dirs)}
		p.open()
		defer p.close()
		steps := rapid.IntRange(1, 8).Draw(t, "steps")
		for range steps {
			p.step(t)
		}
		p.compare(t)
	})
}

func (h *harness) step(t *rapid.T) {
	switch rapid.SampledFrom([]string{"commit", "commit", "commit", "retain", "checkpoint", "reopen"}).Draw(t, "step") {
	case "commit":
		h.commit(rapid.SliceOfN(rapid.Custom(anyEvent), 0, 20).Draw(t, "events")...)
	case "retain":
		before := rapid.Int64Range(0, 60).Draw(t, "before")
		got, err := h.store.Retain(h.Context(), before, 0)
		if want := h.model.retain(before, 0); err != nil || got != want {
			t.Fatalf("Retain(%d) = %d, %v, want %d", before, got, err, want)
		}
	case "checkpoint":
		if err := h.store.Checkpoint(h.Context()); err != nil {
			t.Fatalf("Checkpoint: %v", err)
		}
	case "reopen":
		h.reopen()
	}
}

var (
	anyMetric = rapid.SampledFrom([]string{"a", "a.b", "a.b.c", "b", "B"})
	anyKey    = rapid.SampledFrom([]string{"k", "K", "office", "time", "other", "tag_k", "x1", "x2", "x3", "x4"})
	anyText   = rapid.SampledFrom([]string{"", "x", "y", "a longer text than twelve bytes"})
)

func anyEvent(t *rapid.T) event.Event {
	e := event.Event{
		Metric: anyMetric.Draw(t, "metric"),
		Value:  rapid.Float64Range(-100, 100).Draw(t, "value"),
		Time:   rapid.Int64Range(0, 50).Draw(t, "time"),
		Source: anyText.Draw(t, "source"),
		ID:     anyText.Draw(t, "id"),
	}
	for _, key := range rapid.SliceOfNDistinct(anyKey, 0, 4, rapid.ID[string]).Draw(t, "keys") {
		e.Tags = append(e.Tags, event.Tag{Key: key, Value: anyText.Draw(t, "text")})
	}
	return e
}

func anyFilter(t *rapid.T) store.Filter {
	var f store.Filter
	f.Metrics = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "a*", "a.b*", "b", "*", "c"}), 0, 2).Draw(t, "metrics")
	for _, key := range rapid.SliceOfNDistinct(anyKey, 0, 2, rapid.ID[string]).Draw(t, "filter keys") {
		f.Tags = append(f.Tags, event.Tag{Key: key, Value: anyText.Draw(t, "filter text")})
	}
	return f
}

// compare asks store and model the same.
func (h *harness) compare(t *rapid.T) {
	equal(t, "metrics", h.metrics(), h.model.metrics())
	equal(t, "replay", h.replayed(store.Filter{}, 0, math.MaxUint64), h.model.events)
	for range 3 {
		f := anyFilter(t)
		q := store.EventQuery{Filter: f, Limit: rapid.IntRange(5, 40).Draw(t, "limit"),
			From: rapid.Int64Range(0, 20).Draw(t, "from"), To: rapid.Int64Range(0, 60).Draw(t, "to")}
		whole := q
		whole.Limit = math.MaxInt
		want, _ := h.model.page(whole)
		equal(t, fmt.Sprintf("events of %+v", q), h.all(q), want)

		seq, last := rapid.Uint64Range(0, 60).Draw(t, "after"), rapid.Uint64Range(0, 200).Draw(t, "last")
		equal(t, fmt.Sprintf("replay of %+v", f), h.replayed(f, seq, last), h.model.replay(f, seq, last))

		keys := rapid.SliceOfN(anyKey, 0, 4).Draw(t, "scanned keys")
		h.checkScan(store.ScanQuery{Metrics: f.Metrics, Tags: keys, After: seq, Last: last})

		step := rapid.Int64Range(1, 30).Draw(t, "step length")
		series, _, err := h.store.Rates(h.Context(), f, q.From, q.From+50, step)
		if err != nil {
			t.Fatalf("Rates: %v", err)
		}
		equal(t, fmt.Sprintf("rates of %+v", f), series, h.model.rates(f, q.From, q.From+50, step))
	}
	most := rapid.IntRange(0, 50).Draw(t, "most")
	equal(t, "identities", h.identities(0, most), h.model.identities(0, most))
}

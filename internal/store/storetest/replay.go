package storetest

import (
	"errors"
	"fmt"
	"math"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

func testReplay(h *harness) {
	h.commit(mixed(300)...)
	h.commit(mixed(200)...)
	for _, b := range [][2]uint64{{0, 500}, {0, 1}, {499, 500}, {500, 500}, {500, 900}, {299, 301}, {17, 444}, {9, 3}, {math.MaxUint64 - 1, math.MaxUint64}} {
		for _, f := range []store.Filter{{}, {Metrics: []string{"case.*"}, Tags: tags("office", "north")}} {
			what := fmt.Sprintf("replay of %+v after %d up to %d", f, b[0], b[1])
			equal(h, what, h.replayed(f, b[0], b[1]), h.model.replay(f, b[0], b[1]))
		}
	}
	// Enough for several blocks, and for few that pass the filter.
	big := make([]event.Event, 30_000)
	for i := range big {
		big[i] = event.Event{Metric: "bulk", Time: int64(i), Tags: tags("n", fmt.Sprint(i%10_000))}
	}
	h.commit(big...)
	for _, f := range []store.Filter{{}, {Tags: tags("n", "77")}, {Metrics: []string{"case.opened"}}} {
		equal(h, fmt.Sprintf("long replay of %+v", f), h.replayed(f, 3, math.MaxUint64), h.model.replay(f, 3, math.MaxUint64))
	}
}

func testReplayStops(h *harness) {
	h.commit(mixed(100)...)
	enough := errors.New("enough")
	err := h.store.Replay(h.Context(), store.Filter{}, 0, 100, func(store.Numbered) error { return enough })
	if !errors.Is(err, enough) {
		h.Fatalf("Replay: %v, want the error of yield", err)
	}
}

func testRates(h *harness) {
	h.commit(mixed(400)...)
	for _, c := range []struct{ from, to, step int64 }{{0, 500, 100}, {0, 500, 77}, {55, 56, 1}, {100, 350, 250}, {1000, 2000, 500}, {5, 5, 1}} {
		for _, f := range []store.Filter{{}, {Metrics: []string{"case.*"}}, {Tags: tags("office", "north")}} {
			got, seq, err := h.store.Rates(h.Context(), f, c.from, c.to, c.step)
			if err != nil {
				h.Fatalf("Rates: %v", err)
			}
			if want := h.store.Position().Seq; seq != want {
				h.Fatalf("rates up to event %d, want %d", seq, want)
			}
			equal(h, fmt.Sprintf("rates %+v of %+v", c, f), got, h.model.rates(f, c.from, c.to, c.step))
		}
	}
	if _, _, err := h.store.Rates(h.Context(), store.Filter{}, 0, 10, 0); err == nil {
		h.Fatalf("a step of no length is accepted")
	}
}

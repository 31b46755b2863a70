package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

func transitions(n int) []alert.Transition {
	alerts := make([]alert.Transition, n)
	for i := range alerts {
		alerts[i] = alert.Transition{
			Position: alert.Position{Seq: uint64(i / 3), N: uint32(i%3 + 1)},
			Rule:     fmt.Sprint("rule ", i%4), Metric: "case.resolved.rate",
			State: alert.Critical, Previous: alert.OK,
			Value: float64(i) / 2, Timestamp: int64(1000 - i), At: int64(i * 10), Since: int64(i), Condition: "below 2",
			Kind: alert.KindThreshold, N: int64(i), Provisional: i%5 == 0,
		}
		if i%3 == 0 {
			alerts[i].Kind, alerts[i].Evidence = "promql", json.RawMessage(`{"expr":"up == 0"}`)
			alerts[i].Annotations = tags("summary", "it's down")
		}
		if i%2 == 0 {
			alerts[i].Tags = tags("office", fmt.Sprint("o", i), "agent's", `"q"`)
		}
	}
	return alerts
}

func testAlerts(h *harness) {
	all := transitions(50)
	h.apply(store.Commit{Alerts: all[:20]}, mixed(3))
	h.apply(store.Commit{Alerts: all[20:]}, nil)
	newest := slices.Clone(all)
	slices.Reverse(newest)
	equal(h, "alerts", h.alerts(0, 0, nil, 100), newest)
	equal(h, "alerts at [100, 200)", h.alerts(100, 200, nil, 100), newest[30:40])
	var paged []alert.Transition
	var before *alert.Position
	for {
		page := h.alerts(0, 10_000, before, 7)
		paged = append(paged, page...)
		if len(page) < 7 {
			break
		}
		before = &page[6].Position
	}
	equal(h, "pages of alerts", paged, newest)
	h.reopen()
	equal(h, "alerts after reopening", h.alerts(0, 0, nil, 100), newest)
}

func testFindAlerts(h *harness) {
	all := transitions(50)
	h.apply(store.Commit{Alerts: all}, mixed(3))
	slices.Reverse(all)
	has := func(a alert.Transition, key, value string) bool {
		return slices.Contains(a.Tags, event.Tag{Key: key, Value: value})
	}
	for name, c := range map[string]struct {
		query store.AlertQuery
		want  func(alert.Transition) bool
	}{
		"of a rule":          {store.AlertQuery{Rule: "rule 2"}, func(a alert.Transition) bool { return a.Rule == "rule 2" }},
		"of a kind":          {store.AlertQuery{Kind: "promql"}, func(a alert.Transition) bool { return a.Kind == "promql" }},
		"of a state":         {store.AlertQuery{State: "critical"}, func(alert.Transition) bool { return true }},
		"of no state":        {store.AlertQuery{State: "warning"}, func(alert.Transition) bool { return false }},
		"with a tag":         {store.AlertQuery{Tags: tags("office", "o4")}, func(a alert.Transition) bool { return has(a, "office", "o4") }},
		"with an odd tag":    {store.AlertQuery{Tags: tags("agent's", `"q"`)}, func(a alert.Transition) bool { return has(a, "agent's", `"q"`) }},
		"of a series":        {store.AlertQuery{Tags: tags("office", "o4", "agent's", `"q"`), Exact: true}, func(a alert.Transition) bool { return has(a, "office", "o4") }},
		"with but one tag":   {store.AlertQuery{Tags: tags("office", "o4"), Exact: true}, func(alert.Transition) bool { return false }},
		"without tags":       {store.AlertQuery{Exact: true}, func(a alert.Transition) bool { return len(a.Tags) == 0 }},
		"of a rule and span": {store.AlertQuery{Rule: "rule 2", From: 100, To: 300}, func(a alert.Transition) bool { return a.Rule == "rule 2" && a.At >= 100 && a.At < 300 }},
		"of a rule, behind":  {store.AlertQuery{Rule: "rule 2", Before: &all[20].Position}, func(a alert.Transition) bool { return a.Rule == "rule 2" && a.Position.Before(all[20].Position) }},
	} {
		var want []alert.Transition
		for _, a := range all {
			if c.want(a) {
				want = append(want, a)
			}
		}
		c.query.Limit = 100
		got, err := h.store.FindAlerts(h.Context(), c.query)
		if err != nil {
			h.Fatalf("FindAlerts %s: %v", name, err)
		}
		equal(h, "alerts "+name, got, want)
	}
}

func testLatestAlerts(h *harness) {
	series := func(n uint32, rule string, at int64, state alert.State, office string) alert.Transition {
		return alert.Transition{
			Position: alert.Position{Seq: 1, N: n}, Kind: alert.KindThreshold, Rule: rule,
			State: state, Previous: alert.OK, At: at, Tags: tags("office", office),
		}
	}
	all := []alert.Transition{
		series(1, "a", 10, alert.Warning, "north"), series(2, "a", 20, alert.Critical, "north"),
		series(3, "a", 20, alert.Warning, "south"), series(4, "a", 30, alert.OK, "south"),
		series(5, "b", 30, alert.Warning, "north"), series(6, "b", 40, alert.OK, "north"),
	}
	h.apply(store.Commit{Alerts: all}, mixed(3))
	for since, want := range map[int64][]alert.Transition{0: {all[1], all[3], all[5]}, 40: {all[1], all[5]}, 41: {all[1]}} {
		got, err := h.store.LatestAlerts(h.Context(), since)
		if err != nil {
			h.Fatalf("LatestAlerts: %v", err)
		}
		equal(h, fmt.Sprint("latest alerts, recovered since ", since), got, want)
	}
}

func testAlertsAfter(h *harness) {
	all := transitions(2500) // more than an adapter would read at once
	h.apply(store.Commit{Alerts: all}, mixed(3))
	equal(h, "alerts from the start", h.alertsAfter(alert.Position{}), all)
	equal(h, "alerts after 5.2", h.alertsAfter(alert.Position{Seq: 5, N: 2}), all[17:])
	equal(h, "alerts after 5", h.alertsAfter(alert.Position{Seq: 5}), all[15:])
	equal(h, "alerts after the last", h.alertsAfter(all[len(all)-1].Position), nil)
	enough := errors.New("enough")
	if err := h.store.AlertsAfter(h.Context(), alert.Position{}, func(alert.Transition) error { return enough }); !errors.Is(err, enough) {
		h.Fatalf("AlertsAfter: %v, want the error of yield", err)
	}
}

func testIdentities(h *harness) {
	var events []event.Event
	for i := range 400 {
		e := event.Event{Metric: "m", Time: int64(400 - i)}
		if i%3 != 0 {
			e.ID = fmt.Sprint("id-", i)
		}
		if i%5 != 0 {
			e.Source = fmt.Sprint("source-", i%4)
		}
		events = append(events, e)
	}
	h.commit(events[:150]...)
	h.commit(events[150:]...)
	check := func() {
		h.Helper()
		for _, c := range []struct {
			since int64
			most  int
		}{{0, math.MaxInt32}, {0, 100}, {0, 1}, {0, 0}, {200_000, 1000}, {200_500, 20}, {999_999, 10}} {
			equal(h, fmt.Sprintf("identities %+v", c), h.identities(c.since, c.most), h.model.identities(c.since, c.most))
		}
	}
	check()
	h.reopen()
	check()
	enough := errors.New("enough")
	if err := h.store.Identities(h.Context(), 0, 10, func(store.Identity) error { return enough }); !errors.Is(err, enough) {
		h.Fatalf("Identities: %v, want the error of yield", err)
	}
}

func testKeys(h *harness) {
	for i := range 10 {
		var c store.Commit
		for k := range 30 {
			c.Keys = append(c.Keys, store.Key{Key: fmt.Sprintf("key'%d\x00%d", i, k), Received: int64(i * 100)})
		}
		h.apply(c, nil)
		if i == 5 {
			h.reopen()
		}
	}
	for _, c := range []struct {
		since int64
		most  int
	}{{0, 1000}, {0, 17}, {300, 1000}, {301, 5}, {0, 0}, {5000, 10}} {
		equal(h, fmt.Sprintf("keys %+v", c), h.keys(c.since, c.most), h.model.lastKeys(c.since, c.most))
	}
}

// testConcurrentReads has readers count while commits of a hundred events, each
// with a new tag key, go by: they must see hundreds, and every tag.
func testConcurrentReads(h *harness) {
	const size, commits = 100, 25
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for r := range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := h.readWhole(r, size); err != nil {
					h.Errorf("while committing: %v", err)
					return
				}
			}
		})
	}
	for i := range commits {
		events := make([]event.Event, size)
		for k := range events {
			events[k] = event.Event{Metric: "m", Time: int64(i), Tags: tags("commit", fmt.Sprint(i), fmt.Sprint("key ", i), "x")}
		}
		h.commit(events...)
		if i%10 == 9 {
			if err := h.store.Checkpoint(h.Context()); err != nil {
				h.Errorf("Checkpoint: %v", err)
			}
		}
	}
	close(stop)
	readers.Wait()
	h.checkAll()
}

func (h *harness) readWhole(kind, size int) error {
	var events []event.Event
	switch kind {
	case 0:
		page, _, err := h.store.Events(h.Context(), store.EventQuery{Limit: 10_000})
		if err != nil {
			return err
		}
		events = page
	case 1:
		err := h.store.Replay(h.Context(), store.Filter{}, 0, math.MaxUint64, func(n store.Numbered) error {
			for i := range n.Seqs {
				events = append(events, n.Block.Row(i))
			}
			return nil
		})
		if err != nil {
			return err
		}
	case 2:
		q := store.ScanQuery{Last: h.store.Position().Seq}
		q.Tags = h.store.TagKeys() // those of the events up to Last at least
		err := h.store.Scan(h.Context(), q, func(_ uint64, b *event.Block) error {
			for i := range b.Len() {
				events = append(events, b.Row(i))
			}
			return nil
		})
		if err != nil {
			return err
		}
	default:
		infos, err := h.store.Metrics(h.Context())
		if err != nil || len(infos) == 0 {
			return err
		}
		if infos[0].Count%uint64(size) != 0 || len(infos[0].TagKeys) != int(infos[0].Count)/size+1 {
			return fmt.Errorf("Metrics shows part of a commit: %+v", infos[0])
		}
		return nil
	}
	if len(events)%size != 0 {
		return fmt.Errorf("%d events are seen, commits are of %d", len(events), size)
	}
	for _, e := range events {
		if len(e.Tags) != 2 {
			return fmt.Errorf("an event is seen without all its tags: %+v", e)
		}
	}
	return nil
}

func testCancelledRead(h *harness) {
	h.commit(mixed(10)...)
	ctx, cancel := context.WithCancel(h.Context())
	cancel()
	if _, _, err := h.store.Events(ctx, store.EventQuery{Limit: 1}); !errors.Is(err, context.Canceled) {
		h.Fatalf("Events with a cancelled context: %v", err)
	}
	if _, more := h.page(store.EventQuery{Limit: 1}); !more {
		h.Fatalf("after a cancelled read the next finds nothing")
	}
}

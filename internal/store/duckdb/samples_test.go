package duckdb_test

import (
	"math"
	"slices"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

// TestBulkSamplesAreTheEventsOfATime compares with Replay, over more events than one
// query reads, with tags in columns and in the map.
func TestBulkSamplesAreTheEventsOfATime(t *testing.T) {
	s := open(t, duckdb.Options{Dir: t.TempDir(), TagColumns: 3})
	defer s.Close()
	fill(t, s, newLoad(false), 300_000)
	var all []event.Event
	var seqs []uint64
	if err := s.Replay(t.Context(), store.Filter{}, 0, 300_000, func(n store.Numbered) error {
		for i := range n.Block.Len() {
			e := n.Block.Row(i)
			e.ID, e.Source = "", ""
			all, seqs = append(all, e), append(seqs, n.Seqs[i])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	metric, middle := all[1000].Metric, all[150_000].Time
	for _, q := range []store.SampleQuery{
		{From: math.MinInt64, To: math.MaxInt64, Last: 1 << 60},
		{Filter: store.Filter{Metrics: []string{metric}}, From: math.MinInt64, To: math.MaxInt64, Last: 1 << 60},
		{Filter: store.Filter{Metrics: []string{metric}}, From: middle, To: math.MaxInt64, Last: 299_000},
		{Filter: store.Filter{Metrics: []string{metric}, Tags: all[1000].Tags[:1]}, From: middle - 1000, To: middle, Last: 1 << 60},
		{From: middle, To: middle + 1, Last: 1 << 60},
		{Filter: store.Filter{Metrics: []string{"none"}}, From: 0, To: math.MaxInt64, Last: 1 << 60},
		{From: middle, To: middle, Last: 1 << 60},
	} {
		var want, got []event.Event
		for i, e := range all {
			has := func(t event.Tag) bool { v, ok := e.Tag(t.Key); return ok && v == t.Value }
			if e.Time >= q.From && e.Time < q.To && seqs[i] <= q.Last && (len(q.Metrics) == 0 || e.Metric == q.Metrics[0]) &&
				!slices.ContainsFunc(q.Tags, func(t event.Tag) bool { return !has(t) }) {
				e.Seq = seqs[i]
				want = append(want, e)
			}
		}
		if err := s.Samples(t.Context(), q, func(n store.Numbered) error {
			for i := range n.Block.Len() {
				e := n.Block.Row(i)
				e.Seq = n.Seqs[i]
				got = append(got, e)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want, sameEvent) {
			t.Errorf("%+v: %d events, want %d", q, len(got), len(want))
		}
	}
}

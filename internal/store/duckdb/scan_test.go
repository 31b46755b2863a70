package duckdb_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

var officeTags = []string{"agentId", "caseId", "channel", "office", "priority"}

// TestBulkScanStretches scans more than one query reads, with events thinned out by
// retention, and compares with what Replay yields.
func TestBulkScanStretches(t *testing.T) {
	s := open(t, duckdb.Options{Dir: t.TempDir()})
	defer s.Close()
	fill(t, s, newLoad(false), 600_000)
	for _, step := range []string{"as committed", "after a checkpoint", "after retention"} {
		switch step {
		case "after a checkpoint":
			if err := s.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
		case "after retention":
			if _, err := s.Retain(t.Context(), 1_700_000_000_500, 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []store.ScanQuery{
			{Last: 600_000},
			{Tags: officeTags[1:2], After: 100, Last: 599_999},
			{Tags: []string{"office", "never", "caseId"}, Metrics: []string{"case.step.1", "case.step.3"}, Last: 1 << 60},
			{Tags: officeTags, Metrics: []string{"none"}, Last: 1 << 60},
		} {
			want, got := digest(t, s, q), 0
			var last uint64
			err := s.Scan(t.Context(), q, func(through uint64, b *event.Block) error {
				for i := range b.Len() {
					if e := b.Row(i); got >= len(want) || !sameEvent(e, want[got]) {
						return fmt.Errorf("event %d is %+v", got, e)
					}
					got++
				}
				last = through
				return nil
			})
			if err != nil || got != len(want) || last != min(600_000, q.Last) {
				t.Fatalf("%s: scan %+v yields %d events through %d, %v, want %d", step, q, got, last, err, len(want))
			}
		}
	}
}

// TestScanReadsAhead has the race detector look at a scan of three stretches, of
// which one is read while the one before is looked at.
func TestScanReadsAhead(t *testing.T) {
	const n, size = 500_000, 50_000
	s := open(t, duckdb.Options{Dir: t.TempDir()})
	defer s.Close()
	metric := []byte("m")
	for first := 0; first < n; first += size {
		var b event.Builder
		for i := range size {
			b.Start()
			b.SetMetric(metric)
			b.SetTime(int64(first + i))
		}
		c := store.Commit{Events: b.Block(), Received: make([]int64, size)}
		c.Position = store.Position{LogSeq: uint64(first + size), Seq: uint64(first + size)}
		if err := s.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	next := int64(0)
	err := s.Scan(t.Context(), store.ScanQuery{Last: n}, func(through uint64, b *event.Block) error {
		for _, at := range b.Times {
			if at != next {
				return fmt.Errorf("event %d comes in place of %d", at, next)
			}
			next++
		}
		if through != uint64(next) {
			return fmt.Errorf("through %d after %d events", through, next)
		}
		return nil
	})
	if err != nil || next != n {
		t.Fatalf("%d events, %v", next, err)
	}
}

// digest is what a scan must yield, by way of Replay.
func digest(t *testing.T, s store.Store, q store.ScanQuery) (events []event.Event) {
	t.Helper()
	err := s.Replay(t.Context(), store.Filter{Metrics: q.Metrics}, q.After, q.Last, func(n store.Numbered) error {
		for i := range n.Seqs {
			e := n.Block.Row(i)
			e.Tags = slices.DeleteFunc(e.Tags, func(t event.Tag) bool { return !slices.Contains(q.Tags, t.Key) })
			events = append(events, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// sameEvent compares field by field: what formats its hundreds of thousands of
// events to compare them takes minutes under the race detector.
func sameEvent(a, b event.Event) bool {
	return a.Seq == b.Seq && a.Metric == b.Metric && a.Value == b.Value && a.Time == b.Time &&
		a.Source == b.Source && a.ID == b.ID && slices.Equal(a.Tags, b.Tags)
}

// BenchmarkScan reads a history of 3 million events in order, as a back-fill
// does.
func BenchmarkScan(b *testing.B) {
	const n = 3_000_000
	s := open(b, duckdb.Options{Dir: b.TempDir()})
	defer s.Close()
	fill(b, s, newLoad(false), n)
	if err := s.Checkpoint(context.Background()); err != nil {
		b.Fatal(err)
	}
	for _, q := range []struct {
		name string
		store.ScanQuery
	}{
		{"tags=0", store.ScanQuery{}},
		{"tags=2", store.ScanQuery{Tags: []string{"caseId", "office"}}},
		{"tags=5", store.ScanQuery{Tags: officeTags}},
		{"tags=5/one of 4 metrics", store.ScanQuery{Tags: officeTags, Metrics: []string{"case.step.2"}}},
	} {
		b.Run(fmt.Sprintf("%s/stored=%dM", q.name, n/1_000_000), func(b *testing.B) {
			q.Last = n
			var spent time.Duration
			for b.Loop() {
				before := processor()
				if err := s.Scan(context.Background(), q.ScanQuery, func(uint64, *event.Block) error { return nil }); err != nil {
					b.Fatal(err)
				}
				spent += processor() - before
			}
			b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/n, "cpu-ns/event")
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "M-events/s")
		})
	}
}

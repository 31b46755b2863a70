package duckdb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

// processor is the time that this process has had of all cores.
func processor() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkCommit tells what a row costs, checkpoints included.
func BenchmarkCommit(b *testing.B) {
	for _, rows := range []int{1, 100, 1000, 10_000, 50_000, 122_880} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := open(b, duckdb.Options{Dir: b.TempDir()})
			defer s.Close()
			l := newLoad(false)
			var spent time.Duration
			for b.Loop() {
				b.StopTimer()
				c := l.commits(1, rows)[0]
				before := processor()
				b.StartTimer()
				if err := s.Commit(context.Background(), c); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				spent += processor() - before
				b.StartTimer()
			}
			perRow := float64(b.N) * float64(rows)
			b.ReportMetric(float64(spent.Nanoseconds())/1e3/perRow, "cpu-us/row")
			b.ReportMetric(perRow/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// stored is how many events the benchmarks below find: 1 million, or as many as
// HMS_BENCH_STORED says (10M takes about a minute to make).
func stored(b *testing.B) int {
	text := os.Getenv("HMS_BENCH_STORED")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("HMS_BENCH_STORED: %v", err)
	}
	return n
}

// BenchmarkStored reads from a store that holds many events.
func BenchmarkStored(b *testing.B) {
	n := stored(b)
	size := fmt.Sprintf("stored=%dM", n/1_000_000)
	dir := b.TempDir()
	s := open(b, duckdb.Options{Dir: dir})
	l := newLoad(true)
	began := time.Now()
	fill(b, s, l, n)
	b.Logf("stored %d events in %v", n, time.Since(began))
	defer func() { s.Close() }()
	ctx := context.Background()

	b.Run("Open/"+size, func(b *testing.B) {
		for b.Loop() {
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			s = open(b, duckdb.Options{Dir: dir})
		}
		info, _ := os.Stat(filepath.Join(dir, duckdb.FileName))
		b.ReportMetric(float64(info.Size())/float64(n), "bytes/event")
	})
	last := 1_700_000_000_000 + int64(n/300)
	pages := []struct {
		name string
		q    store.EventQuery
	}{
		{"all", store.EventQuery{}},
		{"metric", store.EventQuery{Filter: store.Filter{Metrics: []string{"case.step.2"}}}},
		{"prefix", store.EventQuery{Filter: store.Filter{Metrics: []string{"case.*"}}}},
		{"agent", store.EventQuery{Filter: store.Filter{Tags: []event.Tag{{Key: "agentId", Value: "agent-0007"}}}}},
		{"case", store.EventQuery{Filter: store.Filter{Tags: []event.Tag{{Key: "caseId", Value: "C-1000777"}}}}},
		{"nothing", store.EventQuery{Filter: store.Filter{Tags: []event.Tag{{Key: "caseId", Value: "none"}}}}},
		{"middle", store.EventQuery{Before: &store.Cursor{Time: last - int64(n/600), Seq: 1 << 60}}},
		{"second", store.EventQuery{From: last - 10_000, To: last - 9_000}},
	}
	for _, p := range pages {
		for _, limit := range []int{50, 1000} {
			b.Run(fmt.Sprintf("EventsPage/%s/limit=%d/%s", p.name, limit, size), func(b *testing.B) {
				p.q.Limit = limit
				for b.Loop() {
					if _, _, err := s.Events(ctx, p.q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	b.Run("Metrics/"+size, func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Metrics(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Rates/"+size, func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Rates(ctx, store.Filter{}, last-int64(n/300), last, 1000); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, r := range []struct {
		name string
		f    store.Filter
	}{{"all", store.Filter{}}, {"agent", store.Filter{Tags: []event.Tag{{Key: "agentId", Value: "agent-0007"}}}}} {
		b.Run("Replay/"+r.name+"/"+size, func(b *testing.B) {
			for b.Loop() {
				if err := s.Replay(ctx, r.f, 0, 1<<60, func(store.Numbered) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Replay/last=1000/"+size, func(b *testing.B) {
		for b.Loop() {
			if err := s.Replay(ctx, store.Filter{}, uint64(n-1000), 1<<60, func(store.Numbered) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Identities/"+size, func(b *testing.B) {
		for b.Loop() {
			if err := s.Identities(ctx, 0, n, func(store.Identity) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

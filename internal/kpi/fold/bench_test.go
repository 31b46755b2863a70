package fold

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// An idle machine finds no facts, so that the fold alone is measured.
type idle struct{ machine }

func (idle) Step(w *work, e Event, found []facts.Fact) []facts.Fact {
	w.open, w.since, w.n = e.Kind == begin, e.T, w.n+1
	return found
}

func (idle) Pending(_ *work, found []facts.Fact) []facts.Fact { return found }

func newIdle() *Keyed[work] {
	m := idle{machine{facts.NewLabels([]string{"office"}), &facts.Dict{}}}
	for i := range 50 {
		m.labels.Of([]string{fmt.Sprint(i)}, []bool{true})
	}
	return NewKeyed(&m, facts.NewIndex(make([]bool, 4), true))
}

const start = 1_700_000_000_000

func perEvent(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
}

// Each thing has some events, and those of many things lie between them.
func BenchmarkAdd(b *testing.B) {
	for _, each := range []int{1, 2, 4, 8, 16, 64, 1024} {
		b.Run(fmt.Sprintf("things=%d/each=%d", (1<<18)/each, each), func(b *testing.B) {
			const n = 1 << 18
			keys := rand.New(rand.NewPCG(1, 2)).Perm(n)
			for b.Loop() {
				k := newIdle()
				for i, key := range keys {
					k.Add(uint32(key%(n/each)), Event{T: start + int64(i)*500, Kind: uint8(i) % 2, Label: uint32(i % 51)})
				}
			}
			perEvent(b, n)
		})
	}
}

// Every tenth event is late.
func BenchmarkAddLate(b *testing.B) {
	for _, each := range []int{4, 64} {
		b.Run(fmt.Sprintf("each=%d", each), func(b *testing.B) {
			const n = 1 << 18
			keys := rand.New(rand.NewPCG(1, 2)).Perm(n)
			for b.Loop() {
				k := newIdle()
				for i, key := range keys {
					t := start + int64(i)*500
					if i%10 == 0 {
						t -= int64(key) * 500
					}
					k.Add(uint32(key%(n/each)), Event{T: t, Kind: uint8(i) % 2, Label: uint32(i % 51)})
				}
			}
			perEvent(b, n)
		})
	}
}

func BenchmarkAddWithFacts(b *testing.B) {
	const n, things = 1 << 18, 1 << 16
	keys := rand.New(rand.NewPCG(1, 2)).Perm(n)
	for b.Loop() {
		w := newBench()
		for i, key := range keys {
			w.keyed.Add(uint32(key%things), Event{T: start + int64(i), Kind: uint8(i) % 2})
		}
	}
	perEvent(b, n)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What a million things take, open after one event or at rest after some.
func BenchmarkMemory(b *testing.B) {
	for _, each := range []int{1, 2, 3, 6} {
		b.Run(fmt.Sprintf("things=1M/each=%d", each), func(b *testing.B) {
			const things = 1_000_000
			for b.Loop() {
				before := heap()
				k := newIdle()
				for i := range each {
					for key := range uint32(things) {
						k.Add(key, Event{T: start + int64(key)*1000 + int64(i)*3_600_000, Kind: uint8(i % 2), Label: key % 51})
					}
				}
				b.ReportMetric(float64(heap()-before)/things, "bytes/thing")
				runtime.KeepAlive(k)
			}
		})
	}
}

func BenchmarkRestore(b *testing.B) {
	const things, each = 1 << 17, 4
	k := newIdle()
	for i := range each {
		for key := range uint32(things) {
			k.Add(key, Event{T: start + int64(key)*1000 + int64(i)*3_600_000, Kind: uint8(i % 2), Label: key % 51})
		}
	}
	data := k.AppendBinary(nil)
	for b.Loop() {
		again := newIdle()
		r := bin.NewReader(data)
		again.Restore(r)
		if err := r.End(); err != nil {
			b.Fatal(err)
		}
	}
	perEvent(b, things*each)
	b.ReportMetric(float64(len(data))/(things*each), "bytes/event")
}

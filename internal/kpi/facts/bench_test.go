package facts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
)

const facts10M = 10_000_000

// inOrder is n facts of a busy year.
func inOrder(n int, wide bool) *Series {
	s := &Series{wide: wide}
	for i := range n {
		s.Add(int64(i)*3000, float64(i*3000+500))
	}
	return s
}

func perFact(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/fact")
}

func BenchmarkAddInOrder(b *testing.B) {
	for _, wide := range []bool{false, true} {
		b.Run(fmt.Sprintf("wide=%v", wide), func(b *testing.B) {
			const n = 1_000_000
			for b.Loop() {
				inOrder(n, wide)
			}
			perFact(b, n)
		})
	}
}

// Late facts lie within an hour, a day, or anywhere.
func BenchmarkAddLate(b *testing.B) {
	for _, back := range []int64{1200, 28800, facts10M / 10} {
		for _, wide := range []bool{false, true} {
			b.Run(fmt.Sprintf("back=%d/wide=%v", back, wide), func(b *testing.B) {
				s := inOrder(facts10M/10, wide)
				r := rand.New(rand.NewPCG(1, 2))
				end := s.At(s.Len() - 1)
				for b.Loop() {
					s.Add(end-r.Int64N(back*3000), 0.5)
					end += 3000
					s.Add(end, 0.5)
				}
			})
		}
	}
}

func BenchmarkAddAndRemove(b *testing.B) {
	s := inOrder(facts10M/10, true)
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		i := r.Int64N(facts10M / 10)
		s.Remove(i*3000, float64(i*3000+500))
		s.Add(i*3000, float64(i*3000+500))
	}
}

func BenchmarkRevise(b *testing.B) {
	s := inOrder(facts10M/10, true)
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		i := r.Int64N(facts10M / 10)
		s.Revise(i*3000, float64(i*3000+500), math.Inf(1))
		s.Revise(i*3000, math.Inf(1), float64(i*3000+500))
	}
}

func BenchmarkRank(b *testing.B) {
	s := inOrder(facts10M, false)
	r := rand.New(rand.NewPCG(1, 2))
	for _, back := range []int64{1000, 100_000, facts10M} {
		b.Run(fmt.Sprintf("facts=10M/back=%d", back), func(b *testing.B) {
			sum := 0
			for b.Loop() {
				sum += s.Rank(facts10M*3000 - r.Int64N(back*3000))
			}
		})
	}
}

// Of ten million spans a few are open.
func BenchmarkRangeOfOpen(b *testing.B) {
	s := inOrder(facts10M, true)
	for i := range 100 {
		s.Add(int64(i)*300_000_000, math.Inf(1))
	}
	for b.Loop() {
		n := 0
		for range s.RangeAbove(0, math.MaxInt64, facts10M*3000+1000) {
			n++
		}
		if n != 100 {
			b.Fatal(n)
		}
	}
}

func BenchmarkRangeOfAll(b *testing.B) {
	s := inOrder(1_000_000, true)
	for b.Loop() {
		sum := 0.0
		for _, x := range s.Range(0, math.MaxInt64) {
			sum += x
		}
	}
	perFact(b, 1_000_000)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkMemory(b *testing.B) {
	for _, wide := range []bool{false, true} {
		for _, shuffled := range []bool{false, true} {
			b.Run(fmt.Sprintf("wide=%v/shuffled=%v", wide, shuffled), func(b *testing.B) {
				const n = 1_000_000
				for b.Loop() {
					before := heap()
					s := &Series{wide: wide}
					for i, k := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
						if !shuffled {
							k = i
						}
						s.Add(int64(k)*3000, float64(k))
					}
					b.ReportMetric(float64(heap()-before)/n, "bytes/fact")
					runtime.KeepAlive(s)
				}
			})
		}
	}
}

func BenchmarkLabelsRow(b *testing.B) {
	for keys := range 4 {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			const rows = 1000
			var made event.Builder
			for i := range rows {
				made.Append(event.Event{Metric: "m", Tags: []event.Tag{
					{Key: "a", Value: fmt.Sprint(i % 50)}, {Key: "b", Value: fmt.Sprint(i % 3)}, {Key: "c", Value: fmt.Sprint(i % 7)}}})
			}
			block := made.Block()
			l := NewLabels([]string{"a", "b", "c"}[:keys])
			for b.Loop() {
				l.Use(block)
				for row := range rows {
					l.Row(row)
				}
			}
			perFact(b, rows)
		})
	}
}

package eventlog_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
)

// BenchmarkAppend measures the acknowledgement (p50, p99), the time until a
// reader has the message (deliver-*, from the start of the append), and CPU of
// the whole process for each append.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{200, 100_000, 1_000_000, 4_000_000} {
		for _, inflight := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("bytes=%d/inflight=%d", size, inflight), func(b *testing.B) {
				benchmarkAppend(b, size, inflight)
			})
		}
	}
}

func benchmarkAppend(b *testing.B, size, inflight int) {
	l := openBench(b)
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte(i * 7)
	}
	start := time.Now()
	sent, took, seen := make([]int64, b.N+1), make([]int64, b.N), make([]int64, b.N+1)
	ctx, cancel := context.WithCancel(context.Background())
	read := make(chan error, 1)
	go func() {
		read <- l.Read(ctx, 1, func(m eventlog.Message) error {
			seen[m.Seq] = int64(time.Since(start))
			if int(m.Seq) == b.N {
				cancel()
			}
			return nil
		})
	}()
	b.SetBytes(int64(size))
	b.ResetTimer()
	cpu := cpuTime()
	var next atomic.Int64
	var senders sync.WaitGroup
	for range inflight {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				at := time.Since(start)
				ack, err := l.Append(ctx, payload)
				if err != nil && ctx.Err() == nil {
					b.Error(err)
					return
				}
				took[i] = int64(time.Since(start) - at)
				sent[ack.Seq] = int64(at)
			}
		})
	}
	senders.Wait()
	b.StopTimer()
	<-read
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/1e3, "cpu-us/op")
	for i := range seen {
		seen[i] -= sent[i]
	}
	report(b, "ack", took)
	report(b, "deliver", seen[1:])
}

// BenchmarkGroupCommit answers how many appends to keep in flight when requests
// share blocks: senders wait for their request's block, a committer sends what
// has come in meanwhile.
func BenchmarkGroupCommit(b *testing.B) {
	for _, senders := range []int{64, 1} {
		for _, inflight := range []int{1, 2, 3, 4} {
			b.Run(fmt.Sprintf("senders=%d/inflight=%d", senders, inflight), func(b *testing.B) {
				benchmarkGroupCommit(b, senders, inflight)
			})
		}
	}
}

func benchmarkGroupCommit(b *testing.B, senders, inflight int) {
	l := openBench(b)
	const perRequest = 60 // bytes that a small event takes in a block
	requests := make(chan chan struct{}, senders)
	var appends atomic.Int64
	var committers, clients sync.WaitGroup
	var turn sync.Mutex
	for range inflight {
		committers.Go(func() {
			for {
				turn.Lock()
				first, open := <-requests
				if !open {
					turn.Unlock()
					return
				}
				block := []chan struct{}{first}
				for more := true; more; {
					select {
					case r, ok := <-requests:
						if more = ok; ok {
							block = append(block, r)
						}
					default:
						more = false
					}
				}
				turn.Unlock()
				if _, err := l.Append(context.Background(), make([]byte, 100+perRequest*len(block))); err != nil {
					b.Error(err)
				}
				appends.Add(1)
				for _, r := range block {
					r <- struct{}{}
				}
			}
		})
	}
	took := make([]int64, b.N)
	var next atomic.Int64
	b.ResetTimer()
	cpu := cpuTime()
	for range senders {
		clients.Go(func() {
			done := make(chan struct{}, 1)
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				at := time.Now()
				requests <- done
				<-done
				took[i] = int64(time.Since(at))
			}
		})
	}
	clients.Wait()
	b.StopTimer()
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/1e3, "cpu-us/op")
	b.ReportMetric(float64(b.N)/float64(appends.Load()), "requests/append")
	report(b, "ack", took)
	close(requests)
	committers.Wait()
}

func openBench(b *testing.B) *eventlog.Log {
	b.Helper()
	l, err := eventlog.Open(context.Background(), eventlog.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

func report(b *testing.B, name string, nanos []int64) {
	slices.Sort(nanos)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(nanos[(len(nanos)-1)*p/100])/1e3, fmt.Sprintf("%s-p%d-us", name, p))
	}
}

func cpuTime() int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return use.Utime.Nano() + use.Stime.Nano()
}

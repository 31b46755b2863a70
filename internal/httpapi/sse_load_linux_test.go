package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

// The clients of the load tests run in a process of their own, which is this
// test binary with these in its environment, so that the server's memory and
// time are its own.
const (
	loadAddress = "HMS_STREAM_LOAD_ADDRESS"
	loadClients = "HMS_STREAM_LOAD_CLIENTS"
)

// TestStreamLoadClients is no test: it is the other process.
func TestStreamLoadClients(t *testing.T) {
	address := os.Getenv(loadAddress)
	if address == "" {
		t.Skip("runs as the client process of the load tests")
	}
	n, _ := strconv.Atoi(os.Getenv(loadClients))
	var events atomic.Int64
	var latencies sampler
	for range n {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		go func() {
			buf := make([]byte, 4096)
			for {
				k, err := conn.Read(buf)
				if err != nil {
					return
				}
				now := time.Now().UnixNano()
				events.Add(int64(bytes.Count(buf[:k], []byte("data: "))))
				if _, stamp, ok := bytes.Cut(buf[:k], []byte(`"timestamp":`)); ok {
					digits, _, _ := bytes.Cut(stamp, []byte("}"))
					if sent, err := strconv.ParseInt(string(digits), 10, 64); err == nil {
						latencies.add(now - sent)
					}
				}
			}
		}()
	}
	fmt.Println("connected")
	io.Copy(io.Discard, os.Stdin) // until the server has seen enough
	fmt.Printf("events=%d %s\n", events.Load(), latencies.String())
}

// sampler keeps every 16th of what is added.
type sampler struct {
	mu   sync.Mutex
	n    int
	some []int64
}

func (s *sampler) add(v int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n++; s.n%16 == 0 {
		s.some = append(s.some, v)
	}
}

func (s *sampler) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.some) == 0 {
		return "no latencies"
	}
	slices.Sort(s.some)
	at := func(q float64) time.Duration { return time.Duration(s.some[int(q*float64(len(s.some)-1))]) }
	return fmt.Sprintf("p50=%v p99=%v", at(.5), at(.99))
}

// streamClients serves hub and starts a process with n clients; report ends
// that and tells what it has seen.
func streamClients(tb testing.TB, hub *stream.Hub, n int) (report func() string) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server := &http.Server{Handler: NewStreamHandler(StreamOptions{Hub: hub, History: streamPast{}})}
	go server.Serve(listener)
	tb.Cleanup(func() { server.Close() })
	clients := exec.Command(os.Args[0], "-test.run=^TestStreamLoadClients$", "-test.v")
	clients.Env = append(os.Environ(), loadAddress+"="+listener.Addr().String(), loadClients+"="+strconv.Itoa(n))
	stdin, err := clients.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := clients.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := clients.Start(); err != nil {
		tb.Fatal(err)
	}
	return func() string {
		stdin.Close()
		out, _ := io.ReadAll(stdout)
		clients.Wait()
		return string(out)
	}
}

func memory(tb testing.TB) int {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("needs /proc")
	}
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	kb, _ := strconv.Atoi(strings.Fields(line)[0])
	return kb << 10
}

func waitSubscribers(hub *stream.Hub, n int) {
	for hub.Subscribers() < n {
		runtime.Gosched()
	}
}

func TestTenThousandIdleStreams(t *testing.T) {
	if os.Getenv("HMS_LOAD") == "" {
		t.Skip("set HMS_LOAD=1 to open ten thousand connections")
	}
	const n = 10_000
	hub := stream.NewHub(alert.Position{}, stream.Options{})
	before := memory(t)
	report := streamClients(t, hub, n)
	waitSubscribers(hub, n)
	opened := memory(t)
	start := time.Now()
	for i := range 20 {
		hub.Publish(stream.Batch{FirstSeq: uint64(i + 1), Block: event.Of(event.Event{Metric: "a"})})
	}
	<-delivered(hub, 20*n)
	took := time.Since(start)
	served := memory(t)
	debug.FreeOSMemory()
	t.Logf("resident: %d MiB before, %d once open, %d after 20 events to each in %v, %d collected",
		before>>20, opened>>20, served>>20, took, memory(t)>>20)
	if limit := 400 << 20; served > limit {
		t.Errorf("%d MiB for %d streams", served>>20, n)
	}
	t.Log(report())
}

// BenchmarkStream measures deliveries to clients in a process beside this one:
// at a rate of single events, or (0) as fast as it goes.
func BenchmarkStream(b *testing.B) {
	for _, c := range []struct{ n, rate int }{{1, 200}, {100, 200}, {1000, 20}, {1000, 200}, {1000, 0}} {
		n, rate := uint64(c.n), c.rate
		b.Run(fmt.Sprintf("clients=%d/publications/s=%d", n, rate), func(b *testing.B) {
			hub := stream.NewHub(alert.Position{}, stream.Options{})
			report := streamClients(b, hub, c.n)
			waitSubscribers(hub, c.n)
			published := uint64(0)
			publish := func() {
				published++
				hub.Publish(stream.Batch{FirstSeq: published, Block: event.Of(event.Event{
					Metric: "case.resolved", Value: 1, Time: time.Now().UnixNano(),
					Tags: []event.Tag{{Key: "agentId", Value: "a7"}, {Key: "caseId", Value: "C-1"}, {Key: "channel", Value: "phone"}, {Key: "office", Value: "north"}, {Key: "priority", Value: "high"}},
				})})
			}
			before := cpuTime(b)
			start := time.Now()
			for b.Loop() {
				if rate == 0 {
					for hub.Delivered()+500*n < published*n {
						runtime.Gosched()
					}
				} else { // a publisher that is late makes up for it
					due := start.Add(time.Duration(published) * time.Second / time.Duration(rate))
					<-time.After(time.Until(due))
				}
				publish()
			}
			<-delivered(hub, published*n)
			seconds := time.Since(start).Seconds()
			b.ReportMetric(float64(hub.Delivered())/seconds, "deliveries/s")
			b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(hub.Delivered()), "cpu-ns/delivery")
			b.Log(report(), "slow:", hub.Slow())
		})
	}
}

// delivered closes once a hub has delivered n frames.
func delivered(hub *stream.Hub, n uint64) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for hub.Delivered() < n {
			<-ticker.C
		}
	}()
	return done
}

func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

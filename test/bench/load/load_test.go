//go:build linux

package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// office is a server of the contract that keeps nothing.
type office struct {
	mu     sync.Mutex
	bodies [][]byte
	subs   map[chan []byte]bool
	refuse int
	seq    int
}

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		o.stream(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse > 0 {
		o.refuse--
		w.Header().Set("Retry-After", "1")
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	o.bodies = append(o.bodies, body)
	for line := range bytes.Lines(body) {
		o.seq++
		for sub := range o.subs {
			sub <- fmt.Appendf(nil, ":\n\nid: %d\ndata: %s\n\nevent: alert\nid: %d.1\ndata: {}\n\n", o.seq, bytes.TrimSpace(line), o.seq)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (o *office) stream(w http.ResponseWriter, r *http.Request) {
	queue := make(chan []byte, 10_000)
	o.mu.Lock()
	o.subs[queue] = true
	o.mu.Unlock()
	w.(http.Flusher).Flush()
	defer func() { o.mu.Lock(); delete(o.subs, queue); o.mu.Unlock() }()
	for {
		select {
		case b := <-queue:
			_, _ = w.Write(b)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func newOffice(t *testing.T) (*office, string) {
	t.Helper()
	o := &office{subs: map[chan []byte]bool{}}
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	return o, strings.TrimPrefix(server.URL, "http://")
}

func TestClosedLoopCountsWhatTheServerTook(t *testing.T) {
	o, addr := newOffice(t)
	o.refuse = 3
	result, err := Closed{Addr: addr, Connections: 4, Events: 10, Duration: 200 * time.Millisecond}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if result.Refused != 3 || result.Acknowledged == 0 || result.Acknowledged != uint64(10*len(o.bodies)) {
		t.Errorf("%d acknowledged, %d refused; the server took %d requests", result.Acknowledged, result.Refused, len(o.bodies))
	}
	if result.Latency.Len() != result.Requests || result.Latency.Quantile(.99) < result.Latency.Quantile(.5) {
		t.Errorf("%d latencies of %d requests", result.Latency.Len(), result.Requests)
	}
}

func TestClosedLoopEndsAfterSoManyEvents(t *testing.T) {
	o, addr := newOffice(t)
	result, err := Closed{Addr: addr, Connections: 2, Events: 5, Duration: time.Minute, Most: 100}.Run(context.Background())
	if err != nil || result.Acknowledged < 100 || result.Acknowledged > 110 || len(o.bodies)*5 != int(result.Acknowledged) {
		t.Errorf("%d acknowledged, %v", result.Acknowledged, err)
	}
}

func TestOpenLoopFindsEveryDelivery(t *testing.T) {
	_, addr := newOffice(t)
	result, err := Open{Addr: addr, Rate: 500, Connections: 8, Warmup: 50 * time.Millisecond, Duration: 200 * time.Millisecond}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if result.Undelivered != 0 || result.Delivered.Len() != 100 || result.Answered.Len() != 100 {
		t.Errorf("%+v", result)
	}
}

func TestFanoutReachesEverySubscriber(t *testing.T) {
	_, addr := newOffice(t)
	result, err := Fanout{Addr: addr, Subscribers: 20, Publishers: 2, Window: 4, Duration: 200 * time.Millisecond}.Run(context.Background())
	if err != nil || result.Lost != 0 || result.Deliveries == 0 {
		t.Errorf("%+v %v", result, err)
	}
}

func TestAnUnexpectedAnswerEndsTheRun(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := Closed{Addr: strings.TrimPrefix(server.URL, "http://"), Connections: 1, Events: 1, Duration: time.Second}.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v", err)
	}
}

func TestStampedNumbersComeBack(t *testing.T) {
	r := NewSource("a", 1).Render(1)
	if len(r.text) < 150 || len(r.text) > 350 {
		t.Errorf("a request of %d bytes", len(r.text))
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 999_999_999).Draw(t, "number")
		if got := numberOf(stampOne(r, n)); got != n {
			t.Errorf("%d came back as %d", n, got)
		}
	})
}

func TestChunksAreTakenApartWhereverTheyAreCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var wire, want, got []byte
		for _, chunk := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 300), 0, 10).Draw(t, "chunks") {
			wire = fmt.Appendf(wire, "%x\r\n%s\r\n", len(chunk), chunk)
			want = append(want, chunk...)
		}
		var d dechunker
		for len(wire) > 0 {
			n := rapid.IntRange(1, len(wire)).Draw(t, "cut")
			if err := d.feed(wire[:n], func(b []byte) { got = append(got, b...) }); err != nil {
				t.Fatal(err)
			}
			wire = wire[n:]
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

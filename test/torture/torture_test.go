package torture

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

const config = `
thresholds:
  torture.level: {warning: 5, critical: 2}
`

const senders = 8

func number(t *testing.T, variable string, otherwise uint64) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(cmp.Or(os.Getenv(variable), strconv.FormatUint(otherwise, 10)), 10, 64)
	if err != nil {
		t.Fatalf("%s must be a number: %v", variable, err)
	}
	return n
}

func TestTorture(t *testing.T) {
	rounds := int(number(t, "HMS_TORTURE_ROUNDS", 3))
	seed := number(t, "HMS_TORTURE_SEED", uint64(time.Now().UnixNano()))
	t.Logf("HMS_TORTURE_SEED=%d HMS_TORTURE_ROUNDS=%d", seed, rounds)
	rng := rand.New(rand.NewPCG(seed, 0))

	s := newServer(t, t.TempDir(), config)
	s.start()
	s.awaitStatus("/readyz", http.StatusOK)
	everything := &watcher{server: s}
	filtered := &watcher{server: s, query: "?metric=torture.level&events=message"}
	stopWatching := watchAll(t, everything, filtered)

	book := newLedger()
	stopSending := send(t, s, book, seed)
	for range rounds {
		letRun(t, s, book, time.Duration(50+rng.IntN(900))*time.Millisecond)
		s.kill()
		if rng.IntN(3) == 0 { // and once more, while it starts
			said := s.launch()
			select {
			case <-said:
			case <-time.After(time.Duration(rng.IntN(400)) * time.Millisecond):
			}
			s.kill()
		}
		s.start()
		for _, r := range book.some(rng, 20) { // whoever missed the answer asks again
			repeat(t, s, r)
		}
	}
	stopSending()

	all := s.events()
	book.checkStored(s, all)
	history := s.alerts()
	var level []stored
	for _, e := range all {
		if e.MetricName == "torture.level" {
			level = append(level, e)
		}
	}
	s.await("the streams show everything", func() bool {
		points, alerts, _ := everything.seen()
		some, _, _ := filtered.seen()
		return len(points) >= len(all) && len(alerts) >= len(history) && len(some) >= len(level)
	})
	stopWatching()
	points, alerts, breaks := everything.seen()
	checkPoints(s, "the stream", points, all)
	checkAlerts(s, "the stream", alerts, history)
	some, _, _ := filtered.seen()
	checkPoints(s, "the filtered stream", some, level)
	t.Logf("%d points and %d alerts over %d connections", len(points), len(alerts), breaks)
	if len(all) == 0 || len(history) == 0 {
		t.Error("the test had nothing to look at")
	}
}

// repeat posts an acknowledged request once more, which must be acknowledged
// again: later if the program has its hands full, as it says by 429.
func repeat(t *testing.T, s *server, r *request) {
	t.Helper()
	s.await("a repeated request is acknowledged", func() bool {
		status, answer, err := post(t.Context(), s, r)
		if err != nil || status != http.StatusNoContent && status != http.StatusTooManyRequests {
			t.Fatalf("a repeated request was answered %d, %v: %s", status, err, answer)
		}
		return status == http.StatusNoContent
	})
}

// send starts the senders; the function it returns waits until each has its last
// acknowledgement.
func send(t *testing.T, s *server, book *ledger, seed uint64) (finish func()) {
	stop := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for n := range senders {
		one := &sender{server: s, ledger: book, number: n, rng: rand.New(rand.NewPCG(seed, uint64(n+1)))}
		running.Go(func() {
			if err := one.run(ctx, stop); err != nil && t.Context().Err() == nil {
				t.Errorf("sender %d: %v", one.number, err)
			}
		})
	}
	t.Cleanup(func() { cancel(); running.Wait() })
	return func() {
		t.Helper()
		close(stop)
		done := make(chan struct{})
		go func() { running.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatalf("the senders had no acknowledgement within %s", patience)
		}
	}
}

// letRun returns after d of useful work: the clock starts with the next
// acknowledgement.
func letRun(t *testing.T, s *server, book *ledger, d time.Duration) {
	t.Helper()
	before := book.acknowledged()
	s.await("an acknowledgement", func() bool { return book.acknowledged() > before })
	select {
	case <-time.After(d): // the moment of the kill, not a wait for anything
	case <-t.Context().Done():
	}
}

func watchAll(t *testing.T, all ...*watcher) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, w := range all {
		ready := make(chan struct{})
		running.Go(func() { w.watch(ctx, ready) })
		select {
		case <-ready:
		case <-time.After(patience):
			t.Fatal("the stream did not answer")
		}
	}
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return stop
}

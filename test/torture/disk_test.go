package torture

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/test/smalldisk"
)

// TestFullDisk fills the disk in two ways, nearly and to the last byte, and
// wants refusals that say so, no restart, and everything acknowledged.
func TestFullDisk(t *testing.T) {
	for _, full := range []struct {
		name  string
		spare int64
	}{{"nearly", 4 << 20}, {"entirely", 0}} {
		t.Run(full.name, func(t *testing.T) { fullDisk(t, full.spare) })
	}
}

func fullDisk(t *testing.T, spare int64) {
	disk := smalldisk.Mount(t, "200m")
	s := newServer(t, filepath.Join(disk, "data"), config)
	s.start()
	s.awaitStatus("/readyz", http.StatusOK)

	seed := number(t, "HMS_TORTURE_SEED", uint64(time.Now().UnixNano()))
	t.Logf("HMS_TORTURE_SEED=%d", seed)
	book := newLedger()
	finish := send(t, s, book, seed)
	letRun(t, s, book, 300*time.Millisecond)
	remove := smalldisk.Fill(t, disk, spare)

	more := probe()
	book.enter(more)
	s.await("a POST is refused", func() bool { return refused(t, s, book, more) })
	var health struct {
		Status string `json:"status"`
	}
	if body := s.awaitStatus("/readyz", http.StatusServiceUnavailable); json.Unmarshal(body, &health) != nil || health.Status == "ready" {
		t.Errorf("/readyz says %s", body)
	}
	s.awaitStatus("/healthz", http.StatusOK)

	remove()
	s.awaitStatus("/readyz", http.StatusOK)
	letRun(t, s, book, 100*time.Millisecond)
	finish()
	if !s.running() {
		t.Fatal("the server ended")
	}
	book.checkStored(s, s.events())

	// And once more, with the kill while there is no room.
	remove = smalldisk.Fill(t, disk, spare)
	s.await("a POST is refused", func() bool { return refused(t, s, book, more) })
	s.kill()
	remove()
	s.start()
	s.awaitStatus("/readyz", http.StatusOK)
	rng := rand.New(rand.NewPCG(seed, 99))
	for _, r := range book.some(rng, 20) {
		repeat(t, s, r)
	}
	book.checkStored(s, s.events())
}

// probe is a request to see whether events are taken.
func probe() *request {
	e := event{
		MetricName: "torture.probe", Timestamp: time.Now().UnixMilli(), Tags: map[string]string{"name": "probe"},
		ID: "probe", Source: "torture",
	}
	return &request{events: []event{e}, body: encode(e), contentType: "application/json"}
}

// refused tells whether a request is not taken for want of room, and looks at
// how. That the program has its hands full (429) is not yet that.
func refused(t *testing.T, s *server, book *ledger, r *request) bool {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url("/metrics"), bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", r.contentType)
	answer, err := s.client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNoContent {
		book.set(r, acked)
		return false
	}
	if answer.StatusCode == http.StatusTooManyRequests {
		return false
	}
	var problem struct {
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}
	err = json.NewDecoder(answer.Body).Decode(&problem)
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Content-Type") != "application/problem+json" ||
		answer.Header.Get("Retry-After") == "" || err != nil || problem.Status != answer.StatusCode || problem.Detail == "" {
		t.Fatalf("refused with %d, %v, %+v, %v", answer.StatusCode, answer.Header, problem, err)
	}
	return true
}

package duckdb_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

const crashDir = "HMS_TEST_CRASH_DIR"

// crashOptions make checkpoints so frequent that some are killed too.
func crashOptions(dir string) duckdb.Options { return duckdb.Options{Dir: dir, WALLimit: 1 << 20} }

// commitAfter makes the commit that follows a position: what is in it follows
// from its numbers, so that a reader can tell whether it is whole.
func commitAfter(at store.Position) store.Commit {
	rows := rowsAfter(at)
	events := make([]event.Event, rows)
	received := make([]int64, rows)
	for i := range events {
		seq := at.Seq + uint64(i) + 1
		events[i] = event.Event{
			Metric: "m", Value: float64(seq), Time: int64(seq), ID: unlike(seq),
			Tags: []event.Tag{{Key: fmt.Sprintf("key%d", at.LogSeq%10), Value: "x"}},
		}
	}
	at.LogSeq++
	at.Seq += uint64(rows)
	return store.Commit{
		Position: at, Events: event.Of(events...), Received: received,
		Keys:  []store.Key{{Key: strconv.FormatUint(at.LogSeq, 10), Received: int64(at.LogSeq)}},
		State: map[string][]byte{"seq": binary.BigEndian.AppendUint64(nil, at.Seq), "large": largeState(at)},
	}
}

// largeState is a state that is kept beside the database, now and then one that
// is not, and at times none.
func largeState(at store.Position) []byte {
	switch at.LogSeq % 4 {
	case 0:
		return nil
	case 1:
		return binary.BigEndian.AppendUint64(nil, at.LogSeq)
	}
	return bytes.Repeat(binary.BigEndian.AppendUint64(nil, at.LogSeq), 1<<17+1)
}

func rowsAfter(at store.Position) int { return int(at.LogSeq%7)*200 + 1 }

// unlike is a text for a number that no compression makes much shorter.
func unlike(seq uint64) string {
	hash := sha512.Sum512(binary.BigEndian.AppendUint64(nil, seq))
	return hex.EncodeToString(hash[:])
}

// TestCommitUntilKilled is the process that TestKill kills.
func TestCommitUntilKilled(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs only as the process that TestKill starts")
	}
	s := open(t, crashOptions(dir))
	for {
		c := commitAfter(s.Position())
		if err := s.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("committed %d\n", c.Position.LogSeq)
	}
}

// TestKill kills a committing process at random moments: each commit must be
// there whole or not at all, and each that was reported must be there.
func TestKill(t *testing.T) {
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	dir := t.TempDir()
	for range rounds {
		reported := commitFor(t, dir, time.Duration(100+rand.IntN(900))*time.Millisecond)
		s := open(t, crashOptions(dir))
		if got := s.Position().LogSeq; got < reported {
			t.Fatalf("commit %d was reported, the store is at %d", reported, got)
		}
		checkWhole(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// commitFor lets a process commit for a while, kills it, and tells the last
// commit that it reported.
func commitFor(t *testing.T, dir string, life time.Duration) (reported uint64) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCommitUntilKilled$", "-test.v=false")
	child.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	// Its life begins with the first commit: starting takes as long as it takes.
	lines := bufio.NewScanner(out)
	var kill *time.Timer
	for lines.Scan() {
		number, found := strings.CutPrefix(lines.Text(), "committed ")
		if !found {
			_ = child.Process.Kill()
			rest, _ := io.ReadAll(out)
			t.Fatalf("the committing process says: %s\n%s", lines.Text(), rest)
		}
		if reported, err = strconv.ParseUint(number, 10, 64); err != nil {
			t.Fatal(err)
		}
		if kill == nil {
			kill = time.AfterFunc(life, func() { _ = child.Process.Kill() })
		}
	}
	_ = child.Wait() // killed, as intended
	return reported
}

// checkWhole checks that the store holds exactly the commits up to its position.
func checkWhole(t *testing.T, s *duckdb.Store) {
	t.Helper()
	var want store.Position
	for want.LogSeq < s.Position().LogSeq {
		want.Seq += uint64(rowsAfter(want))
		want.LogSeq++
	}
	if got := s.Position(); got != want {
		t.Fatalf("position %+v, want %+v", got, want)
	}
	next := uint64(1)
	err := s.Replay(context.Background(), store.Filter{}, 0, want.Seq, func(n store.Numbered) error {
		for i, seq := range n.Seqs {
			if e := n.Block.Row(i); seq != next || e.Value != float64(seq) || len(e.Tags) != 1 {
				return fmt.Errorf("event %d is %+v, want event %d", seq, e, next)
			}
			next++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if next != want.Seq+1 {
		t.Fatalf("%d events are there, want %d", next-1, want.Seq)
	}
	keys := uint64(0)
	if err := s.Keys(context.Background(), 0, 1<<30, func(store.Key) error { keys++; return nil }); err != nil {
		t.Fatal(err)
	}
	if keys != want.LogSeq {
		t.Fatalf("%d keys are there, want %d", keys, want.LogSeq)
	}
	state, err := s.State("seq")
	if err != nil || want.Seq != 0 && binary.BigEndian.Uint64(state) != want.Seq {
		t.Fatalf("state %x, %v, want that of event %d", state, err, want.Seq)
	}
	if large, err := s.State("large"); err != nil || !bytes.Equal(large, largeState(want)) {
		t.Fatalf("a large state of %d bytes, %v, want the %d of message %d", len(large), err, len(largeState(want)), want.LogSeq)
	}
	infos, err := s.Metrics(context.Background())
	if err != nil || want.Seq != 0 && infos[0].Count != want.Seq {
		t.Fatalf("metrics %+v, %v, want %d events", infos, err, want.Seq)
	}
}

package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
	"github.com/hms-ops/hms-monitor/test/smalldisk"
)

func testContext() context.Context { return context.Background() }

func TestDirectoryHeld(t *testing.T) {
	dir := t.TempDir()
	l := open(t, eventlog.Options{Dir: dir})
	_, err := eventlog.Open(within(t), eventlog.Options{Dir: dir})
	if !errors.Is(err, eventlog.ErrHeld) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("second open: %v", err)
	}
	l.Close()
	open(t, eventlog.Options{Dir: dir})
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]eventlog.Options{
		"neither":  {},
		"both":     {Dir: "x", URL: "nats://127.0.0.1:4222"},
		"url":      {URL: "127.0.0.1"},
		"stream":   {Dir: "x", Stream: "a.b"},
		"min free": {Dir: "x", MinFree: -1},
	} {
		if _, err := eventlog.Open(within(t), o); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	_, err := eventlog.Open(within(t), eventlog.Options{Stream: "a b", MinFree: -1})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not all three faults at once: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	_, err := eventlog.Open(within(t), eventlog.Options{URL: "nats://127.0.0.1:1"})
	if !errors.Is(err, eventlog.ErrUnavailable) || !strings.Contains(err.Error(), "log.url") {
		t.Fatal(err)
	}
}

func TestLowSpaceRefusesAndRecovers(t *testing.T) {
	dir := smalldisk.Mount(t, "128m")
	l := open(t, eventlog.Options{Dir: filepath.Join(dir, "log")})
	appendText(t, l, "before")
	remove := smalldisk.Fill(t, dir, 12<<20)
	if _, err := l.Append(within(t), []byte("refused")); !errors.Is(err, eventlog.ErrNoSpace) {
		t.Fatalf("append on a full disk: %v", err)
	}
	if err := l.Health(within(t)); !errors.Is(err, eventlog.ErrNoSpace) {
		t.Fatalf("health on a full disk: %v", err)
	}
	if _, err := l.AppendOwn(within(t), []byte("own")); err != nil {
		t.Errorf("what the server itself has to say is refused as well: %v", err)
	}
	if err := bucket(t, l, "x").Put(within(t), "key", []byte("own")); err != nil {
		t.Errorf("a value is refused: %v", err)
	}
	remove()
	remove = smalldisk.Fill(t, dir, 6<<20)
	if _, err := l.AppendOwn(within(t), []byte("refused")); !errors.Is(err, eventlog.ErrNoSpace) {
		t.Errorf("append of the server's own in the last of the space: %v", err)
	}
	remove()
	if err := l.Health(within(t)); err != nil {
		t.Fatalf("health with space again: %v", err)
	}
	if seq := appendText(t, l, "after"); seq != 3 {
		t.Fatalf("a refused append took a number: %d", seq)
	}
}

// The free space that an append was admitted by can be gone when it is written,
// and then JetStream stops. The log must come back by itself, with everything
// that it acknowledged.
func TestFullDiskUnderLoad(t *testing.T) {
	dir := smalldisk.Mount(t, "48m")
	l := open(t, eventlog.Options{Dir: filepath.Join(dir, "log"), MinFree: 1})
	messages, _ := follow(t, l, 1)
	var acked sync.Map
	var refused, stored atomic.Int64
	fill := func(round int) {
		remove := smalldisk.Fill(t, dir, 6<<20)
		var senders sync.WaitGroup
		for s := range 24 {
			senders.Go(func() {
				for i := 0; ; i++ {
					text := fmt.Sprintf("%d/%d/%d/%s", round, s, i, strings.Repeat("x", 700_000))
					ack, err := l.Append(within(t), []byte(text))
					if err == nil {
						acked.Store(ack.Seq, text)
						stored.Add(1)
						continue
					}
					if !errors.Is(err, eventlog.ErrNoSpace) && !errors.Is(err, eventlog.ErrUnavailable) {
						t.Errorf("append on a full disk: %v", err)
					}
					refused.Add(1)
					return
				}
			})
		}
		senders.Wait()
		remove()
	}
	for round := range 2 {
		fill(round)
		awaitHealth(t, l)
		seq := appendText(t, l, "after")
		acked.Store(seq, "after")
	}
	last, err := l.Last(within(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d stored, %d refused, log ends at %d", stored.Load(), refused.Load(), last)
	ctx := within(t)
	for seq := uint64(1); seq <= last; seq++ {
		select {
		case m := <-messages:
			if want, ok := acked.Load(m.Seq); m.Seq != seq || ok && want != string(m.Data) {
				t.Fatalf("message %d is %d %.20q", seq, m.Seq, m.Data)
			}
			acked.Delete(seq)
		case <-ctx.Done():
			t.Fatalf("message %d did not come", seq)
		}
	}
	acked.Range(func(seq, _ any) bool { t.Errorf("acknowledged %d is lost", seq); return true })
}

// Purging writes a little, and JetStream's file store deadlocks with itself when
// it cannot. The guard makes that unlikely, not impossible; then the log must
// say so and let the process end, which loses nothing.
func TestServerThatHangsEndsTheReader(t *testing.T) {
	dir := smalldisk.Mount(t, "48m")
	o := eventlog.Options{Dir: filepath.Join(dir, "log"), MinFree: 1, Keep: -1}.Hanging(200 * time.Millisecond)
	l := open(t, o)
	for seq := uint64(1); seq <= 1500; seq++ {
		appendText(t, l, numbered(seq))
	}
	_, ended := follow(t, l, 1)
	remove := smalldisk.Fill(t, dir, 0)
	err := l.Purge(within(t), 600)
	remove()
	if err == nil {
		t.Skip("this version of the server purges on a full disk")
	}
	if err := <-ended; !errors.Is(err, eventlog.ErrUnavailable) || !strings.Contains(err.Error(), "restarted") {
		t.Fatalf("read ended with %v", err)
	}
	for what, err := range map[string]error{"health": l.Health(within(t)), "append": second(l.Append(within(t), nil))} {
		if !errors.Is(err, eventlog.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, o)
	messages, _ := follow(t, l, 1400)
	expect(t, messages, 1400, 1500, numbered)
}

func second[A any](_ A, err error) error { return err }

package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
	"github.com/hms-ops/hms-monitor/test/smalldisk"
)

func bucket(t *testing.T, l *eventlog.Log, name string) *eventlog.Bucket {
	t.Helper()
	b, err := l.Bucket(within(t), name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func contents(t *testing.T, b *eventlog.Bucket) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := b.Each(within(t), func(key string, value []byte) error {
		all[key] = string(value)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func expectContents(t *testing.T, b *eventlog.Bucket, want map[string]string) {
	t.Helper()
	if got := contents(t, b); !maps.Equal(got, want) {
		t.Fatalf("the bucket holds %v, want %v", got, want)
	}
}

func TestBucketOutlivesTheLog(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		b := bucket(t, l, "outbox")
		expectContents(t, b, map[string]string{})
		want := map[string]string{}
		for i := range 600 { // more than are fetched at a time
			key, value := fmt.Sprintf("m.%03d", i), strings.Repeat("v", i)
			if err := b.Put(within(t), key, []byte(value)); err != nil {
				t.Fatal(err)
			}
			want[key] = value
		}
		for _, key := range []string{"m.000", "m.300", "none"} {
			if err := b.Delete(within(t), key); err != nil {
				t.Fatal(err)
			}
			delete(want, key)
		}
		if err := b.Put(within(t), "m.001", []byte("again")); err != nil {
			t.Fatal(err)
		}
		want["m.001"] = "again"
		expectContents(t, b, want)
		expectContents(t, bucket(t, l, "other"), map[string]string{})

		l.Close()
		if err := b.Put(within(t), "closed", nil); !errors.Is(err, eventlog.ErrUnavailable) {
			t.Fatalf("put into a closed log: %v", err)
		}
		l = open(t, p.options())
		b = bucket(t, l, "outbox")
		expectContents(t, b, want)
		if p.restartServer(t) {
			expectContents(t, b, want)
		}
		if seq := appendText(t, l, "the log's own numbers"); seq != 1 {
			t.Fatalf("a bucket took numbers of the log: %d", seq)
		}
	})
}

func TestBucketRefusesNamesAndKeys(t *testing.T) {
	l := open(t, eventlog.Options{Dir: t.TempDir(), MinFree: 1})
	for _, name := range []string{"", "a.b", "a b", "ä", strings.Repeat("x", 65)} {
		if _, err := l.Bucket(within(t), name); err == nil {
			t.Errorf("bucket %q was opened", name)
		}
	}
	b := bucket(t, l, "x")
	for _, key := range []string{"", ".", "a.", "a b", "*", ">", "a.*"} {
		if err := b.Put(within(t), key, nil); err == nil {
			t.Errorf("key %q was put", key)
		}
		if err := b.Delete(within(t), key); err == nil {
			t.Errorf("key %q was deleted", key)
		}
	}
	if err := b.Put(within(t), "big", make([]byte, 33<<20)); !errors.Is(err, eventlog.ErrTooLarge) {
		t.Errorf("a value of 33 MiB: %v", err)
	}
}

func TestBucketEachEndsWithTheHandlersError(t *testing.T) {
	l := open(t, eventlog.Options{Dir: t.TempDir(), MinFree: 1})
	b := bucket(t, l, "x")
	for _, key := range []string{"a", "b"} {
		if err := b.Put(within(t), key, nil); err != nil {
			t.Fatal(err)
		}
	}
	enough, calls := errors.New("enough"), 0
	err := b.Each(within(t), func(string, []byte) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("%d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Each(ctx, func(string, []byte) error { return nil }); err == nil {
		t.Fatal("a walk with an ended context ended well")
	}
}

// An operation that the server's restart interrupts is done on the next one.
func TestBucketWaitsForTheServer(t *testing.T) {
	e := startExternal(t)
	l := open(t, e.options())
	b := bucket(t, l, "x")
	e.stop()
	var puts sync.WaitGroup
	for i := range 8 {
		puts.Go(func() {
			if err := b.Put(within(t), fmt.Sprint(i), []byte("v")); err != nil {
				t.Errorf("put while the server restarts: %v", err)
			}
		})
	}
	e.start(t)
	puts.Wait()
	if n := len(contents(t, b)); n != 8 {
		t.Fatalf("%d of 8 values arrived", n)
	}
	e.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	if err := b.Put(ctx, "away", nil); err == nil {
		t.Fatal("put without a server")
	}
	e.start(t)
}

func TestBucketThatCouldLoseValuesIsRefused(t *testing.T) {
	e := startExternal(t)
	makeStream(t, e, jetstream.StreamConfig{
		Name: "KV_" + eventlog.DefaultStream + "_x", Subjects: []string{"$KV." + eventlog.DefaultStream + "_x.>"},
		Storage: jetstream.MemoryStorage, MaxMsgsPerSubject: 1, AllowDirect: true, AllowRollup: true, Discard: jetstream.DiscardNew,
	})
	_, err := open(t, e.options()).Bucket(within(t), "x")
	if err == nil || !strings.Contains(err.Error(), "storage must be file") {
		t.Fatal(err)
	}
}

// A full disk stops JetStream, and the log starts it anew: the bucket goes on
// with the next server and has all that it acknowledged.
func TestBucketOutlivesAFullDisk(t *testing.T) {
	dir := smalldisk.Mount(t, "48m")
	l := open(t, eventlog.Options{Dir: filepath.Join(dir, "log"), MinFree: 1})
	b := bucket(t, l, "x")
	want := map[string]string{}
	var mu sync.Mutex
	remove := smalldisk.Fill(t, dir, 6<<20)
	var senders sync.WaitGroup
	for s := range 8 {
		senders.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			for i := 0; ; i++ {
				key, value := fmt.Sprintf("%d.%d", s, i), strings.Repeat("x", 300_000)
				if err := b.Put(ctx, key, []byte(value)); err != nil {
					return
				}
				mu.Lock()
				want[key] = value
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	remove()
	if err := b.Put(within(t), "after", []byte("v")); err != nil {
		t.Fatal(err)
	}
	got := contents(t, b)
	for key, value := range want {
		if got[key] != value {
			t.Errorf("acknowledged %s is lost", key)
		}
	}
	t.Logf("%d values before the disk was full", len(want))
}

func BenchmarkBucketPut(b *testing.B) {
	for _, bytes := range []int{1 << 10, 8 << 10} {
		b.Run(fmt.Sprintf("bytes=%d", bytes), func(b *testing.B) {
			l, err := eventlog.Open(b.Context(), eventlog.Options{Dir: b.TempDir(), MinFree: 1})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			kv, err := l.Bucket(b.Context(), "bench")
			if err != nil {
				b.Fatal(err)
			}
			value := make([]byte, bytes)
			for i := 0; b.Loop(); i++ {
				if err := kv.Put(b.Context(), fmt.Sprintf("m.%d", i%1000), value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package eventlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/eventlog"
)

func TestAppendThenRead(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		if last, err := l.Last(within(t)); err != nil || last != 0 {
			t.Fatalf("a new log has last %d, %v", last, err)
		}
		messages, _ := follow(t, l, 0)
		for seq := uint64(1); seq <= 300; seq++ {
			if got := appendText(t, l, numbered(seq)); got != seq {
				t.Fatalf("append %d got number %d", seq, got)
			}
		}
		expect(t, messages, 1, 300, numbered)
		later, _ := follow(t, l, 290)
		expect(t, later, 290, 300, numbered)
		if last, err := l.Last(within(t)); err != nil || last != 300 {
			t.Fatalf("last is %d, %v", last, err)
		}
		if err := l.Health(within(t)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReopenWithPendingMessages(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		for seq := uint64(1); seq <= 50; seq++ {
			appendText(t, l, numbered(seq))
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Append(within(t), []byte("late")); !errors.Is(err, eventlog.ErrUnavailable) {
			t.Fatalf("append after close: %v", err)
		}
		l = open(t, p.options())
		messages, _ := follow(t, l, 21)
		expect(t, messages, 21, 50, numbered)
		if got := appendText(t, l, numbered(51)); got != 51 {
			t.Fatalf("numbers go on with %d", got)
		}
		expect(t, messages, 51, 51, numbered)
	})
}

func TestConcurrentAppends(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		const senders, each = 8, 40
		var mu sync.Mutex
		sent := map[uint64]string{}
		var done sync.WaitGroup
		for s := range senders {
			done.Go(func() {
				before := uint64(0)
				for i := range each {
					text := fmt.Sprintf("%d/%d", s, i)
					ack, err := l.Append(within(t), []byte(text))
					if err != nil || ack.Seq <= before {
						t.Errorf("append %s after %d: %d, %v", text, before, ack.Seq, err)
						return
					}
					before = ack.Seq
					mu.Lock()
					sent[ack.Seq] = text
					mu.Unlock()
				}
			})
		}
		done.Wait()
		if len(sent) != senders*each {
			t.Fatalf("%d distinct numbers for %d appends", len(sent), senders*each)
		}
		messages, _ := follow(t, l, 1)
		expect(t, messages, 1, senders*each, func(seq uint64) string { return sent[seq] })
	})
}

func TestReaderAcrossServerRestart(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		messages, _ := follow(t, l, 1)
		next := uint64(1)
		for round := range 3 {
			for range 20 {
				appendText(t, l, numbered(next))
				next++
			}
			expect(t, messages, next-20, next-1, numbered)
			if round == 2 || !p.restartServer(t) {
				return
			}
			awaitHealth(t, l)
		}
	})
}

func awaitHealth(t *testing.T, l *eventlog.Log) {
	t.Helper()
	ctx := within(t)
	for l.Health(ctx) != nil {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal(l.Health(t.Context()))
		}
	}
}

func TestPurgeAndGap(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		clock := &clock{now: time.Unix(1e9, 0)}
		o := p.options()
		o.Keep, o.Now, o.KeepBytes = time.Hour, clock.Now, 1<<40
		l := open(t, o)
		for seq := uint64(1); seq <= 30; seq++ {
			appendText(t, l, numbered(seq))
		}
		purge := func(upTo uint64) {
			t.Helper()
			if err := l.Purge(within(t), upTo); err != nil {
				t.Fatal(err)
			}
		}
		purge(10)
		messages, _ := follow(t, l, 1)
		expect(t, messages, 1, 30, numbered)

		clock.advance(30 * time.Minute)
		purge(20)
		clock.advance(32 * time.Minute)
		purge(20) // an hour and a bit after 10 was applied, half an hour after 20 was
		gap := func(from uint64) {
			t.Helper()
			err := l.Read(within(t), from, func(m eventlog.Message) error { return fmt.Errorf("read %d", m.Seq) })
			if !errors.Is(err, eventlog.ErrGap) {
				t.Fatalf("read from %d: %v", from, err)
			}
		}
		gap(1)
		gap(10)
		messages, _ = follow(t, l, 11)
		expect(t, messages, 11, 30, numbered)

		// All of it: the numbers go on all the same, and after a restart too.
		purge(30)
		clock.advance(2 * time.Hour)
		purge(30)
		gap(30)
		gap(32)
		if last, err := l.Last(within(t)); err != nil || last != 30 {
			t.Fatalf("last is %d, %v", last, err)
		}
		l.Close()
		l = open(t, o)
		gap(30)
		if got := appendText(t, l, numbered(31)); got != 31 {
			t.Fatalf("numbers go on with %d", got)
		}
		messages, _ = follow(t, l, 31)
		expect(t, messages, 31, 31, numbered)
	})
}

func TestKeepBytesBoundsTheLog(t *testing.T) {
	o := embedded{t.TempDir()}.options()
	o.KeepBytes = 10_000
	l := open(t, o)
	payload := bytes.Repeat([]byte("x"), 1000)
	for seq := uint64(1); seq <= 40; seq++ {
		appendText(t, l, string(payload))
		if seq <= 35 {
			if err := l.Purge(within(t), seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := l.Read(within(t), 20, func(eventlog.Message) error { return errEnough })
	if !errors.Is(err, eventlog.ErrGap) {
		t.Fatalf("message 20 was kept: %v", err)
	}
	messages, _ := follow(t, l, 36) // not applied, so never removed
	expect(t, messages, 36, 40, nil)
}

func TestTooLarge(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		most := l.MaxPayload()
		_, err := l.Append(within(t), make([]byte, most+1))
		if !errors.Is(err, eventlog.ErrTooLarge) || !bytes.Contains([]byte(err.Error()), []byte(fmt.Sprint(most))) {
			t.Fatal(err)
		}
		largest := bytes.Repeat([]byte("0123456789abcdef"), most/16+1)[:most]
		if _, err := l.Append(within(t), largest); err != nil {
			t.Fatalf("append of %d bytes: %v", most, err)
		}
		appendText(t, l, "small")
		messages, _ := follow(t, l, 1)
		expect(t, messages, 1, 2, func(seq uint64) string { return []string{string(largest), "small"}[seq-1] })
	})
}

var errEnough = errors.New("enough")

func TestReadEnds(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		l := open(t, p.options())
		for seq := uint64(1); seq <= 5; seq++ {
			appendText(t, l, numbered(seq))
		}
		var seen []uint64
		err := l.Read(within(t), 2, func(m eventlog.Message) error {
			if seen = append(seen, m.Seq); m.Seq == 4 {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) || !slices.Equal(seen, []uint64{2, 3, 4}) {
			t.Fatalf("%v after %v", err, seen)
		}

		ctx, cancel := context.WithCancel(t.Context())
		err = l.Read(ctx, 5, func(eventlog.Message) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("read ended with %v", err)
		}

		messages, ended := follow(t, l, 5)
		expect(t, messages, 5, 5, numbered)
		l.Close()
		if err := <-ended; !errors.Is(err, eventlog.ErrUnavailable) {
			t.Fatalf("read ended with %v", err)
		}
	})
}

// clock is a hand-driven time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

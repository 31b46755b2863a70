package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/notify"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// trio is an outbox with three integrations of one receiver.
type trio struct {
	*office
	phones [3]*phone
	wraps  [3]notify.Notifier
}

// startTrio starts one; the receivers named by down are so from the beginning.
func startTrio(t *testing.T, bucket outbox.Bucket, config outbox.Config, down ...int) *trio {
	three := &trio{}
	three.office = start(t, bucket, config, func(b *outbox.Outbox) {
		for i := range three.phones {
			three.phones[i] = &phone{}
			if slices.Contains(down, i) {
				three.phones[i].set(errDown)
			}
			three.wraps[i] = b.Wrap("oncall", "webhook", i, three.phones[i])
		}
	})
	return three
}

// flush tells those integrations together, and has the others leave.
func (o *trio) flush(group string, tell [3]bool) error {
	join := o.box.Together(len(tell))
	var all sync.WaitGroup
	var errs [3]error
	for i := range tell {
		all.Go(func() {
			ctx, leave := join(first().context(group))
			defer leave()
			if tell[i] {
				_, errs[i] = o.wraps[i].Notify(ctx, firing(group, "critical"))
			}
		})
	}
	all.Wait()
	return errors.Join(errs[:]...)
}

func (o *trio) calls() (n [3]int) {
	for i, p := range o.phones {
		n[i] = len(p.calls())
	}
	return n
}

// kept counts the keys of a bucket by what they begin with.
func kept(t *testing.T, b outbox.Bucket) map[string]int {
	t.Helper()
	keys := map[string]int{}
	err := b.Each(t.Context(), func(key string, _ []byte) error {
		prefix, _, _ := strings.Cut(key, ".")
		keys[prefix]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestFlushIsStoredWithOneWrite(t *testing.T) {
	for tell, want := range map[[3]bool]string{
		{true, true, true}:  "map[s:1]",
		{true, false, true}: "map[s:1]",
		{false, true}:       "map[m:1]",
		{}:                  "map[]",
	} {
		inTime(t, func(t *testing.T) {
			b := &outbox.Memory{}
			o := startTrio(t, b, outbox.Config{})
			for _, p := range o.phones {
				p.hold = make(chan struct{})
			}
			if err := o.flush("a", tell); err != nil {
				t.Fatal(err)
			}
			if got := kept(t, b); fmt.Sprint(got) != want {
				t.Errorf("%v: on disk are %v, want %s", tell, got, want)
			}
			for _, p := range o.phones {
				close(p.hold)
			}
			synctest.Wait()
			for i, n := range o.calls() {
				if n != map[bool]int{true: 1}[tell[i]] {
					t.Errorf("%v: integration %d was called %d times", tell, i, n)
				}
			}
		})
	}
}

func TestFlushesThatComeDuringAWriteShareTheNext(t *testing.T) {
	inTime(t, func(t *testing.T) {
		var writes atomic.Int32
		b := &moody{fails: func() error {
			writes.Add(1)
			time.Sleep(time.Second)
			return nil
		}}
		o := startTrio(t, b, outbox.Config{})
		for _, p := range o.phones {
			p.hold = make(chan struct{})
			defer close(p.hold)
		}
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				if err := o.flush(fmt.Sprint(i), [3]bool{true, true, true}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := writes.Load(); n != 2 {
			t.Errorf("20 flushes took %d writes", n)
		}
		if n := len(o.box.Messages(outbox.Filter{})); n != 60 {
			t.Errorf("%d messages are kept", n)
		}
	})
}

// Whoever does not wait any longer is told of a failure, and nothing of his is
// sent; the others of the flush are not harmed.
func TestMemberGivesUp(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &moody{fails: func() error { time.Sleep(time.Second); return nil }}
		o := startTrio(t, b, outbox.Config{})
		join := o.box.Together(2)
		var all sync.WaitGroup
		for i, patience := range []time.Duration{500 * time.Millisecond, time.Minute} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(first().context("a"), patience)
				defer cancel()
				ctx, leave := join(ctx)
				defer leave()
				retry, err := o.wraps[i].Notify(ctx, firing("a", "critical"))
				if (err != nil) != (i == 0) || err != nil && !retry {
					t.Errorf("integration %d: %t, %v", i, retry, err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		synctest.Wait()
		if got := o.calls(); got != [3]int{0, 1, 0} {
			t.Errorf("sent %v", got)
		}
	})
}

func TestSheetOutlivesAStartAndGoesInTheEnd(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &outbox.Memory{}
		limits := outbox.Config{Delivery: outbox.Limits{Retention: time.Hour, MaxMessages: 2}}
		o := startTrio(t, b, limits, 2)
		if err := o.flush("a", [3]bool{true, true, true}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		o.end() // two are delivered, one waits

		o = startTrio(t, b, limits, 2)
		time.Sleep(90 * time.Minute) // the two are beyond the retention
		if got := o.calls(); got != [3]int{} {
			t.Fatalf("sent again: %v", got)
		}
		if got := fmt.Sprint(kept(t, b)); got != "map[m:1]" {
			t.Fatalf("on disk are %s", got)
		}
		o.end()

		o = startTrio(t, b, limits)
		time.Sleep(2 * time.Hour)
		if got := o.calls(); got != [3]int{0, 0, 1} {
			t.Fatalf("after the start were sent %v", got)
		}
		if got := fmt.Sprint(kept(t, b)); got != "map[]" {
			t.Fatalf("on disk are %s", got)
		}
	})
}

// A sheet whose write is said to have failed may be on disk: it must not bring
// back, after another start, what was delivered from a later one.
func TestSheetOfAFailedWriteIsDeleted(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &liar{}
		o := startTrio(t, b, outbox.Config{Delivery: outbox.Limits{Retention: time.Hour}})
		b.lie = true
		if err := o.flush("a", [3]bool{true, true, true}); !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		b.lie = false
		if got := kept(t, b); got["s"] != 1 {
			t.Fatalf("on disk are %v", got)
		}
		if err := o.flush("a", [3]bool{true, true, true}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		o.end()
		o = startTrio(t, b, outbox.Config{})
		time.Sleep(time.Minute)
		if got := o.calls(); got != [3]int{} {
			t.Fatalf("sent again: %v", got)
		}
	})
}

var errLost = errors.New("the answer was lost")

// liar is a bucket that says of writes it has made that they failed.
type liar struct {
	outbox.Memory
	lie bool
}

func (l *liar) Put(ctx context.Context, key string, value []byte) error {
	if err := l.Memory.Put(ctx, key, value); err != nil || !l.lie {
		return err
	}
	return errLost
}

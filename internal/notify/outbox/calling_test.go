package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"

	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// clerk is a notifier that asks for its turn before it sends.
type clerk struct {
	phone

	mu            sync.Mutex
	ready, gaveUp int
}

func (c *clerk) Notify(ctx context.Context, alerts ...*alert.Alert) (bool, error) {
	c.count(&c.ready)
	if err := outbox.Current(ctx).Turn(ctx); err != nil {
		c.count(&c.gaveUp)
		return true, err
	}
	return c.phone.Notify(ctx, alerts...)
}

func (c *clerk) count(n *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*n++
}

func (c *clerk) expect(t *testing.T, ready, gaveUp int, sent ...string) {
	t.Helper()
	synctest.Wait()
	c.mu.Lock()
	if c.ready != ready || c.gaveUp != gaveUp {
		t.Errorf("called %d times and gave up %d times, want %d and %d", c.ready, c.gaveUp, ready, gaveUp)
	}
	c.mu.Unlock()
	expectNames(t, &c.phone, sent...)
}

// slow is a bucket where the write of new messages takes long, and may fail.
type slow struct {
	outbox.Memory
	slow atomic.Bool
	took chan error // ends one write, or all once it is closed
}

func (s *slow) Put(ctx context.Context, key string, value []byte) error {
	if s.slow.Load() && bytes.Contains(value, []byte(`"tries":0`)) {
		if err := <-s.took; err != nil {
			return err
		}
	}
	return s.Memory.Put(ctx, key, value)
}

// hire starts an outbox that has seen its notifier ask for its turn.
func hire(t *testing.T, b *slow) (o *office, c *clerk, n notify.Notifier) {
	t.Helper()
	c = &clerk{}
	o = start(t, b, outbox.Config{}, func(box *outbox.Outbox) { n = box.Wrap("oncall", "webhook", 0, c) })
	send(t, n, "first", firing("first", "warning"))
	c.expect(t, 1, 0, "first:firing ")
	b.slow.Store(true)
	return o, c, n
}

// file has a message stored, and tells when that is done.
func file(n notify.Notifier, group string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := n.Notify(first().context(group), firing(group, "critical"))
		done <- err
	}()
	synctest.Wait()
	return done
}

func TestMessageIsMadeReadyWhileItIsWritten(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		o, c, n := hire(t, b)
		done := file(n, "a")
		c.expect(t, 2, 0, "first:firing ")
		b.took <- nil
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		c.expect(t, 2, 0, "first:firing ", "a:firing ")
		close(b.took)
		synctest.Wait()
		if d := o.box.Messages(outbox.Filter{AlertID: "a.1"}); len(d) != 1 || d[0].State != outbox.Delivered || d[0].Tries != 1 || c.calls()[1].id != d[0].ID {
			t.Errorf("kept: %+v", d)
		}
	})
}

func TestWhatCannotBeWrittenDoesNotLeave(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		o, c, n := hire(t, b)
		done := file(n, "a")
		b.took <- errors.New("disk full")
		if err := <-done; err == nil {
			t.Fatal("a message that is not stored counts as sent")
		}
		c.expect(t, 2, 1, "first:firing ")
		if kept := o.box.Messages(outbox.Filter{AlertID: "a.1"}); len(kept) > 0 {
			t.Fatalf("kept: %v", kept)
		}
		done = file(n, "a") // once more
		close(b.took)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		c.expect(t, 3, 1, "first:firing ", "a:firing ")
	})
}

// What is on disk and was given up is made ready in vain; the message of the
// same write leaves.
func TestWhoGivesUpWhileItIsWrittenSendsNothing(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		o, c, n := hire(t, b)
		other := &clerk{}
		also := o.box.Wrap("oncall", "webhook", 1, other)
		join := o.box.Together(2)
		gone, cancel := context.WithCancel(first().context("a"))
		done := make(chan error, 2)
		tell := func(ctx context.Context, n notify.Notifier) {
			ctx, leave := join(ctx)
			defer leave()
			_, err := n.Notify(ctx, firing("a", "critical"))
			done <- err
		}
		go tell(gone, n)
		synctest.Wait()
		go tell(first().context("a"), also) // writes for both
		c.expect(t, 2, 0, "first:firing ")
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up was told %v", err)
		}
		close(b.took)
		if err := <-done; err != nil {
			t.Error(err)
		}
		c.expect(t, 2, 1, "first:firing ")
		other.expect(t, 1, 0, "a:firing ")
	})
}

// What was made ready tells the time: after a while it is made anew.
func TestStaleMessageIsMadeAnew(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		_, c, n := hire(t, b)
		done := file(n, "a")
		time.Sleep(2 * time.Second)
		close(b.took)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		c.expect(t, 3, 1, "first:firing ", "a:firing ")
	})
}

// Of several messages of one write the first is made ready, and each is sent.
func TestMessagesOfOneWriteKeepTheirOrder(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		_, c, n := hire(t, b)
		before := file(n, "a")
		var all []<-chan error
		for _, group := range []string{"b", "c", "d", "e"} { // share the next write
			all = append(all, file(n, group))
		}
		close(b.took)
		for _, done := range append(all, before) {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		expectNames(t, &c.phone, "first:firing ", "a:firing ", "b:firing ", "c:firing ", "d:firing ", "e:firing ")
	})
}

// A notifier that a reload replaced sends nothing more.
func TestReloadWhileItIsWritten(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		o, c, n := hire(t, b)
		done := file(n, "a")
		next := &clerk{}
		o.box.Wrap("oncall", "webhook", 0, next)
		o.box.Use()
		close(b.took)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		c.expect(t, 2, 1, "first:firing ")
		next.expect(t, 1, 0, "a:firing ")
	})
}

// While the receiver is failing nothing is made ready for it.
func TestNothingIsMadeReadyForAReceiverThatIsDown(t *testing.T) {
	inTime(t, func(t *testing.T) {
		b := &slow{took: make(chan error)}
		_, c, n := hire(t, b)
		c.set(errDown)
		b.slow.Store(false)
		send(t, n, "a", firing("a", "critical"))
		synctest.Wait()
		b.slow.Store(true)
		done := file(n, "b")
		c.mu.Lock()
		before := c.ready
		c.mu.Unlock()
		if before != 2 {
			t.Errorf("called %d times", before)
		}
		close(b.took)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

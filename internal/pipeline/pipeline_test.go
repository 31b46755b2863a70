package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

// memoryStore keeps commits in a slice. It answers what the pipeline asks; the
// reads of the HTTP API are left to the real adapters.
type memoryStore struct {
	store.Store
	mu       sync.Mutex
	position store.Position
	commits  []store.Commit
	state    map[string][]byte
	fail     error
}

func (m *memoryStore) Position() store.Position {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.position
}

func (m *memoryStore) State(name string) ([]byte, error) { return m.state[name], nil }

func (m *memoryStore) Commit(_ context.Context, c store.Commit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if c.Position.Seq != m.position.Seq+uint64(c.Events.Len()) || len(c.Received) != c.Events.Len() {
		return fmt.Errorf("a commit of %d events ends at %d after %d", c.Events.Len(), c.Position.Seq, m.position.Seq)
	}
	m.position = c.Position
	m.commits = append(m.commits, c)
	if m.state == nil {
		m.state = map[string][]byte{}
	}
	maps.Copy(m.state, c.State)
	return nil
}

func (m *memoryStore) Retain(context.Context, int64, int64) (uint64, error) { return 0, nil }
func (m *memoryStore) Checkpoint(context.Context) error                     { return nil }

func (m *memoryStore) Identities(_ context.Context, since int64, most int, yield func(store.Identity) error) error {
	var all []store.Identity
	for _, c := range m.commits {
		for i := range c.Events.Len() {
			if c.Events.ID.Has(i) && c.Received[i] >= since {
				all = append(all, store.Identity{Source: c.Events.Source.Text(i), ID: c.Events.ID.Text(i), Received: c.Received[i]})
			}
		}
	}
	for _, id := range all[max(0, len(all)-most):] {
		if err := yield(id); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryStore) Keys(_ context.Context, since int64, most int, yield func(store.Key) error) error {
	var all []store.Key
	for _, c := range m.commits {
		for _, k := range c.Keys {
			if k.Received >= since {
				all = append(all, k)
			}
		}
	}
	for _, k := range all[max(0, len(all)-most):] {
		if err := yield(k); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryStore) events() (all []event.Event) {
	for _, c := range m.commits {
		first := c.Position.Seq - uint64(c.Events.Len()) + 1
		for i := range c.Events.Len() {
			e := c.Events.Row(i)
			e.Seq = first + uint64(i)
			all = append(all, e)
		}
	}
	return all
}

func (m *memoryStore) alerts() (all []alert.Transition) {
	for _, c := range m.commits {
		all = append(all, c.Alerts...)
	}
	return all
}

var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func rules() []alert.Rule {
	return alert.Thresholds{"rate": {Warning: alert.LimitOf("5"), Critical: alert.LimitOf("2")}}.Rules()
}

type noKPIs struct{}

func (noKPIs) Apply(uint64, *event.Block, int64)                {}
func (noKPIs) Judge(int64) *event.Block                         { return nil }
func (noKPIs) Live(int64) []stream.Update                       { return nil }
func (noKPIs) Due(int64) *event.Block                           { return nil }
func (noKPIs) Forget(int64)                                     {}
func (noKPIs) Checkpoint(bool, bool) (map[string][]byte, error) { return nil, nil }

func newPipeline(t interface{ Fatal(...any) }, s store.Store, change func(*Options)) *Pipeline {
	var p *Pipeline
	o := Options{
		Store: s, Judge: alert.New(rules(), slog.New(slog.DiscardHandler)), KPIs: noKPIs{}, Publish: func(stream.Batch) {}, Alerted: func(alert.Transition) {},
		Applied: func(context.Context, uint64) error { return nil },
		Append:  func(context.Context, []byte) error { return nil },
		Acked:   func() uint64 { return p.applied }, // everything applied counts as acknowledged
		Read:    func(ctx context.Context, _ uint64, _ func(Message) error) error { <-ctx.Done(); return ctx.Err() },
		Now:     func() time.Time { return start }, Logger: slog.New(slog.DiscardHandler),
		DedupeWindow: 10 * time.Second, DedupeIDs: 7,
	}
	if change != nil {
		change(&o)
	}
	p, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// reference accepts events by the definition of the window, looking at all of
// the log each time.
func reference(messages []Message, window int64, most int) (accepted []event.Event) {
	type entry struct {
		id     string
		second int64
	}
	var clock int64
	known := func(log *[]entry, id string) bool {
		recent := (*log)[max(0, len(*log)-most):]
		if slices.ContainsFunc(recent, func(e entry) bool { return e.id == id && e.second >= clock/1000-window }) {
			return true
		}
		*log = append(*log, entry{id, clock / 1000})
		return false
	}
	var keys, ids []entry
	for _, m := range messages {
		clock = max(clock, m.Received.UnixMilli())
		b, _ := event.DecodeBlock(m.Data)
		repeated := map[int]bool{}
		for _, r := range b.Requests {
			if known(&keys, r.Key) {
				for i := range r.Count {
					repeated[r.First+i] = true
				}
			}
		}
		for i := range b.Len() {
			e := b.Row(i)
			if repeated[i] || (e.ID != "" && known(&ids, e.Source+"\x00"+e.ID)) {
				continue
			}
			e.Seq = uint64(len(accepted) + 1)
			accepted = append(accepted, e)
		}
	}
	return accepted
}

func genLog(t *rapid.T) (messages []Message) {
	at := start
	for i := range rapid.IntRange(1, 25).Draw(t, "messages") {
		at = at.Add(time.Duration(rapid.IntRange(-1500, 4000).Draw(t, "gap")) * time.Millisecond)
		var b event.Builder
		for range rapid.IntRange(1, 3).Draw(t, "requests") {
			first := b.Len()
			for range rapid.IntRange(1, 3).Draw(t, "events") {
				b.Append(event.Event{
					Metric: rapid.SampledFrom([]string{"rate", "other"}).Draw(t, "metric"),
					Value:  float64(rapid.IntRange(0, 7).Draw(t, "value")), Time: at.UnixMilli(),
					ID:     rapid.SampledFrom([]string{"", "1", "2", "3", "4", "5", "6", "7", "8", "9"}).Draw(t, "id"),
					Source: rapid.SampledFrom([]string{"", "1"}).Draw(t, "source"),
				})
			}
			if key := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "key"); key != "" {
				b.AppendRequest(key, first)
			}
		}
		messages = append(messages, Message{Seq: uint64(i + 1), Received: at, Data: b.Block().AppendBinary(nil)})
	}
	return messages
}

// What is stored is a function of the log alone: wherever the process dies and
// whatever had been committed by then.
func TestStoredIsAFunctionOfTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		messages := genLog(t)
		run := func(interrupted bool) *memoryStore {
			s := &memoryStore{}
			p := newPipeline(t, s, nil)
			for p.applied < uint64(len(messages)) {
				if err := p.apply(context.Background(), messages[p.applied]); err != nil {
					t.Fatal(err)
				}
				if !interrupted {
					continue
				}
				if rapid.Bool().Draw(t, "commit") {
					if err := p.Sync(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
				if rapid.IntRange(0, 3).Draw(t, "crash") == 0 {
					p = newPipeline(t, s, nil)
				}
			}
			if err := p.Sync(context.Background()); err != nil {
				t.Fatal(err)
			}
			return s
		}
		straight, broken := run(false), run(true)
		want := reference(messages, 10, 7)
		if got := straight.events(); !reflect.DeepEqual(got, want) {
			t.Fatalf("stored %v, want %v", got, want)
		}
		if got := broken.events(); !reflect.DeepEqual(got, want) {
			t.Fatalf("stored with crashes %v, want %v", got, want)
		}
		if !reflect.DeepEqual(straight.alerts(), broken.alerts()) {
			t.Fatalf("alerts %v, with crashes %v", straight.alerts(), broken.alerts())
		}
	})
}

func message(seq uint64, events ...event.Event) Message {
	return Message{Seq: seq, Received: start, Data: event.Of(events...).AppendBinary(nil)}
}

func TestCommitsByAgeAndDrainsAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memoryStore{}
		feed := make(chan Message)
		p := newPipeline(t, s, func(o *Options) {
			o.Now = time.Now
			o.Acked = func() uint64 { return 0 }
			o.Read = func(ctx context.Context, from uint64, handle func(Message) error) error {
				for {
					select {
					case m := <-feed:
						if err := handle(m); err != nil {
							return err
						}
					case <-ctx.Done():
						return ctx.Err()
					}
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		feed <- message(1, event.Event{Metric: "a"})
		synctest.Wait()
		if s.Position().LogSeq != 0 {
			t.Fatal("committed at once: commits must be shared")
		}
		time.Sleep(commitAge + 2*tickEvery) // virtual time
		synctest.Wait()
		if s.Position().LogSeq != 1 {
			t.Fatal("not committed after a second")
		}
		feed <- message(2, event.Event{Metric: "b"})
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if s.Position() != (store.Position{LogSeq: 2, Seq: 2}) {
			t.Fatalf("the end left %+v", s.Position())
		}
	})
}

func TestFailingStoreIsRetriedAndShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memoryStore{fail: store.ErrNoSpace}
		p := newPipeline(t, s, func(o *Options) { o.Now = time.Now; o.Acked = func() uint64 { return 1 } })
		ctx, cancel := context.WithCancel(t.Context())
		if err := p.apply(ctx, message(1, event.Event{Metric: "a"})); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		time.Sleep(3 * time.Second) // virtual time
		if p.Status().Fault == nil {
			t.Fatal("the fault is not shown")
		}
		waiting, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		if err := p.Sync(waiting); !errors.Is(err, store.ErrNoSpace) {
			t.Fatalf("Sync while the store fails: %v", err)
		}
		s.mu.Lock()
		s.fail = nil
		s.mu.Unlock()
		if err := p.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		if p.Status().Fault != nil || s.Position().Seq != 1 {
			t.Fatal("the store's recovery was not noticed")
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestForeignMessagesArePassedOver(t *testing.T) {
	s := &memoryStore{}
	p := newPipeline(t, s, nil)
	for _, m := range []Message{{Seq: 1, Received: start, Data: []byte("not ours")}, message(2, event.Event{Metric: "a"})} {
		if err := p.apply(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Position() != (store.Position{LogSeq: 2, Seq: 1}) || p.Status().Rejected != 1 {
		t.Fatalf("%+v, %+v", s.Position(), p.Status())
	}
}

func TestCongestionIsAMatterOfTime(t *testing.T) {
	var l lag
	at := start
	for i := range 200 {
		at = at.Add(tickEvery)
		l.observe(at, uint64(i*1000), uint64(i*1000+5000)) // far behind in messages, never in time
		if d := time.Duration(l.now.Load()); d > time.Second {
			t.Fatalf("lag %v while the reader advances", d)
		}
	}
	for range 200 {
		at = at.Add(tickEvery)
		l.observe(at, 199_000, 300_000)
	}
	if d := time.Duration(l.now.Load()); d < 10*time.Second {
		t.Fatalf("lag %v after 20 s without progress", d)
	}
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1, 30, 1000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			var events []event.Event
			for i := range n {
				events = append(events, event.Event{Metric: "case.resolved", Value: 1, Time: start.UnixMilli(), Tags: []event.Tag{
					{Key: "agentId", Value: fmt.Sprint(i % 2000)}, {Key: "caseId", Value: fmt.Sprint(i / 4)}, {Key: "office", Value: fmt.Sprint(i % 50)}}})
			}
			m := message(1, events...)
			s := &memoryStore{}
			p := newPipeline(b, s, func(o *Options) { o.Now = time.Now; o.Acked = func() uint64 { return 0 } })
			for b.Loop() {
				m.Seq++
				if err := p.apply(context.Background(), m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
		})
	}
}

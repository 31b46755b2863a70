package engine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// past is a store of events in memory: what was applied is stored at once, or
// up to a number.
type past struct {
	mu     sync.Mutex
	events []event.Event
	state  map[string][]byte
	fail   error
}

func (p *past) Position() store.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return store.Position{Seq: uint64(len(p.events))}
}

func (p *past) Scan(_ context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	p.mu.Lock()
	events, fail := slices.Clone(p.events), p.fail
	p.fail = nil
	p.mu.Unlock()
	const atOnce = 7
	for from := q.After; from < q.Last; from += atOnce {
		to := min(from+atOnce, q.Last)
		var b event.Builder
		for _, e := range events[from:to] {
			if !slices.Contains(q.Metrics, e.Metric) {
				continue
			}
			e.ID, e.Source = "", ""
			e.Tags = slices.DeleteFunc(slices.Clone(e.Tags), func(t event.Tag) bool { return !slices.Contains(q.Tags, t.Key) })
			b.Append(e)
		}
		if fail != nil && from > 0 {
			return fail
		}
		if err := yield(to, b.Block()); err != nil {
			return err
		}
	}
	return nil
}

func (p *past) add(events ...event.Event) (first uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first = uint64(len(p.events)) + 1
	p.events = append(p.events, events...)
	return first
}

func newEngine(p *past) *Engine {
	return New(Options{
		History: p, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return true },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler),
	})
}

func definition(t interface{ Fatal(...any) }, text string) *kpi.Definition {
	d, document := define.Parse("test", []byte(text), &kpi.Env{})
	if err := document.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

func (e *Engine) give(p *past, events ...event.Event) {
	e.Apply(p.add(events...), event.Of(events...), math.MaxInt64)
}

const hour = 3_600_000

func resolved(at int64, office string) event.Event {
	return event.Event{Metric: "case.resolved", Value: 1, Time: at, Tags: []event.Tag{{Key: "caseId", Value: fmt.Sprint("C-", at)}, {Key: "office", Value: office}}}
}

const perHour = `{name: rate, type: throughput, event: case.resolved, by: [office], window: 1h}`

func value(t interface{ Fatal(...any) }, e *Engine, name string, at int64) float64 {
	a, err := e.Value(Question{KPI: name, At: at, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	return a.Series[0].Value
}

func TestBackFillJoinsTheLiveStreamAtAnExactEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &past{}
		e := newEngine(p)
		defer func() { _ = e.Close() }()
		total := rapid.IntRange(0, 300).Draw(t, "events")
		putAt := rapid.IntRange(0, total).Draw(t, "put at")
		if rapid.Bool().Draw(t, "fail once") {
			p.fail = nil // a failing scan is tried again after two seconds: held by another test
		}
		for i := range total {
			if i == putAt {
				if _, err := e.Put(definition(t, perHour), Change{}, 1); err != nil {
					t.Fatal(err)
				}
			}
			e.give(p, resolved(int64(i), "north"))
		}
		if putAt == total {
			if _, err := e.Put(definition(t, perHour), Change{}, 1); err != nil {
				t.Fatal(err)
			}
		}
		e.filling.Wait()
		a, err := e.Value(Question{KPI: "rate", At: hour, Now: hour})
		if err != nil || !a.Ready || a.Series[0].N != int64(total) {
			t.Fatalf("%d events, the KPI has %+v, %v", total, a, err)
		}
	})
}

func TestAChangedDefinitionIsRestatedBesideTheOldOne(t *testing.T) {
	p := &past{}
	e := newEngine(p)
	defer func() { _ = e.Close() }()
	e.Configure(kpi.Env{}, []*kpi.Definition{definition(t, perHour)}, nil, 1)
	e.filling.Wait()
	e.give(p, resolved(1, "north"), resolved(2, "south"))
	again, err := e.Put(definition(t, perHour), Change{}, 2)
	if err != nil || again.Number != 1 {
		t.Fatalf("the same definition again began version %d, %v", again.Number, err)
	}
	r, err := e.Put(definition(t, strings.Replace(perHour, "1h", "2h", 1)), Change{}, 5)
	if err != nil || r.Number != 2 || r.Origin != API || r.Since != 5 {
		t.Fatalf("%+v, %v", r, err)
	}
	e.filling.Wait()
	e.give(p, resolved(3, "north"))
	for version, want := range map[int]float64{0: 1.5, 1: 3, 2: 1.5} {
		a, err := e.Value(Question{KPI: "rate", Version: version, At: hour, Now: hour})
		if err != nil || a.Series[0].Value != want {
			t.Errorf("version %d: %+v, %v; want %v", version, a.Series, err, want)
		}
	}
	if err := e.Delete("rate", Change{}, 6); err != nil {
		t.Fatal(err)
	}
	e.filling.Wait()
	if l, err := e.Get("rate"); err != nil || l.Current.Origin != File || l.Current.Number != 3 {
		t.Fatalf("after deletion the file's definition should be in force: %+v, %v", l.Current, err)
	}
	if err := e.Delete("rate", Change{}, 7); err == nil {
		t.Fatal("a definition of the file was deleted over the API")
	}
}

func TestRestartGoesOnFromTheCheckpoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &past{state: map[string][]byte{}}
		e := newEngine(p)
		defs := []*kpi.Definition{definition(t, perHour)}
		e.Configure(kpi.Env{}, defs, nil, 1)
		e.filling.Wait()
		n := rapid.IntRange(0, 60).Draw(t, "events")
		at := rapid.IntRange(0, n).Draw(t, "checkpoint after")
		for i := range n {
			e.give(p, resolved(int64(i), fmt.Sprint(i%3)))
			if i+1 == at {
				save(t, e, p)
			}
		}
		want, _ := e.Value(Question{KPI: "rate", At: hour, Now: hour, By: []string{"office"}})
		_ = e.Close()
		if name := rapid.SampledFrom([]string{"none", "kpi.keys", "kpi.evaluator.rate/1"}).Draw(t, "damaged"); len(p.state[name]) > 0 {
			p.state[name] = append(slices.Clone(p.state[name]), 1)
		}

		again := newEngine(p)
		defer func() { _ = again.Close() }()
		restore(t, again, p)
		again.Configure(kpi.Env{}, defs, nil, 2)
		again.filling.Wait()
		got, err := again.Value(Question{KPI: "rate", At: hour, Now: hour, By: []string{"office"}})
		if err != nil || fmt.Sprint(got.Series) != fmt.Sprint(want.Series) { // NaN is like NaN
			t.Fatalf("before %+v, after %+v, %v", want.Series, got.Series, err)
		}
		again.give(p, resolved(77, "0"))
		if v := value(t, again, "rate", hour); v != float64(n+1) {
			t.Fatalf("%v after one more of %d", v, n)
		}
	})
}

// A checkpoint between two full ones holds what has become ready alone: at the
// next start each KPI goes on from where its own state is.
func TestKPIsOfDifferentCheckpointsCatchUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &past{state: map[string][]byte{}}
		e := newEngine(p)
		defs := []*kpi.Definition{definition(t, perHour)}
		e.Configure(kpi.Env{}, defs, nil, 1)
		e.filling.Wait()
		put := 0
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			for range rapid.IntRange(0, 9).Draw(t, "events") {
				e.give(p, resolved(int64(len(p.events)), fmt.Sprint(len(p.events)%3)))
			}
			switch rapid.IntRange(0, 3).Draw(t, "then") {
			case 0:
				save(t, e, p)
			case 1:
				put++
				if _, err := e.Put(definition(t, strings.Replace(perHour, "rate", fmt.Sprint("rate.", put), 1)), Change{}, 1); err != nil {
					t.Fatal(err)
				}
				e.filling.Wait()
				state, err := e.Checkpoint(false, false)
				if err != nil || state[evaluatorState+"rate/1"] != nil && put > 1 {
					t.Fatalf("a checkpoint of more than what is new: %v, %v", slices.Sorted(maps.Keys(state)), err)
				}
				maps.Copy(p.state, state)
			}
		}
		_ = e.Close()
		again := newEngine(p)
		defer func() { _ = again.Close() }()
		restore(t, again, p)
		again.Configure(kpi.Env{}, defs, nil, 2)
		again.filling.Wait()
		again.give(p, resolved(77, "0"))
		names := []string{"rate"}
		for i := range put {
			names = append(names, fmt.Sprint("rate.", i+1))
		}
		for _, name := range names {
			if v := value(t, again, name, hour); v != float64(len(p.events)) {
				t.Fatalf("%s is %v after %d events", name, v, len(p.events))
			}
		}
	})
}

func restore(t *rapid.T, e *Engine, p *past) {
	if err := e.Restore(func(name string) ([]byte, error) { return p.state[name], nil },
		func(s []byte) (*kpi.Definition, error) { return definition(t, string(s)), nil }); err != nil {
		t.Fatal(err)
	}
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func save(t interface{ Fatal(...any) }, e *Engine, p *past) {
	state, err := e.Checkpoint(true, false)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(p.state, state)
}

func TestLiveTellsWhatChangedAndNoMore(t *testing.T) {
	p := &past{}
	e := newEngine(p)
	defer func() { _ = e.Close() }()
	e.Configure(kpi.Env{}, []*kpi.Definition{definition(t, perHour)}, nil, 1)
	e.filling.Wait()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	e.Due(now - 100)
	e.Live(now - 100)
	e.give(p, resolved(now, "north"))
	if b := e.Judge(now); b == nil || b.Len() != 1 || b.Values[0] != 1 {
		t.Fatalf("thresholds are given %+v", b)
	}
	updates := e.Live(now + 1)
	if len(updates) != 2 || updates[0].Answer.Series[0].Value != 1 || updates[1].Answer.Series[0].Tags[0].Value != "north" {
		t.Fatalf("told %+v", updates)
	}
	e.give(p, resolved(now, "north"))
	if updates = e.Live(now + tellSoon); len(updates) != 0 {
		t.Fatalf("told again at once: %+v", updates)
	}
	if updates = e.Live(now + 1 + tellSoon + 2*tellSeries); len(updates) != 2 {
		t.Fatalf("told %+v of a second event", updates)
	}
	if updates = e.Live(now + 10*tellEvery); len(updates) != 0 {
		t.Fatalf("nothing changed, told %+v", updates)
	}
	b := e.Due(now + hour)
	updates = e.Live(now + hour)
	if len(updates) != 2 || updates[0].Answer.Series[0].Value != 0 || b.Len() != 1 || b.Values[0] != 0 {
		t.Fatalf("as the event leaves the window: judged %+v, told %+v", b, updates)
	}
	e.Unheard()
	if updates = e.Live(now + hour + tellEvery); len(updates) != 2 {
		t.Fatalf("after nobody was told: %+v", updates)
	}
}

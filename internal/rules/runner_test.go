package rules

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// script is a group whose findings a test sets.
type script struct {
	name  string
	reads []string

	mu    sync.Mutex
	found []alert.Transition
	err   error
	takes time.Duration
	at    []int64
}

func (s *script) Name() string            { return s.name }
func (s *script) Reads() []string         { return s.reads }
func (s *script) Interval() time.Duration { return 10 * time.Second }
func (s *script) Rules() []Status         { return []Status{{Rule: s.name, Kind: "test"}} }

func (s *script) Evaluate(ctx context.Context, at int64) ([]alert.Transition, error) {
	s.mu.Lock()
	s.at = append(s.at, at)
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found, s.err
}

func (s *script) times() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.at)
}

func (s *script) finds(err error, states ...alert.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found, s.err = nil, err
	for _, state := range states {
		s.found = append(s.found, alert.Transition{Kind: "test", Rule: s.name, State: state})
	}
}

// harness runs a Runner over an alert engine in virtual time.
type harness struct {
	*Runner
	engine *alert.Engine
	mu     sync.Mutex
	told   []string
}

func (h *harness) log() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.told)
}

func start(t *testing.T) *harness {
	h := &harness{engine: alert.New(nil, slog.New(slog.DiscardHandler))}
	h.Runner = NewRunner(Options{
		Report: func(_ context.Context, ids []alert.RuleID, found []alert.Transition, at int64) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, c := range h.engine.Found(h.engine.Differences(ids, found, at), at) {
				h.told = append(h.told, c.Rule+" "+string(c.State))
			}
			return nil
		},
		Standing: h.engine.Standing,
		Metrics: func(kpi string) []string {
			if kpi == "backlog" {
				return []string{"case.opened", "case.resolved"}
			}
			return nil
		},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return h
}

func TestGroupsAreEvaluatedOnTheTickAndWhenWhatTheyReadChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t)
		kpi, metric, all := &script{name: "kpi", reads: []string{"backlog"}}, &script{name: "metric", reads: []string{"queue"}}, &script{name: "all"}
		h.Set([]Group{kpi, metric, all})
		want := func(when string, counts ...int) {
			t.Helper()
			synctest.Wait()
			if got := []int{kpi.times(), metric.times(), all.times()}; !slices.Equal(got, counts) {
				t.Errorf("%s: evaluated %v times, want %v", when, got, counts)
			}
		}
		want("at once", 1, 1, 1)
		h.Changed([]string{"case.resolved"})
		h.Changed([]string{"case.resolved"})
		want("before the gap is over", 1, 1, 1)
		time.Sleep(minGap)
		want("after a change", 2, 1, 2)
		h.Changed([]string{"queue"})
		time.Sleep(2 * minGap)
		want("after another", 2, 2, 3)
		time.Sleep(10 * time.Second)
		want("after the tick", 3, 3, 4)
	})
}

func TestChangesAreReportedOnceAndFailuresChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t)
		a, b := &script{name: "a"}, &script{name: "b"}
		a.finds(nil, alert.Warning)
		h.Set([]Group{a, b})
		step := func() { time.Sleep(10 * time.Second); synctest.Wait() }
		step()
		a.finds(errors.New("too many samples"))
		step()
		if s := h.Status(); s[0].Error != "too many samples" || s[1].Error != "" || !s[0].OnChange {
			t.Errorf("status %+v", s)
		}
		a.finds(nil, alert.Critical)
		step()
		b.finds(nil, alert.Warning)
		step()
		h.Set([]Group{b}) // a is gone
		step()
		b.finds(nil)
		step()
		if got, want := h.log(), []string{"a warning", "a critical", "b warning", "a ok", "b ok"}; !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

func TestASlowGroupDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t)
		slow, quick := &script{name: "slow", takes: time.Hour}, &script{name: "quick"}
		h.Set([]Group{slow, quick})
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if quick.times() < 29 {
			t.Errorf("evaluated %d times in 5 minutes", quick.times())
		}
		if slow.times() > 3 {
			t.Errorf("a group that takes its whole time was evaluated %d times in 5 minutes", slow.times())
		}
	})
}

// minutely judges five seconds after each minute, of which its tick knows nothing.
type minutely struct{ *script }

func (minutely) Last(at int64) int64   { return (at-5000)/60_000*60_000 + 5000 }
func (h minutely) Next(at int64) int64 { return h.Last(at) + 60_000 }
func (minutely) Eager() bool           { return false }

// A group with instants of its own is evaluated at each of them, and not when the
// next tick comes.
func TestGroupsAreEvaluatedAtTheirOwnInstants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t)
		own := minutely{&script{name: "own"}}
		h.Set([]Group{own})
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if h.Status()[0].OnChange {
			t.Error("is said to be judged when something changes")
		}
		own.mu.Lock()
		defer own.mu.Unlock()
		found := 0
		for _, at := range own.at {
			if (at-5000)%60_000 == 0 {
				found++
			}
		}
		if found != 10 {
			t.Errorf("evaluated at %d of its 10 instants: %v", found, own.at)
		}
		if len(own.at) > 80 {
			t.Errorf("evaluated %d times in ten minutes", len(own.at))
		}
	})
}

package rules

import (
	"context"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// running is a group at work.
type running struct {
	group  Group
	runner *Runner
	woken  chan struct{} // holds one token where something changed

	at int64 // the instant judged last; of the goroutine that runs

	mu  sync.Mutex
	err error
}

func newRunning(g Group, r *Runner) *running {
	return &running{group: g, runner: r, woken: make(chan struct{}, 1)}
}

func (g *running) wake() {
	select {
	case g.woken <- struct{}{}:
	default:
	}
}

func (g *running) ids() (ids []alert.RuleID) {
	for _, s := range g.group.Rules() {
		ids = append(ids, alert.RuleID{Kind: s.Kind, Rule: s.Rule})
	}
	return ids
}

func (g *running) failure() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// run evaluates at once, and then as often as there is reason to.
func (g *running) run(ctx context.Context) {
	tick := time.NewTicker(g.group.Interval())
	defer tick.Stop()
	for {
		took := g.evaluate(ctx)
		select {
		case <-time.After(max(minGap, restFactor*took)):
		case <-ctx.Done():
			return
		}
		select {
		case <-g.woken:
		case <-tick.C:
		case <-g.due():
		case <-ctx.Done():
			return
		}
	}
}

// due is when the group judges next, where it has instants of its own and one comes
// before the tick does; otherwise nil.
func (g *running) due() <-chan time.Time {
	paced, ok := g.group.(Paced)
	if !ok {
		return nil
	}
	wait := paced.Next(g.at) - g.runner.o.Now().UnixMilli()
	if wait > g.group.Interval().Milliseconds() {
		return nil
	}
	return time.After(time.Duration(wait) * time.Millisecond)
}

func (g *running) evaluate(ctx context.Context) (took time.Duration) {
	r := g.runner
	select {
	case r.free <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	defer func() { <-r.free }()
	begun := time.Now()
	err := g.judge(ctx)
	g.mu.Lock()
	before := g.err
	g.err = err
	g.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case err != nil && before == nil:
		r.o.Logger.Error("rules cannot be evaluated; their alerts stay as they are", "group", g.group.Name(), "error", err)
	case err == nil && before != nil:
		r.o.Logger.Info("rules are evaluated again", "group", g.group.Name())
	}
	return time.Since(begun)
}

func (g *running) judge(ctx context.Context) error {
	at := g.runner.o.Now().UnixMilli()
	g.at = at
	limited, cancel := context.WithTimeout(ctx, evaluateFor)
	defer cancel()
	all, err := g.group.Evaluate(limited, at)
	if err != nil {
		return err
	}
	return g.runner.o.Report(ctx, g.ids(), all, at)
}

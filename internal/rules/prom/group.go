package prom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/rules"

	"github.com/hms-ops/hms-monitor/internal/alert"
	hmspromql "github.com/hms-ops/hms-monitor/internal/promql"
	hmsrules "github.com/hms-ops/hms-monitor/internal/rules"
)

// Group is the rules of one group of a rule file. It implements rules.Group.
type Group struct {
	name     string
	interval time.Duration
	reads    []string
	o        *Options
	events   func(name string) bool
	inner    *rules.Group
	gate     *gate
	ask      rules.QueryFunc
	url      *url.URL
	rules    []*rule

	mu       sync.Mutex // held while it is evaluated
	restored bool
	recorded time.Time // when the states of alerts were recorded last
	notReady error     // of a query of this evaluation
	foreseen *foreseen // nil unless the instants to come are known
	// merged are the expressions of rules as the engine is asked them.
	merged map[string]string
	// last is what the last evaluation found, where the instants are known.
	last []alert.Transition
}

var _ hmsrules.Group = (*Group)(nil)

// Name implements rules.Group: "file;group".
func (g *Group) Name() string { return g.name }

// Reads implements rules.Group.
func (g *Group) Reads() []string { return g.reads }

// Interval implements rules.Group.
func (g *Group) Interval() time.Duration { return g.interval }

// Rules implements rules.Group.
func (g *Group) Rules() []hmsrules.Status {
	all := make([]hmsrules.Status, len(g.rules))
	for i, r := range g.rules {
		all[i] = r.status()
	}
	return all
}

// Firing are the alerts of a name that fire, as the last evaluation left them.
func (g *Group) Firing(name string) (all []*rules.Alert) {
	for _, r := range g.rules {
		if r.alert == nil || r.inner.Name() != name {
			continue
		}
		for _, a := range r.alert.ActiveAlerts() {
			if a.State == rules.StateFiring {
				all = append(all, a)
			}
		}
	}
	return all
}

// Evaluate implements rules.Group. A rule that fails leaves its alerts as they
// are, and the others go on.
func (g *Group) Evaluate(ctx context.Context, at int64) ([]alert.Transition, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ts := time.UnixMilli(at).UTC()
	if !g.restored {
		if err := g.restore(ctx, ts); err != nil {
			return nil, err
		}
	}
	if g.steady(ctx, ts) {
		return g.last, ctx.Err()
	}
	g.gate.open = !g.gate.unread && (g.o.Testing || ts.Sub(g.recorded) >= g.interval)
	if g.gate.open {
		g.recorded = ts
	}
	g.inner.Eval(ctx, ts)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the evaluation was ended: %w", err)
	}
	worst := worstOf{}
	for _, r := range g.rules {
		r.at.Store(at)
		if r.alert == nil {
			continue
		}
		switch err := r.inner.LastError(); {
		case err == nil:
			r.succeeded, r.found = true, g.transitions(r, at)
		case !r.succeeded:
			r.found = g.standing(r.inner.Name())
		}
		worst.add(r.found)
	}
	found := worst.list()
	g.remember(ctx, ts, found)
	return found, nil
}

// restore has alerts go on that were active before a restart: the expressions
// are evaluated to see which still hold, and these get back since when. Where a
// KPI cannot be asked yet, that waits.
func (g *Group) restore(ctx context.Context, ts time.Time) error {
	g.notReady = nil
	for _, r := range g.rules {
		if r.alert == nil || r.alert.Restored() {
			continue
		}
		_, err := r.alert.Eval(ctx, g.inner.QueryOffset(), ts, g.query, g.url, g.inner.Limit())
		if err != nil && (g.notReady != nil || ctx.Err() != nil) {
			r.inner.SetLastError(err)
			return fmt.Errorf("rule %q: %w", r.inner.Name(), errors.Join(g.notReady, ctx.Err()))
		}
	}
	g.inner.RestoreForState(ts)
	g.restored = true
	return nil
}

// query evaluates an expression at an instant, and notes where it fails because
// a KPI is not ready.
func (g *Group) query(ctx context.Context, expr string, ts time.Time) (promql.Vector, error) {
	if v, known := g.foresaw(ctx, expr, ts); known {
		return v, nil
	}
	v, err := g.ask(ctx, cmp.Or(g.merged[expr], expr), ts)
	if cause, ok := errors.AsType[promql.ErrStorage](err); ok {
		err = cause.Err
	}
	if errors.Is(err, hmspromql.ErrNotReady) {
		g.notReady = err
	}
	return v, err
}

// standing are the alerts of a rule as the log has told.
func (g *Group) standing(name string) (all []alert.Transition) {
	if g.o.Standing == nil {
		return nil
	}
	for _, t := range g.o.Standing() {
		if t.Kind == Kind && t.Rule == name {
			all = append(all, t)
		}
	}
	return all
}

// take has the group go on where one of the same name left off.
func (g *Group) take(old *Group) {
	old.mu.Lock()
	defer old.mu.Unlock()
	g.inner.CopyState(old.inner)
	g.restored, g.recorded = old.restored, old.recorded
	for _, r := range g.rules {
		if r.alert != nil && old.restored {
			r.alert.SetRestored(true)
		}
		for _, before := range old.rules {
			if before.hash == r.hash {
				r.succeeded, r.found = before.succeeded, before.found
				r.at.Store(before.at.Load())
			}
		}
	}
}

package rules

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

const (
	// workers is how many groups are evaluated at a time.
	workers = 2
	// minGap is the least time from one evaluation of a group to the next;
	// restFactor has a group rest so many times as long as it took, so that a
	// costly one leaves the processor to others.
	minGap     = 50 * time.Millisecond
	restFactor = 4
	// evaluateFor bounds one evaluation.
	evaluateFor = 30 * time.Second
)

// Options are what a Runner works with.
type Options struct {
	// Report takes what the rules of a group found, every series that is not ok.
	Report func(ctx context.Context, rules []alert.RuleID, found []alert.Transition, at int64) error
	// Standing lists the series of rules that are not ok.
	Standing func() []alert.Transition
	// Metrics gives the metrics that a KPI is made from; nil for a name that is
	// no KPI.
	Metrics func(kpi string) []string
	Now     func() time.Time
	Logger  *slog.Logger
}

// Runner evaluates groups: soon after something that they read has changed, and
// on their ticks. A group that fails or is slow delays no other by more than a
// worker.
type Runner struct {
	o    Options
	free chan struct{} // holds a token for each group under evaluation

	mu      sync.Mutex
	running []*running
	reads   map[string][]*running // by metric
	readAll []*running
	begun   context.Context // nil before Run
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// NewRunner makes a runner without groups.
func NewRunner(o Options) *Runner {
	return &Runner{o: o, free: make(chan struct{}, workers), stop: func() {}}
}

// Set puts other groups in place of those before. The series of rules that are
// gone have recovered.
func (r *Runner) Set(groups []Group) {
	_ = r.Replace(func() ([]Group, error) { return groups, nil })
}

// Replace puts the groups that load gives in place of those before, none of
// which is evaluated meanwhile; where it fails those before go on.
func (r *Runner) Replace(load func() ([]Group, error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop()
	r.done.Wait()
	groups, err := load()
	if err == nil {
		r.running = nil
		for _, g := range groups {
			r.running = append(r.running, newRunning(g, r))
		}
		r.resolve()
	}
	if r.begun != nil {
		r.start()
	}
	return err
}

// Resolve finds out anew which events concern which group, after KPIs have
// been defined otherwise.
func (r *Runner) Resolve() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resolve()
}

// resolve finds out which metrics concern which group. It holds r.mu.
func (r *Runner) resolve() {
	r.reads, r.readAll = map[string][]*running{}, nil
	for _, g := range r.running {
		names := g.group.Reads()
		if names == nil {
			r.readAll = append(r.readAll, g)
			continue
		}
		var metrics []string
		for _, name := range names {
			metrics = append(metrics, name)
			metrics = append(metrics, r.o.Metrics(name)...)
		}
		slices.Sort(metrics)
		for _, m := range slices.Compact(metrics) {
			r.reads[m] = append(r.reads[m], g)
		}
	}
}

// Changed tells that events of these metrics have come. It does not block.
func (r *Runner) Changed(metrics []string) {
	if !r.mu.TryLock() {
		return // groups are being replaced, and new ones are evaluated at once
	}
	defer r.mu.Unlock()
	for _, m := range metrics {
		for _, g := range r.reads[m] {
			g.wake()
		}
	}
	for _, g := range r.readAll {
		g.wake()
	}
}

// Run evaluates until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	r.mu.Lock()
	r.begun = ctx
	r.start()
	r.mu.Unlock()
	<-ctx.Done()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done.Wait()
}

// start begins the evaluation of the groups in place. It holds r.mu.
func (r *Runner) start() {
	ctx, cancel := context.WithCancel(r.begun)
	r.stop = cancel
	gone := r.gone()
	r.done.Go(func() {
		if err := r.o.Report(ctx, gone, nil, r.o.Now().UnixMilli()); err != nil && ctx.Err() == nil {
			r.o.Logger.Error("alerts of rules that are gone were not ended", "error", err)
		}
	})
	for _, g := range r.running {
		r.done.Go(func() { g.run(ctx) })
	}
}

// gone names the rules with series that are not ok and no group any more.
func (r *Runner) gone() (ids []alert.RuleID) {
	here := map[alert.RuleID]bool{}
	for _, g := range r.running {
		for _, id := range g.ids() {
			here[id] = true
		}
	}
	for _, t := range r.o.Standing() {
		if id := (alert.RuleID{Kind: t.Kind, Rule: t.Rule}); !here[id] && t.Kind != KindExternal && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// GroupStatus is how a group stands.
type GroupStatus struct {
	Group    string        `json:"group"`
	Interval time.Duration `json:"interval"`
	// OnChange is whether it is judged when something that it reads changes as well,
	// and not at instants of its own alone.
	OnChange bool     `json:"onChange"`
	Rules    []Status `json:"rules"`
	// Error is why the last evaluation failed.
	Error string `json:"error,omitempty"`
}

// Status lists the groups in the order in which they were given.
func (r *Runner) Status() []GroupStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]GroupStatus, 0, len(r.running))
	for _, g := range r.running {
		own, paced := g.group.(Paced)
		reads := g.group.Reads()
		s := GroupStatus{
			Group: g.group.Name(), Interval: g.group.Interval(), Rules: g.group.Rules(),
			OnChange: (reads == nil || len(reads) > 0) && (!paced || own.Eager()),
		}
		if err := g.failure(); err != nil {
			s.Error = err.Error()
		}
		all = append(all, s)
	}
	return all
}

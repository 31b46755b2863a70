package backtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

// Firing is a time in which a series of a rule was in one state that is not ok.
type Firing struct {
	Rule  string            `json:"rule"`
	Tags  map[string]string `json:"tags"`
	State alert.State       `json:"state"`
	// FiredAt and ResolvedAt are ms; ResolvedAt is null where it fired to the end.
	FiredAt    int64  `json:"firedAt"`
	ResolvedAt *int64 `json:"resolvedAt"`
	// Seconds is how long it fired within the range.
	Seconds float64 `json:"seconds"`
	// Standing: it fired when the range began already.
	Standing  bool     `json:"standing,omitempty"`
	Value     *float64 `json:"value"`
	N         int64    `json:"n,omitempty"`
	Condition string   `json:"condition"`
	// Provisional: it came of a window that was not over.
	Provisional bool `json:"provisional,omitempty"`

	first alert.Transition
	key   string
}

// recorder makes firings of the changes of state.
type recorder struct {
	from, to int64
	asked    time.Duration
	limits   Limits

	open map[string]*Firing
	done []*Firing
	// judged counts instants, or values of a metric; step is how far apart the
	// instants were, 0 where they were those at which something changes.
	judged int
	step   int64
	// through is up to when the past was judged.
	through int64
	// hit are limits in words; cut: one of them ended the run.
	hit []string
	cut bool
	// narrow says what takes less, where a run took too long.
	narrow string
}

func newRecorder(q Request, l Limits) *recorder {
	return &recorder{from: q.From, to: q.To, asked: q.Step, limits: l, open: map[string]*Firing{}, through: q.To, narrow: "a shorter range or a longer step takes less"}
}

var errEnough = errors.New("enough firings")

// stopped reports whether an error is that a limit was hit, and notes it.
func (r *recorder) stopped(ctx context.Context, err error) bool {
	switch {
	case errors.Is(err, errEnough):
		r.note(fmt.Sprintf("it fired more than %d times: only the time up to then was judged", r.limits.Firings))
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		r.note(fmt.Sprintf("it took longer than %v: only the time up to then was judged; %s", r.limits.Time, r.narrow))
	default:
		return false
	}
	r.cut = true
	return true
}

func (r *recorder) note(limit string) {
	if !slices.Contains(r.hit, limit) {
		r.hit = append(r.hit, limit)
	}
}

// take notes how a series stands from an instant on.
func (r *recorder) take(t alert.Transition, at int64) error {
	if at >= r.to {
		return nil
	}
	key := t.SeriesKey()
	is := r.open[key]
	if is != nil && is.State == t.State {
		return nil
	}
	if is != nil {
		r.close(is, at)
	}
	if t.State == alert.OK {
		return nil
	}
	f := &Firing{
		Rule: t.Rule, Tags: event.TagMap(t.Tags), State: t.State, FiredAt: at, N: t.N, Condition: t.Condition, Provisional: t.Provisional,
		Standing: at <= r.from, first: t, key: key,
	}
	if !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
		f.Value = new(t.Value)
	}
	r.open[key] = f
	if len(r.done)+len(r.open) > r.limits.Firings {
		r.through = at
		return errEnough
	}
	return nil
}

func (r *recorder) close(f *Firing, at int64) {
	delete(r.open, f.key)
	if at <= r.from {
		return
	}
	f.ResolvedAt = new(at)
	r.done = append(r.done, f)
}

// found takes what a group found at an instant: every series that is not ok.
func (r *recorder) found(ids []alert.RuleID, all []alert.Transition, at int64) error {
	seen := make(map[string]bool, len(all))
	for i := range all {
		slices.SortFunc(all[i].Tags, func(a, b event.Tag) int { return cmp.Compare(a.Key, b.Key) })
		seen[all[i].SeriesKey()] = true
		if err := r.take(all[i], at); err != nil {
			return err
		}
	}
	for key, f := range r.open {
		if !seen[key] && slices.Contains(ids, alert.RuleID{Kind: f.first.Kind, Rule: f.first.Rule}) {
			r.close(f, at)
		}
	}
	return nil
}

// end closes the books.
func (r *recorder) end() {
	for _, f := range r.open {
		r.done = append(r.done, f)
	}
	r.open = nil
	for _, f := range r.done {
		last := r.through
		if f.ResolvedAt != nil {
			last = *f.ResolvedAt
		}
		f.Seconds = max(0, float64(last-max(f.FiredAt, r.from))/1000)
	}
	slices.SortFunc(r.done, func(a, b *Firing) int {
		return cmp.Or(cmp.Compare(a.FiredAt, b.FiredAt), strings.Compare(a.key, b.key))
	})
}

// ids are the rules of a group.
func ids(g rules.Group) (all []alert.RuleID) {
	for _, s := range g.Rules() {
		all = append(all, alert.RuleID{Kind: s.Kind, Rule: s.Rule})
	}
	return all
}

// Package backtest runs an alert rule over stored history and says when it would
// have fired, with the evaluators that judge live: the engine of thresholds, the
// KPI engine, the detectors, and the rules of Prometheus. It explains an alert in
// the same way, by judging once more.
//
// The past is judged by the time of its events, each as if it had come at its
// own time: live judges them as they come, so that an import of history would be
// judged at once. What came late is known here from the beginning.
//
// It must not know HTTP, the log or the database. The API asks it, the app says
// what it works with.
package backtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// Events is stored history.
type Events interface {
	store.Sampler
	Position() store.Position
}

// KPIs are asked as of any instant; *engine.Engine is one.
type KPIs interface {
	detect.Source
	Env() *kpi.Env
	Moments(ctx context.Context, q engine.Question, span engine.Span, most int) (all []int64, more bool, err error)
	Values(ctx context.Context, q engine.Question, instants iter.Seq[int64], yield func(at int64, all []kpi.Series) bool) (engine.Answer, error)
}

var _ KPIs = (*engine.Engine)(nil)

// Options are what a Backtester works with.
type Options struct {
	Events Events
	KPIs   KPIs
	// Thresholds are those in force, on metrics and KPIs; Groups the other rules.
	Thresholds func() []alert.Rule
	Groups     func() []rules.GroupStatus
	// Prometheus makes fresh groups of the text of a rule file, and what ends
	// them; nil where there are none.
	Prometheus func(file string, text []byte) (groups []rules.Group, end func(), faults []strict.Fault)
	// Receivers tells who would be notified of a transition; nil: not known.
	Receivers func(alert.Transition) []string
	// Limits bound a run; zero ones stand for DefaultLimits.
	Limits Limits
}

// Limits bound a run. Where one is hit, the answer says so.
type Limits struct {
	// Time is how long a run may take.
	Time time.Duration
	// Instants is how many a rule is judged at, unless a step is asked for.
	Instants int
	// Firings is how many are gathered.
	Firings int
}

// DefaultLimits hold where none are given.
func DefaultLimits() Limits {
	return Limits{Time: 15 * time.Second, Instants: 20_000, Firings: 100_000}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Time == 0 {
		l.Time = d.Time
	}
	if l.Instants == 0 {
		l.Instants = d.Instants
	}
	if l.Firings == 0 {
		l.Firings = d.Firings
	}
	return l
}

// Backtester runs rules over the past.
type Backtester struct {
	o Options
}

// New makes a backtester.
func New(o Options) *Backtester {
	o.Limits = o.Limits.orDefault()
	return &Backtester{o}
}

// Request is a rule and the past to run it over.
type Request struct {
	// Text is the rule in YAML or JSON; File stands in its faults.
	File string
	Text []byte
	// Kind is one of the kinds, or "" where the text tells it.
	Kind Kind
	// From and To bound the time (ms): From <= t < To.
	From, To int64
	// Step is how far apart the instants are at which it is judged, where the
	// rule does not say; 0 leaves that to the limits.
	Step time.Duration
	// List is how many firings are listed.
	List int
}

// Errors of a request that its rule is not to blame for.
var (
	// ErrRange: the past asked for cannot be judged.
	ErrRange = errors.New("the range cannot be judged")
	// ErrNotReady: what is asked about is not known yet.
	ErrNotReady = errors.New("the KPI still reads history: try again later")
)

// Run runs a rule. It gives the faults of the rule where it has any.
func (b *Backtester) Run(ctx context.Context, q Request) (Answer, []strict.Fault, error) {
	if q.To <= q.From {
		return Answer{}, nil, fmt.Errorf("%w: it ends before it begins", ErrRange)
	}
	if q.Step < 0 || q.Step > 0 && q.Step < time.Millisecond {
		return Answer{}, nil, fmt.Errorf("%w: a step of %v is too short", ErrRange, q.Step)
	}
	r, faults := b.read(q.Kind, q.File, q.Text)
	if len(faults) > 0 {
		return Answer{}, faults, nil
	}
	defer r.end()
	limited, cancel := context.WithTimeout(ctx, b.o.Limits.Time)
	defer cancel()
	rec, err := b.record(limited, r, q)
	if err != nil {
		return Answer{}, nil, err
	}
	a := rec.answer(r, q, b.o.Receivers)
	if err := b.compare(limited, &a, rec, r, q); err != nil {
		return Answer{}, nil, err
	}
	return a, nil, ctx.Err()
}

// record runs a rule until it is through or a limit is hit.
func (b *Backtester) record(ctx context.Context, r *rule, q Request) (*recorder, error) {
	rec := newRecorder(q, b.o.Limits)
	if r.kind == PromQL {
		rec.narrow += ", and so does a series for each group instead of each case: `sum by (office) (count_over_time(...))` is read as one series for each office"
	}
	for _, t := range r.trials {
		err := t.run(ctx, rec)
		if err == nil {
			continue
		}
		if !rec.stopped(ctx, err) {
			return nil, err
		}
		break
	}
	rec.end()
	return rec, nil
}

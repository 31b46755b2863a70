// Package engine runs the KPIs: it hands them the events of the log in order,
// answers what their values are and were, fills new and changed definitions
// from stored history, and tells what has changed. There is one evaluator for
// all of these, so live answers and replayed ones are equal by construction.
//
// The pipeline applies events and asks for changes; the API asks for answers;
// the app wires both. Time is handed in. It knows neither HTTP nor the store's
// engine.
package engine

import (
	"cmp"
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// History is what the engine reads back.
type History interface {
	Scan(ctx context.Context, q store.ScanQuery, yield func(through uint64, b *event.Block) error) error
	// Position is what can be read.
	Position() store.Position
}

// Options are what an Engine is made from.
type Options struct {
	History History
	// Stored returns once everything applied can be read from History.
	Stored func(ctx context.Context) error
	// Env is what definitions may refer to; the engine adds the KPIs.
	Env kpi.Env
	// Watched tells whether thresholds look at a KPI's values.
	Watched func(name string) bool
	// Changed is told when definitions were changed or became ready.
	Changed func()
	Logger  *slog.Logger
}

// Engine holds the KPIs. Events wait, a few at a time, until there are enough of
// them or somebody asks, see version.catchUp. Apply, Live and Checkpoint are the pipeline's; the
// rest may be called from any goroutine. Locks are taken in the order Engine.mu,
// version.mu.
type Engine struct {
	o    Options
	keys *kpi.Keys

	mu     sync.RWMutex
	byName map[string]*series
	order  []*series // by name
	// configured and put are the definitions wanted, see Configure and Put.
	configured, put map[string]given
	// current are the versions in force, for KPIs made from others.
	current atomic.Pointer[map[string]*version]
	// live are the versions that events go to, byMetric those that read a metric:
	// what readers has found so far.
	live     []*version
	byMetric map[string][]*version
	metrics  map[string]bool // names seen
	// seq is the last event applied, clock the log's latest time, newest the
	// latest event time that is not ahead of the clock.
	seq           uint64
	clock, newest int64
	// batches of so many events may not be evaluated yet; before was one before.
	batches []*kpi.Batch
	waiting int
	before  *kpi.Batch
	// taken is the event as of the last checkpoint of all evaluators.
	taken uint64
	// stale says that the record of definitions has changed since the last one.
	stale bool
	// gone are states to be removed with the next checkpoint.
	gone []string

	filling sync.WaitGroup
	closing context.Context
	stop    context.CancelFunc

	touched []*version // scratch
}

// New makes an engine without KPIs.
func New(o Options) *Engine {
	e := &Engine{o: o, keys: kpi.NewKeys(), byName: map[string]*series{}, put: map[string]given{}, byMetric: map[string][]*version{}, metrics: map[string]bool{}}
	e.current.Store(&map[string]*version{})
	e.closing, e.stop = context.WithCancel(context.Background())
	return e
}

// Close ends what goes on in the background.
func (e *Engine) Close() error {
	e.stop()
	e.filling.Wait()
	return nil
}

// Apply takes the events of a block in, numbered from firstSeq on, which the
// log received at clock. Blocks come in order and without gaps.
func (e *Engine) Apply(firstSeq uint64, b *event.Block, clock int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock = max(e.clock, clock)
	if b.Len() == 0 {
		return
	}
	e.seq = firstSeq + uint64(b.Len()) - 1
	e.newest = newest(b, e.newest, e.clock)
	e.touched = e.touched[:0]
	for _, name := range b.Metric.Words[1:] {
		for _, v := range e.readers(name) {
			if !slices.Contains(e.touched, v) {
				e.touched = append(e.touched, v)
			}
		}
	}
	if len(e.touched) == 0 {
		return
	}
	batch := kpi.NewBatch(inOrder(b), e.keys)
	for _, v := range e.touched {
		v.take(e.seq, batch)
	}
	e.batches = append(e.batches, batch)
	if e.waiting += b.Len(); e.waiting >= atOnce {
		e.catchUp()
	}
}

// atOnce is how many events wait until they are evaluated though nobody asks: the
// KPIs are evaluated side by side, and each goes on with what it has at hand.
const atOnce = 2000

// catchUp has each version apply what waits. They have nothing in common that
// changes but what Batch and Keys guard. The engine is locked.
func (e *Engine) catchUp() {
	// What takes longest goes first, so that all end together.
	e.touched = append(e.touched[:0], e.live...)
	slices.SortStableFunc(e.touched, func(a, b *version) int { return cmp.Compare(b.took, a.took) })
	var next atomic.Int64
	work := func() {
		for {
			switch i := int(next.Add(1)) - 2; {
			case i < 0:
				e.lookUp()
			case i < len(e.touched):
				e.touched[i].timedCatchUp()
			default:
				return
			}
		}
	}
	var helpers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(e.live)) - 1 {
		helpers.Go(work)
	}
	work()
	helpers.Wait()
	clear(e.batches)
	e.batches, e.waiting = e.batches[:0], 0
}

// lookUp has the keys of what waits looked up, ahead of the versions that ask for
// them: they would wait for each other at every batch.
func (e *Engine) lookUp() {
	for _, b := range e.batches {
		if e.before != nil {
			b.LookUp(e.before)
		}
		e.before = b
	}
}

func newest(b *event.Block, latest, clock int64) int64 {
	for _, t := range b.Times {
		if t > latest && t <= clock {
			latest = t
		}
	}
	return latest
}

// index rebuilds what events are looked up by. The engine is locked.
func (e *Engine) index() {
	e.order, e.live, e.byMetric = e.order[:0], nil, map[string][]*version{}
	for _, s := range e.byName {
		e.order = append(e.order, s)
	}
	slices.SortFunc(e.order, func(a, b *series) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	current := map[string]*version{}
	for _, s := range e.order {
		current[s.name] = s.current()
		e.live = append(e.live, s.running()...)
	}
	e.current.Store(&current)
}

// readers are the versions that read a metric, whose names may be prefixes.
func (e *Engine) readers(metric string) []*version {
	found, known := e.byMetric[metric]
	if known {
		return found
	}
	e.metrics[metric] = true
	for _, v := range e.live {
		if slices.ContainsFunc(v.def.Spec.Reads(&v.def.Common).Metrics, func(m string) bool {
			start, open := strings.CutSuffix(m, "*")
			return m == metric || open && strings.HasPrefix(metric, start)
		}) {
			found = append(found, v)
		}
	}
	e.byMetric[metric] = found
	return found
}

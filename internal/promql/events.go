package promql

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// Store is where events are read back from.
type Store interface {
	store.Sampler
	// Position is what can be read.
	Position() store.Position
	Metrics(ctx context.Context) ([]store.MetricInfo, error)
}

// Events reads events as samples: what is stored, and what was applied and is
// not stored yet. Of metrics that rules read it keeps the latest samples in
// memory; they are brought up to date when somebody asks.
type Events struct {
	store       Store
	max, recent int

	mu sync.Mutex
	// applied are the blocks that are not both stored and in every track,
	// ascending; rows counts their events.
	applied []applied
	rows    int
	// tidyAt is the number of rows at which blocks are sorted out.
	tidyAt int
	// through is the number of the last event that tracks have.
	through uint64
	tracks  map[string]*track // by kept.key
	count   int               // of samples in tracks
	// reading counts those who read the store and then go on with applied.
	reading int
	// newest is the latest instant asked about, trimmed the one at which what
	// is kept was last looked through.
	newest, trimmed int64
	names           map[string]bool
}

type applied struct {
	first, last uint64
	block       *event.Block
}

// NewEvents makes a reader of events. The app hands it every block from the
// event on that follows the store's position.
func NewEvents(s Store, c Config) *Events {
	return &Events{store: s, max: c.MaxSamples, recent: c.Recent, tracks: map[string]*track{}, names: map[string]bool{}, newest: math.MinInt64, tidyAt: tidyRows}
}

// tidyRows is how many events wait in blocks before they are sorted out though
// nobody asks.
const tidyRows = 16_384

// Apply takes in the events of a block, numbered from first on. It costs next
// to nothing.
func (e *Events) Apply(first uint64, b *event.Block) {
	if b.Len() == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.applied = append(e.applied, applied{first, first + uint64(b.Len()) - 1, b})
	e.rows += b.Len()
	for _, name := range b.Metric.Words[1:] {
		e.names[name] = true
	}
	if e.rows >= e.tidyAt {
		e.catchUp()
	}
}

// catchUp brings the tracks up to date and drops blocks that nobody needs. The
// lock is held.
func (e *Events) catchUp() {
	for _, a := range e.applied {
		if a.last <= e.through {
			continue
		}
		for _, t := range e.tracks {
			before := t.count
			t.add(a.block, a.first, nil)
			e.count += t.count - before
		}
		e.through = a.last
	}
	e.tidyAt = e.rows + tidyRows
	e.trim()
	if e.reading > 0 {
		return
	}
	stored := e.store.Position().Seq
	n := 0
	for n < len(e.applied) && e.applied[n].last <= stored {
		e.rows -= e.applied[n].block.Len()
		n++
	}
	if n > 0 {
		e.applied = slices.Clone(e.applied[n:])
		e.tidyAt = e.rows + tidyRows
	}
}

// metrics lists the names that the matchers match; nil matchers match all.
func (e *Events) metrics(ctx context.Context, matchers []*labels.Matcher) ([]string, error) {
	if name, exact := exactName(matchers); exact {
		return []string{name}, nil
	}
	stored, err := e.store.Metrics(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, m := range stored {
		names[m.Metric] = true
	}
	e.mu.Lock()
	maps.Copy(names, e.names)
	e.mu.Unlock()
	maps.DeleteFunc(names, func(name string, _ bool) bool { return !nameMatches(name, matchers) })
	return slices.Sorted(maps.Keys(names)), nil
}

// exactName is the name that a selector names.
func exactName(matchers []*labels.Matcher) (name string, exact bool) {
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual && m.Value != "" {
			return m.Value, true
		}
	}
	return "", false
}

func nameMatches(name string, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel && !m.Matches(name) {
			return false
		}
	}
	return true
}

// read fills a track with what is stored and applied up to to, of series that
// can match. Then then is called, if given, with the lock held: nothing that
// came meanwhile was dropped.
func (e *Events) read(ctx context.Context, t *track, to int64, tags []event.Tag, then func()) error {
	e.mu.Lock()
	e.reading++
	waiting := slices.Clip(e.applied)
	e.mu.Unlock()
	err := e.fill(ctx, t, waiting, to, tags)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reading--
	if err == nil && then != nil {
		then()
	}
	return err
}

func (e *Events) fill(ctx context.Context, t *track, waiting []applied, to int64, tags []event.Tag) error {
	// What is not waiting any longer was stored before this position.
	stored := e.store.Position().Seq
	q := store.SampleQuery{Filter: store.Filter{Metrics: []string{t.metric}, Tags: tags}, From: t.from, To: to, Last: stored}
	if to < math.MaxInt64 {
		q.To++ // to is included
	}
	err := e.store.Samples(ctx, q, func(n store.Numbered) error {
		t.add(n.Block, 0, n.Seqs)
		return e.fits(t)
	})
	if err != nil {
		return err
	}
	t.through = stored
	t.addAll(waiting)
	return e.fits(t)
}

func (e *Events) fits(t *track) error {
	if t.count > e.max {
		return fmt.Errorf("%s has more than %d samples there: ask for a shorter range or fewer series, or raise max_samples", t.metric, e.max)
	}
	return nil
}

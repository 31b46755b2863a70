package outbox

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// suspicious is after how many failures of a message another one is tried right
// after it, to tell a receiver that is down from one that will not take this
// message.
const suspicious = 3

// worker sends what is for one integration, one message at a time.
type worker struct {
	o      *Outbox
	target Target
	wake   chan struct{}

	mu      sync.Mutex
	by      *wrapped // nil while the configuration has no such integration
	current bool     // the configuration in force has it
	groups  map[string]*group
	told    told
	data    map[string]map[string]string // by group, for its next message
	// failures counts the rounds in which nothing went through; until notBefore
	// nothing is tried.
	failures  int
	since     time.Time // of the first of them
	last      time.Time // attempt
	notBefore time.Time

	abandoned chan struct{} // room for attempts that do not end
}

// group is what waits of one group, in the order in which it was stored. They
// are sent in that order; the most urgent of them gives the group its place.
type group struct {
	waiting []*entry
	urgency int
	// notBefore is for a group whose first message fails while others of the
	// integration go through.
	notBefore time.Time
}

func newWorker(o *Outbox, target Target) *worker {
	return &worker{
		o: o, target: target, wake: make(chan struct{}, 1),
		groups: map[string]*group{}, told: told{}, data: map[string]map[string]string{}, abandoned: make(chan struct{}, 3),
	}
}

func (w *worker) notifier() *wrapped {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.by
}

func (w *worker) use(by *wrapped) {
	w.mu.Lock()
	w.by, w.current = by, true
	w.notBefore = time.Time{} // what failed before may be what was put right
	w.mu.Unlock()
	nudge(w.wake)
}

func (w *worker) retire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = false
}

func (w *worker) inForce() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

// add lets a message wait for its turn. While the receiver is failing, it is
// a reason to try again soon.
func (w *worker) add(e *entry) {
	m := e.message.Load()
	w.mu.Lock()
	g := w.groups[m.GroupKey]
	if g == nil {
		g = &group{}
		w.groups[m.GroupKey] = g
	}
	at, found := slices.BinarySearchFunc(g.waiting, m.Seq, func(o *entry, seq uint64) int {
		return int(min(max(int64(o.message.Load().Seq)-int64(seq), -1), 1))
	})
	if !found {
		g.waiting = slices.Insert(g.waiting, at, e)
		w.told.add(e)
	}
	g.rank()
	if soon := w.last.Add(firstBackoff); w.notBefore.After(soon) {
		w.notBefore = soon
	}
	w.mu.Unlock()
	nudge(w.wake)
}

func (g *group) rank() {
	g.urgency = 1 << 10
	for _, e := range g.waiting {
		g.urgency = min(g.urgency, e.message.Load().urgency())
	}
}

// drop takes a message that is settled from its group, unless a retry was asked
// for meanwhile.
func (w *worker) drop(e *entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := e.message.Load()
	g := w.groups[m.GroupKey]
	if g == nil || m.State == Pending {
		return
	}
	g.waiting = slices.DeleteFunc(g.waiting, func(o *entry) bool { return o == e })
	w.told.drop(e)
	if g.rank(); len(g.waiting) == 0 {
		delete(w.groups, m.GroupKey)
	}
}

// next is the most urgent message that may be sent now, without those of the
// groups left out; with none, soonest is when there may be one.
func (w *worker) next(now time.Time, without []*entry) (e *entry, soonest time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		return nil, time.Time{}
	}
	if w.notBefore.After(now) && len(without) == 0 {
		return nil, w.notBefore
	}
	may := func(g *group) bool { return !slices.Contains(without, g.waiting[0]) && !g.notBefore.After(now) }
	var best *group
	for _, g := range w.groups {
		switch {
		case may(g):
			if best == nil || g.before(best) {
				best = g
			}
		case g.notBefore.After(now) && (soonest.IsZero() || g.notBefore.Before(soonest)):
			soonest = g.notBefore
		}
	}
	if best == nil {
		return nil, soonest
	}
	return w.first(best, may).waiting[0], time.Time{}
}

func (g *group) before(other *group) bool {
	if g.urgency != other.urgency {
		return g.urgency < other.urgency
	}
	return g.oldest() < other.oldest()
}

// run sends until ctx ends.
func (w *worker) run(ctx context.Context) {
	defer w.dropAhead()
	for ctx.Err() == nil {
		e, soonest := w.next(w.o.now(), nil)
		if e != nil {
			w.round(ctx, e)
			continue
		}
		if !w.idle(ctx, soonest) {
			return
		}
	}
}

// dropAhead ends the calls that wait for their turn.
func (w *worker) dropAhead() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range w.groups {
		for _, e := range g.waiting {
			e.ahead.Swap(nil).drop()
		}
	}
}

// idle waits for a message or the time to try again.
func (w *worker) idle(ctx context.Context, until time.Time) bool {
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(max(until.Sub(w.o.now()), time.Millisecond))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-w.wake:
	case <-due:
	}
	return true
}

// round sends one message. Where a message fails again and again, the next one
// is tried as well: if that goes through, the first waits by itself; if not,
// the receiver is down, and all wait for it.
func (w *worker) round(ctx context.Context, e *entry) {
	var failed []*entry
	for e != nil {
		switch w.attempt(ctx, e) {
		case stopped:
			return
		case through:
			w.up(failed)
			return
		case again:
			failed = append(failed, e)
		}
		if e.message.Load().Tries < suspicious || len(failed) > 1 {
			break
		}
		e, _ = w.next(w.o.now(), failed)
	}
	w.down()
}

// up notes that the integration works, although some messages failed.
func (w *worker) up(failed []*entry) {
	now := w.o.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failures, w.since, w.last, w.notBefore = 0, time.Time{}, now, time.Time{}
	for _, e := range failed {
		m := e.message.Load()
		if g := w.groups[m.GroupKey]; g != nil {
			g.notBefore = now.Add(backoff(m.Tries, firstBackoff, lastBackoff, rand.Float64()))
		}
	}
}

// down notes that nothing went through.
func (w *worker) down() {
	now := w.o.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failures++; w.failures == 1 {
		w.since = now
	}
	w.last, w.notBefore = now, now.Add(backoff(w.failures, firstBackoff, lastBackoff, rand.Float64()))
}

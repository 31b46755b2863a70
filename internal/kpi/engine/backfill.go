package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/store"
)

const (
	// joinWithin is how near to the live stream a back-fill comes before live
	// events are kept for it.
	joinWithin = 100_000
	// drainAtOnce is how many kept blocks are applied before a reader may ask.
	drainAtOnce = 32
	retryFill   = 2 * time.Second
)

// fill reads history into versions that begin with nothing, in one scan for
// all, and joins each to the live stream at an exact event.
func (e *Engine) fill(versions []*version) {
	for {
		err := e.tryFill(versions)
		switch {
		case err == nil:
			e.joined()
			return
		case e.closing.Err() != nil, errors.Is(err, errGivenUp):
			return
		}
		e.o.Logger.Warn("reading history for KPIs failed; it is tried again from the beginning", "error", err)
		for _, v := range versions {
			v.reset(e.running())
		}
		select {
		case <-time.After(retryFill):
		case <-e.closing.Done():
			return
		}
	}
}

func (v *version) reset(env *kpi.Env) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.eval, v.seq, v.joining, v.backlog = v.def.Spec.New(&v.def.Common, env), 0, false, nil
}

func (e *Engine) tryFill(versions []*version) error {
	var read uint64
	for {
		last := e.o.History.Position().Seq
		if err := e.scan(versions, read, last); err != nil {
			return err
		}
		read = last
		if e.applied() <= read+joinWithin {
			break
		}
		if err := e.o.Stored(e.closing); err != nil {
			return err
		}
	}
	// From here on live events wait for these versions.
	e.mu.Lock()
	join := e.seq
	for _, v := range versions {
		v.mu.Lock()
		v.joining = v.ended.Err() == nil
		v.mu.Unlock()
	}
	e.mu.Unlock()
	if err := e.o.Stored(e.closing); err != nil {
		return err
	}
	if err := e.scan(versions, read, join); err != nil {
		return err
	}
	for _, v := range versions {
		v.drain(e.keys, join)
	}
	return nil
}

func (e *Engine) applied() uint64 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.seq
}

// scan applies the stored events numbered after `after` up to last.
func (e *Engine) scan(versions []*version, after, last uint64) error {
	q := store.ScanQuery{After: after, Last: last}
	for _, v := range versions {
		r := v.def.Spec.Reads(&v.def.Common)
		for _, m := range r.Metrics {
			if !slices.Contains(q.Metrics, m) {
				q.Metrics = append(q.Metrics, m)
			}
		}
		for _, t := range r.Tags {
			if !slices.Contains(q.Tags, t) {
				q.Tags = append(q.Tags, t)
			}
		}
		v.total.Store(max(last, e.applied()))
	}
	if after >= last || len(q.Metrics) == 0 {
		return nil
	}
	return e.read(q, func(through uint64, batch *kpi.Batch) error {
		going := false
		for _, v := range versions {
			if v.ended.Err() != nil {
				continue
			}
			going = true
			v.mu.Lock()
			if batch.Len() > 0 {
				v.eval.Apply(batch)
			}
			v.seq = through
			v.mu.Unlock()
			v.done.Store(through)
		}
		if !going {
			return errGivenUp
		}
		return nil
	})
}

var errGivenUp = errors.New("every version to be filled was given up")

// drain applies what came since history was read up to join.
func (v *version) drain(keys *kpi.Keys, join uint64) {
	for {
		v.mu.Lock()
		n := min(drainAtOnce, len(v.backlog))
		for _, p := range v.backlog[:n] {
			if p.last > join {
				v.eval.Apply(kpi.NewBatch(inOrder(p.block), keys))
				v.seq = p.last
			}
		}
		v.backlog = v.backlog[n:]
		if len(v.backlog) == 0 {
			v.backlog, v.joining = nil, false
			v.seq = max(v.seq, join)
			v.done.Store(v.seq)
			v.watch = watch{unjudged: true, untold: true}
			if v.ended.Err() == nil {
				v.ready.Store(true)
			}
			v.mu.Unlock()
			return
		}
		v.mu.Unlock()
	}
}

// joined makes versions that have become ready the ones in force.
func (e *Engine) joined() {
	e.mu.Lock()
	e.index()
	e.stale = true
	e.mu.Unlock()
	e.o.Changed()
}

// CatchUp reads what was stored after the checkpoints that were restored. It
// comes after Restore, and before Configure and the first Apply.
func (e *Engine) CatchUp(ctx context.Context) error {
	e.mu.RLock()
	var restored []*version
	for _, v := range e.live {
		if v.ready.Load() {
			restored = append(restored, v)
		}
	}
	e.mu.RUnlock()
	stop := context.AfterFunc(ctx, e.stop)
	defer stop()
	last := e.o.History.Position().Seq
	if err := e.align(restored, last); err != nil && !errors.Is(err, errGivenUp) {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seq = last
	return nil
}

// align brings versions up to an event: each goes along with those that have
// less of history in them from where it is itself.
func (e *Engine) align(versions []*version, last uint64) error {
	slices.SortFunc(versions, func(a, b *version) int { return cmp.Compare(a.seq, b.seq) })
	for i, v := range versions {
		from, to := v.seq, last
		if i == 0 {
			e.taken = from
		}
		if i+1 < len(versions) {
			to = versions[i+1].seq
		}
		if err := e.scan(versions[:i+1], from, to); err != nil {
			return err
		}
		for _, v := range versions[:i+1] {
			v.seq = to
		}
	}
	return nil
}

// Filled returns once no definition reads history any longer.
func (e *Engine) Filled() { e.filling.Wait() }

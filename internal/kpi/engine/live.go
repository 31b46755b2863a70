package engine

import (
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

const (
	// judgeEvery and tellEvery say how long after one look at a KPI the next one
	// comes, for thresholds and for the live stream.
	judgeEvery = 5
	tellEvery  = 250
	// What events change is told sooner where there is little to tell: after
	// tellSoon, and tellSeries more for each series told of last.
	tellSoon   = 40
	tellSeries = 10
	// liveGroups bounds the groups of a KPI that are told of live; the total
	// always is.
	liveGroups = 500
)

// watch is what was last judged and told of a version.
type watch struct {
	// unjudged and untold: events came since the last look.
	unjudged, untold bool
	judged, told     int64 // when it was last looked at
	rest             int64 // after told, before events are
	values           map[string]float64
	shown            map[string]shown
}

type shown struct {
	value float64
	n     int64
	state State
}

// Update is the new value of one series of a KPI.
type Update struct {
	// Answer holds the one series that changed, and leaves out the texts that
	// explain the definition.
	Answer Answer
}

// Judge gives the values that thresholds look at and that events have changed,
// as events named like the KPIs; nil where there are none. It looks at a KPI
// once in 5 ms; Due gives what came in between.
func (e *Engine) Judge(now int64) *event.Block { return e.judge(now, false) }

// Due gives those values that changed since the last look, by events or by the
// passing of time.
func (e *Engine) Due(now int64) *event.Block { return e.judge(now, true) }

func (e *Engine) judge(now int64, tick bool) *event.Block {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var b event.Builder
	for _, v := range e.inForce() {
		if e.o.Watched(v.def.Name) {
			v.judge(now, tick, &b)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return b.Block()
}

// inForce are the versions that are told of. The engine is locked.
func (e *Engine) inForce() (found []*version) {
	for _, s := range e.order {
		if v := s.current(); v.ready.Load() {
			found = append(found, v)
		}
	}
	return found
}

// Live gives the series to be told of that have changed since the last call, by
// events or by the passing of time. It may run beside Apply.
func (e *Engine) Live(now int64) (updates []Update) {
	e.mu.RLock()
	versions := e.inForce()
	e.mu.RUnlock()
	moved := false
	for _, pass := range [2]bool{false, true} {
		for _, v := range versions {
			r, made := v.def.Spec.(refers)
			made = made && len(r.Refers()) > 0
			if made != pass {
				continue
			}
			told := v.tell(now, made && moved) // the KPIs that it is made from come first
			moved = moved || told != nil
			for _, s := range told {
				updates = append(updates, e.update(v, s, now))
			}
		}
	}
	return updates
}

// Unheard says that nobody is told: the next call of Live gives every series.
func (e *Engine) Unheard() {
	e.mu.RLock()
	versions := e.inForce()
	e.mu.RUnlock()
	for _, v := range versions {
		v.mu.Lock()
		v.watch.shown, v.watch.untold = nil, true
		v.mu.Unlock()
	}
}

// Current gives every series that is told of live, as it stands.
func (e *Engine) Current(now int64) (all []Update) {
	e.mu.RLock()
	versions := e.inForce()
	e.mu.RUnlock()
	for _, v := range versions {
		v.lock()
		found := v.look(now, false)
		v.mu.Unlock()
		for _, s := range found {
			all = append(all, e.update(v, s, now))
		}
	}
	return all
}

func (e *Engine) update(v *version, s kpi.Series, now int64) Update {
	a := e.answer(v, now+1)
	a.From, a.Ready, a.terse, a.Series = now+1-v.window(), true, true, []kpi.Series{s}
	return Update{a}
}

func (v *version) window() int64 { return int64(v.def.Window) / 1e6 }

// moves reports whether time alone may have changed a value since a look.
func (v *version) moves(since, now int64) bool {
	return v.eval.Changes(since+1, now+1, v.window())
}

// judge adds the values that changed since the last look to b.
func (v *version) judge(now int64, tick bool, b *event.Builder) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := &v.watch
	switch {
	case tick && !w.unjudged && !v.moves(w.judged, now):
		return
	case !tick && (!w.unjudged || now-w.judged < judgeEvery):
		return
	}
	v.catchUp()
	w.unjudged, w.judged = false, now
	var by []int
	if t := v.def.Thresholds; t != nil && t.PerGroup {
		for i := range v.def.By {
			by = append(by, i)
		}
	}
	if w.values == nil {
		w.values = map[string]float64{}
	}
	for _, s := range v.eval.Value(kpi.Query{From: now + 1 - v.window(), At: now + 1, Now: now + 1, By: by, Brief: true}) {
		key := groupKey(s.Tags)
		last, known := w.values[key]
		if math.IsNaN(s.Value) || known && last == s.Value || v.def.Thresholds != nil && s.N < v.def.Thresholds.MinN {
			continue
		}
		w.values[key] = s.Value
		b.Append(event.Event{Metric: v.def.Name, Value: s.Value, Time: now, Tags: present(s.Tags)})
	}
}

// tell gives the series whose value, n or state has changed since they were told;
// moved tells that they may have changed for what the version does not see.
func (v *version) tell(now int64, moved bool) (changed []kpi.Series) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := &v.watch
	w.untold = w.untold || moved
	switch {
	case w.untold && now-w.told < w.rest:
		return nil
	case !w.untold && (now-w.told < tellEvery || !v.moves(w.told, now)):
		return nil
	}
	v.catchUp()
	w.untold, w.told = false, now
	if w.shown == nil {
		w.shown = map[string]shown{}
	}
	a := Answer{Definition: v.def, rule: v.rule}
	for _, s := range v.look(now, false) {
		key, is := groupKey(s.Tags), shown{s.Value, s.N, a.State(s)}
		if was, known := w.shown[key]; known && (was == is || math.IsNaN(was.value) && math.IsNaN(is.value) && was.n == is.n) {
			continue
		}
		w.shown[key] = is
		changed = append(changed, s)
	}
	w.rest = min(tellEvery, tellSoon+tellSeries*int64(len(changed)))
	return changed
}

// look is the total and the groups of each single tag.
func (v *version) look(now int64, brief bool) []kpi.Series {
	q := kpi.Query{From: now + 1 - v.window(), At: now + 1, Now: now + 1, Brief: brief}
	all := v.eval.Value(q)[:1]
	for i := range v.def.By {
		q.By = []int{i}
		if groups := v.eval.Value(q)[1:]; len(groups) <= liveGroups {
			all = append(all, groups...)
		}
	}
	return slices.Clip(all)
}

func groupKey(tags []event.Tag) string {
	var key []byte
	for _, t := range tags {
		key = append(append(append(append(key, t.Key...), 0), t.Value...), 0)
	}
	return string(key)
}

// present leaves out tags that are absent, which read "".
func present(tags []event.Tag) (there []event.Tag) {
	for _, t := range tags {
		if t.Value != "" {
			there = append(there, t)
		}
	}
	slices.SortFunc(there, func(a, b event.Tag) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return there
}

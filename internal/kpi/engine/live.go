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
	// liveGroups bounds the groups of a KPI that are told of live; the total
	// always is.
	liveGroups = 500
)

// watch is what was last judged and told of a version.
type watch struct {
	// dirty: events came since the last look. dirtyTell likewise for telling.
	dirty, untold bool
	judged, told  int64 // when it was last looked at
	values        map[string]float64
	shown         map[string]shown
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
// once in 5 ms; Live gives what came in between.
func (e *Engine) Judge(now int64) *event.Block {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var b event.Builder
	for _, v := range e.live {
		if v.ready.Load() && e.byName[v.def.Name].current() == v && e.o.Watched(v.def.Name) {
			v.judge(now, false, &b)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return b.Block()
}

// Live gives the values that have changed since the last call, by events or by
// the passing of time: those that thresholds look at, and those to be told of.
func (e *Engine) Live(now int64) (judged *event.Block, updates []Update) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var b event.Builder
	moved := false
	for _, pass := range [2]bool{false, true} {
		for _, v := range e.live {
			r, made := v.def.Spec.(refers)
			made = made && len(r.Refers()) > 0
			if made != pass || !v.ready.Load() || e.byName[v.def.Name].current() != v {
				continue
			}
			if made && moved { // the KPIs that it is made from come first
				v.mu.Lock()
				v.watch.dirty = true
				v.mu.Unlock()
			}
			if e.o.Watched(v.def.Name) {
				v.judge(now, true, &b)
			}
			told := v.tell(now)
			moved = moved || told != nil
			for _, s := range told {
				updates = append(updates, e.update(v, s, now))
			}
		}
	}
	if b.Len() > 0 {
		judged = b.Block()
	}
	return judged, updates
}

// Current gives every series that is told of live, as it stands.
func (e *Engine) Current(now int64) (all []Update) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, s := range e.order {
		v := s.current()
		if !v.ready.Load() {
			continue
		}
		v.mu.Lock()
		found := v.look(now, false)
		v.mu.Unlock()
		for _, s := range found {
			all = append(all, e.update(v, s, now))
		}
	}
	return all
}

func (e *Engine) update(v *version, s kpi.Series, now int64) Update {
	return Update{Answer{
		Definition: v.def, Record: v.Record, At: now + 1, From: now + 1 - v.window(), Watermark: e.newest, Seq: e.seq,
		Ready: true, terse: true, rule: v.rule, Series: []kpi.Series{s},
	}}
}

func (v *version) window() int64 { return int64(v.def.Window) / 1e6 }

// moved reports whether a value may have changed since an earlier look.
func (v *version) moved(since, now int64) bool {
	return v.watch.dirty || v.eval.Changes(since+1, now+1, v.window())
}

// judge adds the values that changed since the last look to b.
func (v *version) judge(now int64, tick bool, b *event.Builder) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := &v.watch
	if !w.dirty && !tick || now-w.judged < judgeEvery && !tick || !v.moved(w.judged, now) {
		return
	}
	if w.dirty {
		w.dirty, w.untold = false, true
	}
	w.judged = now
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

// tell gives the series whose value, n or state has changed since they were told.
func (v *version) tell(now int64) (changed []kpi.Series) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := &v.watch
	if now-w.told < tellEvery || !w.untold && !v.moved(w.told, now) {
		return nil
	}
	w.dirty, w.untold, w.told = false, false, now
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

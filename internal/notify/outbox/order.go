package outbox

import "slices"

// told finds what waits about a series, so that whoever is told hears of its
// changes in the order in which they came: the end of a warning, or the warning
// itself, must not follow the critical alert that came after it.
type told map[string][]*entry

func (t told) add(e *entry) {
	for _, a := range e.message.Load().Alerts {
		if series := a.Series(); !slices.Contains(t[series], e) {
			t[series] = append(t[series], e)
		}
	}
}

func (t told) drop(e *entry) {
	for _, a := range e.message.Load().Alerts {
		series := a.Series()
		left := slices.DeleteFunc(t[series], func(o *entry) bool { return o == e })
		if t[series] = left; len(left) == 0 {
			delete(t, series)
		}
	}
}

// before lists what waits about the same series and was stored before.
func (t told) before(e *entry) (all []*entry) {
	m := e.message.Load()
	for _, a := range m.Alerts {
		for _, o := range t[a.Series()] {
			if o.message.Load().Seq < m.Seq {
				all = append(all, o)
			}
		}
	}
	return all
}

// first is the group to send of before g: one that holds an older message about
// a series of g's next one. A group that may not be sent of now delays no other.
// The worker's lock is held.
func (w *worker) first(g *group, may func(*group) bool) *group {
	for {
		var earlier *group
		for _, e := range w.told.before(g.waiting[0]) {
			o := w.groups[e.message.Load().GroupKey]
			if o != nil && o != g && may(o) && o.oldest() < g.oldest() && (earlier == nil || o.oldest() < earlier.oldest()) {
				earlier = o
			}
		}
		if earlier == nil {
			return g
		}
		g = earlier
	}
}

func (g *group) oldest() uint64 { return g.waiting[0].message.Load().Seq }

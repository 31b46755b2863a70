package conflict

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// save is an edit that was saved.
type save struct {
	version, base int64 // -1 where the event does not say
	t             int64
	who           uint32 // 0 for a machine, or where the event does not say
	label         uint32 // has the fields
}

const (
	// idBits is how much is kept of an edit's id, so that the base version fits
	// beside it: it need only tell the edits of one agent on one case apart.
	idBits = 12
	// maxVersion is above microseconds since 1970.
	maxVersion = 1<<(63-idBits) - 2
	// saveWindow is how many versions back a save is compared with.
	saveWindow = 16
)

// read takes a save and the id of its edit out of an event.
func read(e fold.Event) (s save, edit int64) {
	return save{version: e.A - 1, base: e.B>>idBits - 1, t: e.T, who: e.Who, label: e.Label}, e.B & (1<<idBits - 1)
}

// saves are the newest versions of a case; top is the newest heard of.
type saves struct {
	few few[save]
	top int64
}

func (s *saves) add(v save) {
	s.top = max(s.top, v.version, v.base)
	if s.few.n < saveWindow {
		s.few.add(v)
		return
	}
	if old := s.few.least(func(o save) int64 { return o.version }); s.few.at(old).version <= v.version {
		s.few.set(old, v)
	}
}

// before is the newest version below one, of an agent.
func (s *saves) before(version int64) (v save, ok bool) {
	for i := range s.few.n {
		if o := s.few.at(i); o.who != 0 && o.version < version && (!ok || o.version >= v.version) {
			v, ok = o, true
		}
	}
	return v, ok
}

// overwrite compares a save with the versions it was not made on (L3). Versions
// tell the order, not the clock: one that comes behind a newer one by the clock
// may show that the newer one overwrote it.
func (r *rules) overwrite(m *machine, s save, bot bool, found []facts.Fact) []facts.Fact {
	if s.version < 0 && s.base < 0 {
		return found
	}
	if s.version < 0 { // a save makes a version, whatever its number
		s.version = max(m.save.top, s.base) + 1
	}
	if m.lost.open && !bot && s.version > m.lostAt && m.save.current(&s) {
		found = r.finish(confirmed, &m.lost, s.t, found)
	}
	for i := range m.save.few.n {
		o := m.save.few.at(i)
		older, newer := &o, &s
		if s.missed(&o) {
		} else if o.missed(&s) && o.version != s.version {
			older, newer = &s, &o
		} else {
			continue
		}
		if r.against(m, older, newer) {
			found = r.begin(confirmed, &m.lost, s.t, m.group, found)
			m.lostAt = max(m.lostAt, newer.version)
			r.trace.note(confirmed, older.who, newer.who)
		}
	}
	m.save.add(s)
	return found
}

// missed reports whether a save was made without knowing another one that was
// there before it. Of one version the later by the clock has missed the other.
func (s *save) missed(o *save) bool {
	return s.base >= 0 && s.base < o.version && o.version <= s.version
}

// current reports whether a save was made on the newest version there was.
func (s *saves) current(v *save) bool {
	if v.base < 0 || v.version > s.top && v.base < s.top {
		return false
	}
	for i := range s.few.n {
		if o := s.few.at(i); v.missed(&o) {
			return false
		}
	}
	return true
}

// against reports whether an edit made without knowing an older one is in its
// way.
func (r *rules) against(m *machine, older, newer *save) bool {
	return older.who != 0 && newer.who != 0 && older.who != newer.who && !m.hand.given(newer.who, older.t) &&
		r.intersect(older.label, newer.label)
}

// rejection is when a save was last refused (L2).
type rejection struct {
	known bool
	t     int64
}

// rejected takes a refused save in: something was averted, unless the versions in
// between are known and none is another agent's.
func (r *rules) rejected(m *machine, e fold.Event, found []facts.Fact) []facts.Fact {
	mine, others := false, false
	for i := range m.save.few.n {
		if o := m.save.few.at(i); e.A > 0 && o.version > e.A-1 {
			mine = true
			others = others || o.who != 0 && o.who != e.Who && !m.hand.given(e.Who, o.t)
		}
	}
	if mine && !others {
		return found
	}
	again := m.averted.known && e.T-m.averted.t <= r.within
	m.averted = rejection{true, e.T}
	if again {
		return found
	}
	return append(found, r.start(averted, m.group, e.T))
}

// fieldSet is what an edit changed; unread ones are not known yet.
type fieldSet struct {
	read  bool
	names []string
}

// intersect reports whether the fields of two labels have one in common; an edit
// that does not name its fields may have changed any.
func (r *rules) intersect(a, b uint32) bool {
	x, y := r.fieldsOf(a), r.fieldsOf(b)
	if len(x) == 0 || len(y) == 0 {
		return true
	}
	return slices.ContainsFunc(x, func(name string) bool { return slices.Contains(y, name) })
}

func (r *rules) fieldsOf(label uint32) []string {
	place := len(r.labels.Keys) - 1
	value := int(r.labels.Value(label, place))
	for value >= len(r.fields) {
		r.fields = append(r.fields, fieldSet{})
	}
	if f := &r.fields[value]; !f.read {
		text, _ := r.labels.Text(label, place)
		f.read, f.names = true, split(text)
	}
	return r.fields[value].names
}

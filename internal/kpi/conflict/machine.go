package conflict

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// What an event of a case is. Who is the agent, 0 where it is not known; Label
// has the tags asked by, and the fields.
const (
	_           uint8 = iota
	assigned          // to Who
	absent            // A: the session
	editEnded         // A: the edit
	savedByBot        // A, B as in saved
	saved             // A: the version; B: the base version and the edit (see save.go)
	rejected          // A: the base version
	editStarted       // A: the edit
	present           // A: the session
	cleared
)

// rules are what is known of every case.
type rules struct {
	within, lease, near, expiry, window int64

	labels *facts.Labels
	agents *facts.Dict
	groups []uint32 // by label: one more than the label without fields
	fields []fieldSet

	key   float64 // of the case whose events are taken in
	trace *trace  // nil but while somebody asks who is in a conflict
}

// machine is what is remembered of a case.
type machine struct {
	group uint32 // the tags asked by, as last heard of
	hand  handover
	edit  lastEdit
	save  saves

	leases few[lease]
	edits  few[edit]

	together spell // L0
	near     lull  // L1
	averted  rejection
	lost     spell // L3
	lostAt   int64 // the latest version that overwrote one
	proxy    lull
}

// handover is the last assignment: to an agent, or to one unknown, 0.
type handover struct {
	known bool
	to    uint32
	t     int64
}

// given reports whether who was handed the case since t: what others did up to
// then is no conflict with what they do now.
func (h *handover) given(who uint32, t int64) bool {
	return h.known && h.t >= t && (h.to == 0 || h.to == who)
}

// Thing implements fold.Aware.
func (r *rules) Thing(key uint32) { r.key = float64(key) }

// Labels implements fold.Rules.
func (r *rules) Labels() *facts.Labels { return r.labels }

// People implements fold.Rules.
func (r *rules) People() *facts.Dict { return r.agents }

// Rank implements fold.Rules. In one instant what ends ends before what begins,
// a save comes before the rejection that it causes, and a handover before what
// the new agent does; what is settled is what was there.
func (r *rules) Rank(kind uint8) int {
	return [...]int{assigned: 0, absent: 1, editEnded: 1, savedByBot: 2, saved: 2, rejected: 3, editStarted: 4, present: 4, cleared: 5, 31: 0}[kind&31]
}

// Resting implements fold.Rules: all ends by itself but a conflict that waits to
// be cleared.
func (r *rules) Resting(m *machine) bool { return !m.lost.open }

// Step implements fold.Rules.
func (r *rules) Step(m *machine, e fold.Event, found []facts.Fact) []facts.Fact {
	found = r.advance(m, e.T, found)
	if g := r.group(e.Label); g != m.group {
		m.group = r.labels.Fill(g, m.group)
	}
	switch e.Kind {
	case assigned:
		m.hand = handover{true, e.Who, e.T}
	case present:
		found = r.arrive(m, e, found)
	case absent:
		found = r.leave(m, e, found)
	case editStarted:
		r.startEdit(m, e)
	case editEnded:
		r.endEdit(m, e.Who, e.A, e.T)
	case saved, savedByBot:
		found = r.saved(m, e, found)
	case rejected:
		found = r.rejected(m, e, found)
	case cleared:
		if m.lost.open {
			found = r.finish(confirmed, &m.lost, e.T, found)
		}
	}
	return found
}

// saved goes through all that a save means.
func (r *rules) saved(m *machine, e fold.Event, found []facts.Fact) []facts.Fact {
	s, edit := read(e)
	if e.Kind == savedByBot {
		return r.overwrite(m, s, true, found)
	}
	found = r.count(m, e.T, found)
	if s.who != 0 {
		found = r.follow(m, s, found)
	}
	found = r.overwrite(m, s, false, found)
	if s.who != 0 {
		r.disturb(m, s.who, s.t)
		r.endEdit(m, s.who, edit, s.t)
	}
	return found
}

// advance takes in what the passing of time brings up to t. What ends at t has
// ended; what takes until t without an event waits for those at t.
func (r *rules) advance(m *machine, t int64, found []facts.Fact) []facts.Fact {
	found = r.expireLeases(m, t, found)
	found = r.expireEdits(m, t, found)
	return r.settle(proxy, &m.proxy, t, found)
}

// Pending implements fold.Rules.
func (r *rules) Pending(m *machine, found []facts.Fact) []facts.Fact {
	if m.together.open {
		until, _ := r.shared(&m.leases)
		found = append(found, r.fact(closed+coPresence, m.together.group, until))
	}
	if m.proxy.open {
		found = append(found, r.quiet(proxy, &m.proxy))
	}
	return r.pendingEdits(m, found)
}

// group is a label without its fields, which come last.
func (r *rules) group(label uint32) uint32 {
	for int(label) >= len(r.groups) {
		r.groups = append(r.groups, 0)
	}
	if r.groups[label] == 0 {
		r.groups[label] = 1 + r.labels.With(label, len(r.labels.Keys)-1, 0)
	}
	return r.groups[label] - 1
}

package conflict

import (
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// lease says that an agent has the case open, as of a sign of presence.
type lease struct {
	who, session uint32
	t            int64
}

// arrive takes a sign of presence in.
func (r *rules) arrive(m *machine, e fold.Event, found []facts.Fact) []facts.Fact {
	l := lease{e.Who, uint32(e.A), e.T} //nolint:gosec // it was made from one
	at := m.leases.find(func(o lease) bool { return o.who == l.who && o.session == l.session })
	if at < 0 && m.leases.n == crowd {
		at = m.leases.least(func(o lease) int64 { return o.t })
	}
	if at >= 0 {
		m.leases.set(at, l)
	} else {
		m.leases.add(l)
	}
	return r.reconsider(m, e.T, found)
}

// leave ends the lease of a session and the one without a session, or all of the
// agent's where no session is named.
func (r *rules) leave(m *machine, e fold.Event, found []facts.Fact) []facts.Fact {
	m.leases.keep(func(l lease) bool {
		return l.who != e.Who || e.A != 0 && l.session != 0 && int64(l.session) != e.A
	})
	return r.reconsider(m, e.T, found)
}

// expireLeases drops what has ended by t.
func (r *rules) expireLeases(m *machine, t int64, found []facts.Fact) []facts.Fact {
	if m.leases.n == 0 {
		return found
	}
	if m.together.open {
		if until, _ := r.shared(&m.leases); until <= t {
			found = r.finish(coPresence, &m.together, until, found)
		}
	}
	m.leases.keep(func(l lease) bool { return l.t+r.lease > t })
	return found
}

// reconsider finds whether agents share the case after a change at t.
func (r *rules) reconsider(m *machine, t int64, found []facts.Fact) []facts.Fact {
	_, shared := r.shared(&m.leases)
	switch {
	case shared:
		return r.begin(coPresence, &m.together, t, m.group, found)
	case m.together.open:
		return r.finish(coPresence, &m.together, t, found)
	}
	return found
}

// shared reports whether there are leases of two agents, and until when there
// will be: the end of the second-longest.
func (r *rules) shared(leases *few[lease]) (until int64, ok bool) {
	var first, second lease
	for i := range leases.n {
		switch l := leases.at(i); {
		case first.who == 0 || l.who == first.who:
			if first.who == 0 || l.t > first.t {
				first = l
			}
		case second.who == 0 || l.t > second.t:
			second = l
		}
		if second.who != 0 && second.t > first.t {
			first, second = second, first
		}
	}
	return second.t + r.lease, second.who != 0
}

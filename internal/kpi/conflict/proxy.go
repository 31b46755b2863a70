package conflict

import (
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// lastEdit is when a case was last saved, by the clock; by is the agent's save
// that the next one is held against.
type lastEdit struct {
	known bool
	t     int64
	by    save
}

// count takes a save in as an edit of its case.
func (r *rules) count(m *machine, t int64, found []facts.Fact) []facts.Fact {
	last := m.edit.t
	if m.edit.known && t < last+r.window {
		found = append(found, r.fact(again, m.group, t), r.fact(single, m.group, last+r.window))
	}
	m.edit.known, m.edit.t = true, t
	return append(found, r.fact(edited, m.group, t))
}

// follow holds an agent's save against the one before it: the one by the clock,
// or by version where both have one and that says otherwise.
func (r *rules) follow(m *machine, s save, found []facts.Fact) []facts.Fact {
	before, ok := m.edit.by, m.edit.by.who != 0
	if ok && s.version >= 0 && s.version < before.version {
		before, ok = m.save.before(s.version)
	} else {
		m.edit.by = s
	}
	if !ok || before.who == s.who || s.t-before.t > r.within || m.hand.given(s.who, before.t) {
		return found
	}
	found = append(found, r.fact(paired, m.group, s.t))
	if !m.proxy.open {
		m.proxy = lull{open: true, group: m.group}
		found = append(found, r.start(proxy, m.group, s.t))
	}
	r.trace.note(proxy, before.who, s.who)
	m.proxy.last = s.t
	return found
}

// split makes a list of names separated by commas.
func split(text string) (names []string) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

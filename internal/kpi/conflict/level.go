package conflict

import "github.com/hms-ops/hms-monitor/internal/kpi/facts"

// level is how certain a conflict is.
type level = facts.Kind

const (
	coPresence level = iota
	nearMiss
	averted
	confirmed
	proxy
	levels
)

var levelNames = [levels]string{"L0", "L1", "L2", "L3", "proxy"}

// The facts. Those of started, resumed, closed and edited carry the case, so
// that episodes and cases can be told apart.
const (
	// started + level: an episode begins.
	started facts.Kind = iota * levels
	// resumed + level: an episode that was over goes on.
	resumed
	// closed + level: a conflict is known to be over. Where that takes a time of
	// quiet it is at the end of the quiet, though the conflict ended before it.
	closed
	// edited: a case was saved.
	edited
)

const (
	// again and single: from the one to the other, two edits in a row of a case
	// are both within the definition's window, and the case would count twice.
	again = edited + 1 + iota
	single
	// paired: an edit follows one by another agent, before any are merged.
	paired
	kinds
)

func newIndex(grouped bool) *facts.Index {
	wide := make([]bool, kinds)
	for k := range edited + 1 {
		wide[k] = true
	}
	return facts.NewIndex(wide, grouped)
}

// quietly reports whether a conflict of a level ends by nothing happening, which
// is known only after a time of quiet.
func quietly(l level) bool { return l == nearMiss || l == proxy }

// spell is a level whose conflicts have an end of their own: L0 and L3. A new
// one soon after the end of another belongs to the same episode.
type spell struct {
	open, ended bool
	group       uint32
	end         int64 // of the last one
}

func (r *rules) begin(l level, s *spell, t int64, group uint32, found []facts.Fact) []facts.Fact {
	if s.open {
		return found
	}
	s.open = true
	if s.ended && t-s.end <= r.within {
		return append(found, r.fact(resumed+l, s.group, t))
	}
	s.group = group
	return append(found, r.start(l, group, t))
}

func (r *rules) finish(l level, s *spell, t int64, found []facts.Fact) []facts.Fact {
	s.open, s.ended, s.end = false, true, t
	return append(found, r.fact(closed+l, s.group, t))
}

// lull is a level whose conflicts end when for a time nobody but one agent does
// anything: L1 and proxy.
type lull struct {
	open  bool
	group uint32
	// last is when the conflict was last alive, who the agent left with the case.
	who  uint32
	last int64
}

// settle ends a conflict that has been quiet for long enough before t.
func (r *rules) settle(l level, s *lull, t int64, found []facts.Fact) []facts.Fact {
	if s.open && s.last+r.within < t {
		s.open = false
		found = append(found, r.quiet(l, s))
	}
	return found
}

// quiet is the fact of a conflict that ends unless something more happens.
func (r *rules) quiet(l level, s *lull) facts.Fact {
	return r.fact(closed+l, s.group, s.last+r.within)
}

func (r *rules) start(l level, group uint32, t int64) facts.Fact {
	r.trace.start(l)
	return r.fact(started+l, group, t)
}

func (r *rules) fact(k facts.Kind, group uint32, t int64) facts.Fact {
	return facts.Fact{Kind: k, Group: group, T: t, X: r.key}
}

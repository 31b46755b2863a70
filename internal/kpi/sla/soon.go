package sla

// soon is how many cycles are at risk by what is usual, and not by the share of
// their target that is left: as of at, after so many blocks, by group.
type soon struct {
	at       int64
	revision int
	known    bool
	groups   []int
}

// soonest counts the cycles at risk by what is usual in some groups; in all where
// codes is nil.
func (e *Evaluator) soonest(codes []uint32, at int64) (n int) {
	if at+ahead < e.newest || !e.anyLead(at) {
		return 0
	}
	if s := &e.soon; !s.known || s.at != at || s.revision != e.revision {
		*s = soon{at: at, revision: e.revision, known: true, groups: s.groups[:0]}
		for _, g := range e.goals {
			e.count(g, at)
		}
	}
	if codes == nil {
		for _, count := range e.soon.groups {
			n += count
		}
		return n
	}
	for _, code := range codes {
		if int(code) < len(e.soon.groups) {
			n += e.soon.groups[code]
		}
	}
	return n
}

// anyLead reports whether the rule can say anything as of at.
func (e *Evaluator) anyLead(at int64) bool {
	e.leads(at)
	return len(e.usual.leads) > 0
}

// count looks at all open clocks of a goal.
func (e *Evaluator) count(g *goal, at int64) {
	before := make([]int64, e.labels.Len()) // by label; 0 where it is not known yet
	open := g.clocks()
	for i := range open {
		o := &open[i]
		if !o.onTrack(at) {
			continue
		}
		if before[o.label] == 0 {
			before[o.label] = e.soonBefore(g, o.label, at)
		}
		if o.deadline < before[o.label] {
			code := int(g.groups.plain(o.label))
			for len(e.soon.groups) <= code {
				e.soon.groups = append(e.soon.groups, 0)
			}
			e.soon.groups[code]++
		}
	}
}

// onTrack reports whether as of at a clock is not at risk by the share of the
// target that is left, nor breached.
func (o *openClock) onTrack(at int64) bool {
	return o.bound && o.phase == running && o.since < at && !o.late && o.risk >= at
}

// soonMoves reports whether time alone may change how many cycles are at risk by
// what is usual.
func (e *Evaluator) soonMoves(from, to int64) bool {
	return to+ahead >= e.newest && (fullHour(from) != fullHour(to) || e.anyLead(to))
}

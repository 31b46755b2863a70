package detect

import (
	"strings"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// holder keeps of the judgements so far what `for`, `keep_firing_for` and
// hysteresis ask for. All of it follows from the judgements within the last
// for + memory, so nothing of it needs to be stored.
type holder struct {
	forMs, keep, memory int64
	series              map[string]*held
	judged              int64 // the last look taken in
	begun               bool
}

// held is one series at one level.
type held struct {
	latest finding
	// run is when the condition began to hold without a break, holds that it does.
	run   int64
	holds bool
	// fired is the last look at which it had held for long enough, wide that it
	// has come near to the limit at each look since.
	fired int64
	ever  bool
	wide  bool
}

// take notes a look at t.
func (h *holder) take(t int64, found []finding) {
	seen := make(map[string]bool, len(found))
	for _, f := range found {
		key := string(f.level) + "\x00" + event.TagsKey(f.tags)
		seen[key] = true
		s := h.series[key]
		if s == nil {
			s = &held{}
			h.series[key] = s
		}
		s.latest = f
		if f.ratio < 1 {
			s.holds = false
			continue
		}
		if !s.holds {
			s.holds, s.run = true, t
		}
		if t-s.run >= h.forMs {
			s.ever, s.fired, s.wide = true, t, true
		}
	}
	for key, s := range h.series {
		if !seen[key] {
			s.holds, s.wide = false, false
		}
		if !s.holds && !h.firing(s, t) {
			delete(h.series, key)
		}
	}
	h.judged, h.begun = t, true
}

// firing reports whether a series fires as of the look t.
func (h *holder) firing(s *held, t int64) bool {
	return s.ever && (t-s.fired <= h.keep || s.wide && t-s.fired <= h.memory)
}

// standing gives what fires as of the last look, of each series at its worst
// level, and counts what waits for `for`.
func (h *holder) standing() (firing map[string]finding, pending int) {
	firing = map[string]finding{}
	for key, s := range h.series {
		if !h.firing(s, h.judged) {
			pending++
			continue
		}
		f := s.latest
		if f.since == 0 {
			f.since = s.run
		}
		worst(firing, key, f)
	}
	return firing, pending
}

// worst keeps of a series the finding at the worse level.
func worst(all map[string]finding, key string, f finding) {
	_, series, _ := strings.Cut(key, "\x00")
	if was, ok := all[series]; !ok || was.level != alert.Critical {
		all[series] = f
	}
}

// start is the look from which on to judge, so that t is judged as if all before
// it had been.
func (h *holder) start(t int64, at looks) int64 {
	first := at.last(t - h.forMs - h.memory)
	if !h.begun || h.judged > t || h.judged < at.last(first-1) {
		h.series, h.begun = map[string]*held{}, false
		return first
	}
	return h.judged + 1
}

// look is what was found at the latest of the looks. Until the next one it is
// judged anew from time to time, as late events may change it.
type look struct {
	t     int64
	at    int64 // when it was judged
	found []finding
}

// with is the holder as it would be once a look is taken.
func (h *holder) with(l *look) *holder {
	then := *h
	then.series = make(map[string]*held, len(h.series))
	for key, s := range h.series {
		is := *s
		then.series[key] = &is
	}
	then.take(l.t, l.found)
	return &then
}

// instants are the looks in [from, t], in order.
func instants(at looks, from, t int64) (all []int64) {
	for x := at.last(t); x >= from; x = at.last(x - 1) {
		all = append(all, x)
		if _, every := at.(anytime); every {
			break
		}
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

package alert

import (
	"container/list"
	"encoding/binary"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// watch is a rule at work: the rule and its series.
type watch struct {
	Rule
	series map[string]*series
	// idle lists the series that are ok and wait for nothing, the one unseen
	// for longest first. Such a series differs from one never seen only by
	// being listed, so it gives way when room is needed.
	idle    list.List
	refused uint64
	// columns are the By columns of the block being judged, nil where no event
	// of it carries the key.
	columns []*event.TagColumn
}

// series is the state of one tag set under one rule.
type series struct {
	watch *watch
	key   string // the By values as appendKey writes them
	state severity
	// value is the one judged last, time its event time, since the event time
	// from which state holds.
	value       float64
	time, since int64
	// pending holds, by severity, the conditions that hold but not yet for
	// long enough.
	pending [severities]pending
	idle    *list.Element
	place   int // in the queue of deadlines, -1 where not in it
}

// pending is a condition that has held since an event time and counts at
// deadline, by the log's clock, unless an event ends or confirms it before.
type pending struct {
	holds    bool
	since    int64
	deadline int64
}

// judge takes a value in and reports whether the state changed.
func (s *series) judge(v float64, t, received int64) bool {
	r := &s.watch.Rule
	level := r.level(v, s.state)
	s.value, s.time = v, t
	for at := level + 1; at < severities; at++ {
		s.pending[at] = pending{}
	}
	if level < s.state {
		s.state, s.since = level, t
		return true
	}
	for at := s.state + 1; at <= level; at++ {
		if p := &s.pending[at]; !p.holds && r.bound(at) != nil {
			*p = pending{holds: true, since: t, deadline: received + r.For}
		}
	}
	for at := level; at > s.state; at-- {
		if p := s.pending[at]; p.holds && t-p.since >= r.For {
			s.enter(at)
			return true
		}
	}
	return false
}

// elapse enters the worst state whose condition has held until now.
func (s *series) elapse(now int64) {
	for at := crit; at > s.state; at-- {
		if p := s.pending[at]; p.holds && p.deadline <= now {
			s.enter(at)
			return
		}
	}
}

func (s *series) enter(at severity) {
	s.since = s.pending[at].since
	s.state = at
	for lower := fine; lower <= at; lower++ {
		s.pending[lower] = pending{}
	}
}

// deadline is when the first pending condition counts.
func (s *series) deadline() (at int64, ok bool) {
	for _, p := range s.pending {
		if p.holds && (!ok || p.deadline < at) {
			at, ok = p.deadline, true
		}
	}
	return at, ok
}

func (s *series) resting() bool {
	_, waits := s.deadline()
	return s.state == fine && !waits
}

// rest keeps the list of idle series in step with the series.
func (s *series) rest() {
	switch resting := s.resting(); {
	case !resting && s.idle != nil:
		s.watch.idle.Remove(s.idle)
		s.idle = nil
	case resting && s.idle != nil:
		s.watch.idle.MoveToBack(s.idle)
	case resting:
		s.idle = s.watch.idle.PushBack(s)
	}
}

// find gives the series of a key, made anew where it is not known; nil where
// the rule's bound leaves no room.
func (w *watch) find(key []byte) *series {
	if s, ok := w.series[string(key)]; ok {
		return s
	}
	if len(w.series) >= w.MaxSeries {
		oldest := w.idle.Front()
		if oldest == nil {
			w.refused++
			return nil
		}
		delete(w.series, w.idle.Remove(oldest).(*series).key)
	}
	s := &series{watch: w, key: string(key), place: -1}
	w.series[s.key] = s
	return s
}

// appendKey writes the By values of a row: for each, 0 where the row lacks the
// key, otherwise the length plus one and the text.
func (w *watch) appendKey(dst []byte, row int) []byte {
	for _, c := range w.columns {
		if c == nil || !c.Has(row) {
			dst = append(dst, 0)
			continue
		}
		text := c.Text(row)
		dst = binary.AppendUvarint(dst, uint64(len(text))+1)
		dst = append(dst, text...)
	}
	return dst
}

// tags reads back what appendKey wrote; false where key is no such thing.
func (r *Rule) tags(key string) ([]event.Tag, bool) {
	var tags []event.Tag
	rest := []byte(key)
	for _, by := range r.By {
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > uint64(len(rest)-size)+1 {
			return nil, false
		}
		rest = rest[size:]
		if n > 0 {
			tags = append(tags, event.Tag{Key: by, Value: string(rest[:n-1])})
			rest = rest[n-1:]
		}
	}
	return tags, len(rest) == 0
}

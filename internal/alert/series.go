package alert

import (
	"container/list"
	"encoding/binary"
	"encoding/json"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// watch is a rule at work: the rule and its series.
type watch struct {
	Rule
	evidence json.RawMessage // of every transition
	series   map[string]*series
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
	// seen is what the value rests on, where that is known.
	seen string
	// pending holds, by severity, the conditions that hold but not yet for
	// long enough.
	pending [severities]pending
	// leaving is the recovery that has not lasted for long enough yet, to is
	// where it leads.
	leaving pending
	to      severity
	// heard is when the log took the last value in, 0 where that does not matter
	// or is not known; silent tells that state holds because that is too long ago.
	heard  int64
	silent bool
	idle   *list.Element
	place  int // in the queue of deadlines, -1 where not in it
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
	s.value, s.time = v, t
	if r.NoData > 0 {
		s.heard = received
	}
	if s.silent {
		s.silent = false
		if level := r.level(v, fine); level < s.state {
			s.state, s.since = level, t
			return true
		}
	}
	level := r.level(v, s.state)
	for at := level + 1; at < severities; at++ {
		s.pending[at] = pending{}
	}
	if level < s.state {
		return s.recover(level, t, received)
	}
	s.leaving = pending{}
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

// recover leaves the state for a better one, now or once that has lasted.
func (s *series) recover(level severity, t, received int64) bool {
	keep := s.watch.KeepFiringFor
	if s.to = level; !s.leaving.holds {
		s.leaving = pending{holds: true, since: t, deadline: received + keep}
	}
	if t-s.leaving.since < keep {
		return false
	}
	s.leave()
	return true
}

func (s *series) leave() {
	s.state, s.since = s.to, s.leaving.since
	s.leaving = pending{}
}

// elapse takes in that it is now, and reports whether the state changed.
func (s *series) elapse(now int64) bool {
	for at := crit; at > s.state; at-- {
		if p := s.pending[at]; p.holds && p.deadline <= now {
			s.enter(at)
			return true
		}
	}
	if s.leaving.holds && s.leaving.deadline <= now {
		s.leave()
		return true
	}
	if at, listens := s.silence(); listens && at <= now {
		s.silent, s.leaving, s.pending = true, pending{}, [severities]pending{}
		if worse := s.watch.NoDataState; worse > s.state {
			s.state, s.since = worse, at
			return true
		}
	}
	return false
}

func (s *series) enter(at severity) {
	s.since = s.pending[at].since
	s.state = at
	s.leaving = pending{}
	for lower := fine; lower <= at; lower++ {
		s.pending[lower] = pending{}
	}
}

// silence is when nothing will have been heard of s for too long.
func (s *series) silence() (at int64, listens bool) {
	return s.heard + s.watch.NoData, s.watch.NoData > 0 && s.heard > 0 && !s.silent
}

// deadline is when something counts by time alone.
func (s *series) deadline() (at int64, ok bool) {
	at, ok = s.silence()
	for _, p := range [...]pending{s.pending[warn], s.pending[crit], s.leaving} {
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
	if s.idle != nil {
		s.seen = ""
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
	return w.add(string(key), 0)
}

func (w *watch) add(key string, heard int64) *series {
	s := &series{watch: w, key: key, heard: heard, place: -1}
	w.series[key] = s
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

// expectedKey is what appendKey writes for a row that has all these values.
func expectedKey(values []string) string {
	var key []byte
	for _, text := range values {
		key = binary.AppendUvarint(key, uint64(len(text))+1)
		key = append(key, text...)
	}
	return string(key)
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

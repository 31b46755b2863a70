// Package fold evaluates KPIs that depend on what happened to one thing: a case,
// a survey, a call. The facts of a thing are a function of its events in the
// order of their own time. An event that comes late changes that order, and so
// the facts that differ are taken out and put in: what is answered depends on
// the events there are, never on the order in which they came.
//
// It knows nothing of the KPIs; a type gives it Rules.
package fold

import (
	"cmp"
	"encoding/binary"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// Event is what a type remembers of one event. What A, B, Label and Who mean is
// the type's own; Label and Who are codes of its dictionaries.
// There may be 32 kinds.
type Event struct {
	T     int64
	A, B  int64
	Label uint32
	Who   uint32
	Kind  uint8
}

// The first byte of an event that is written holds its kind, and which of the
// numbers that are mostly 0 follow.
const (
	maxKind = 1<<5 - 1
	hasA    = 1 << 5
	hasB    = 1 << 6
	hasWho  = 1 << 7
)

// append writes e after an event at time previous.
func (e *Event) append(dst []byte, previous int64) []byte {
	if e.Kind > maxKind {
		panic("fold: a kind above 31")
	}
	head := len(dst)
	dst = binary.AppendVarint(append(dst, e.Kind), e.T-previous)
	dst = binary.AppendUvarint(dst, uint64(e.Label))
	if e.A != 0 {
		dst[head] |= hasA
		dst = binary.AppendVarint(dst, e.A)
	}
	if e.B != 0 {
		dst[head] |= hasB
		dst = binary.AppendVarint(dst, e.B)
	}
	if e.Who != 0 {
		dst[head] |= hasWho
		dst = binary.AppendUvarint(dst, uint64(e.Who))
	}
	return dst
}

// decode reads events from what append wrote, the first of them behind one at
// time t.
func decode(data []byte, t int64, into []Event) ([]Event, error) {
	r := bin.NewReader(data)
	for r.More() {
		head := r.Byte()
		t += r.Varint()
		e := Event{T: t, Kind: head & maxKind, Label: r.Code()}
		if head&hasA != 0 {
			e.A = r.Varint()
		}
		if head&hasB != 0 {
			e.B = r.Varint()
		}
		if head&hasWho != 0 {
			e.Who = r.Code()
		}
		into = append(into, e)
	}
	return into, r.Err()
}

// Rules are what a type knows about one thing. M is what it has to remember of
// the events so far to go on with the next one. An M is copied by assignment:
// Step must not change in place what it refers to.
type Rules[M any] interface {
	// Rank orders events of one instant: a pause ends before its case does.
	Rank(kind uint8) int
	// Labels and People are the dictionaries of Label and Who; People may be nil.
	Labels() *facts.Labels
	People() *facts.Dict
	// Step takes the next event in and appends the facts that stand whatever
	// follows it.
	Step(m *M, e Event, found []facts.Fact) []facts.Fact
	// Pending appends the facts that stand if nothing follows, ahead of time
	// ones included.
	Pending(m *M, found []facts.Fact) []facts.Fact
	// Resting reports whether nothing goes on.
	Resting(m *M) bool
}

// Aware are Rules whose facts tell of which thing they are: they are told before
// the events of one are stepped through.
type Aware interface{ Thing(key uint32) }

// compare is a total order of what events are, whenever they came.
func (k *Keyed[M]) compare(a, b Event) int {
	if c := cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(k.rules.Rank(a.Kind), k.rules.Rank(b.Kind)), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)); c != 0 {
		return c
	}
	if c := k.rules.Labels().Compare(a.Label, b.Label); c != 0 {
		return c
	}
	if people := k.rules.People(); people != nil && a.Who != b.Who {
		return cmp.Compare(people.Text(a.Who), people.Text(b.Who))
	}
	return 0
}

// before reports whether a comes before b.
func (k *Keyed[M]) before(a, b Event) bool {
	return a.T < b.T || a.T == b.T && k.compare(a, b) < 0
}

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
type Event struct {
	T     int64
	A, B  int64
	Label uint32
	Who   uint32
	Kind  uint8
}

// append writes e after an event at time previous.
func (e *Event) append(dst []byte, previous int64) []byte {
	dst = append(dst, e.Kind)
	dst = binary.AppendVarint(dst, e.T-previous)
	dst = binary.AppendVarint(dst, e.A)
	dst = binary.AppendVarint(dst, e.B)
	dst = binary.AppendUvarint(dst, uint64(e.Label))
	return binary.AppendUvarint(dst, uint64(e.Who))
}

// decode reads events from what append wrote; the first is behind one at 0.
func decode(data []byte, into []Event) ([]Event, error) {
	r := bin.NewReader(data)
	var t int64
	for r.Err() == nil && r.More() {
		e := Event{Kind: r.Byte()}
		t += r.Varint()
		e.T, e.A, e.B, e.Label, e.Who = t, r.Varint(), r.Varint(), r.Code(), r.Code()
		if r.Err() == nil {
			into = append(into, e)
		}
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
	// Resting reports whether nothing goes on, so that m need not be kept: it
	// can be had again from the events.
	Resting(m *M) bool
}

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

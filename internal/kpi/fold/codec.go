package fold

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// AppendBinary appends what Restore reads; the index is written on its own.
func (k *Keyed[M]) AppendBinary(dst []byte) []byte {
	dst = bin.AppendUint(dst, k.tooLate)
	dst = bin.AppendUint(dst, len(k.slots))
	for i := range k.slots {
		dst = bin.AppendBytes(dst, k.slots[i].bytes())
	}
	return dst
}

// Restore replaces the events. Dictionaries and index are restored by their
// owner, the dictionaries first.
func (k *Keyed[M]) Restore(r *bin.Reader) {
	k.tooLate = int(r.Uvarint()) //nolint:gosec // a count
	k.slots = make([]slot[M], r.Len())
	for i := range k.slots {
		data := slices.Clone(r.Bytes())
		if len(data) == 0 {
			continue
		}
		if why := k.fault(data); why != "" {
			r.Fail(why)
			return
		}
		if a := k.wake(data); a.marks == nil && k.rules.Resting(&a.state) {
			k.slots[i].rest, k.spare = data, a
		} else {
			k.slots[i].active = a
		}
	}
}

// fault says why data cannot be the events of a thing.
func (k *Keyed[M]) fault(data []byte) string {
	events, err := decode(data, k.events[:0])
	if err != nil {
		return err.Error()
	}
	k.events = events
	people := k.rules.People()
	for _, e := range events {
		if int(e.Label) >= k.rules.Labels().Len() || people != nil && int(e.Who) >= people.Len() {
			return "an event without its tags"
		}
	}
	return ""
}

package fold

import "github.com/hms-ops/hms-monitor/internal/kpi/bin"

// AppendBinary appends what Restore reads; the index is written on its own.
func (k *Keyed[M]) AppendBinary(dst []byte) []byte {
	dst = bin.AppendUint(dst, k.tooLate)
	dst = bin.AppendUint(dst, len(k.things))
	for _, p := range k.things {
		dst = bin.AppendBytes(dst, k.bytes(p))
	}
	return dst
}

// Restore replaces the events. Dictionaries and index are restored by their
// owner, the dictionaries first.
func (k *Keyed[M]) Restore(r *bin.Reader) {
	*k = *NewKeyed(k.rules, k.index)
	k.tooLate = int(r.Uvarint()) //nolint:gosec // a count
	k.things = make([]piece, r.Len())
	for i := range k.things {
		data := r.Bytes()
		if len(data) == 0 {
			continue
		}
		if why := k.fault(data); why != "" {
			r.Fail(why)
			return
		}
		k.keep(&k.things[i], data)
	}
}

// fault says why data cannot be the events of a thing.
func (k *Keyed[M]) fault(data []byte) string {
	events, err := decode(data, 0, k.events[:0])
	if err != nil {
		return err.Error()
	}
	k.events = events
	labels, people := k.rules.Labels().Len(), k.rules.People()
	for _, e := range events {
		if int(e.Label) >= labels || people != nil && int(e.Who) >= people.Len() {
			return "an event without its tags"
		}
	}
	return ""
}

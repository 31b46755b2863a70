package stream

import "github.com/hms-ops/hms-monitor/internal/event"

// Update is the new value of one series of a KPI.
type Update struct {
	KPI  string
	Tags []event.Tag
	// Data is the value as JSON on one line, as the API answers it.
	Data []byte
}

func (u *Update) size() int { return len(u.Data) + 128 }

// appendUpdate writes the frame of an update. It has no id: what a subscriber
// resumes by are points and alerts.
func appendUpdate(dst []byte, u *Update) []byte {
	dst = append(dst, "event: kpi\ndata: "...)
	dst = append(dst, u.Data...)
	return append(dst, "\n\n"...)
}

// appendUpdates writes the updates of some runs, and tells how many there are.
func appendUpdates(dst []byte, updates []Update, selected []run) ([]byte, int) {
	count := 0
	for _, r := range selected {
		for i := r.lo; i < r.hi; i++ {
			dst = appendUpdate(dst, &updates[i])
			count++
		}
	}
	return dst, count
}

// WantsKPIs tells whether the subscriber asked for values of KPIs by name, and
// so wants those that stand before the changes. Who follows events alone does
// not get a screenful of them first.
func (s *Subscriber) WantsKPIs() bool {
	return s.group.filter.named && s.group.filter.kinds&KPIs != 0
}

// Tell appends to buf the frames of those updates that the subscriber asked
// for. It is how a subscriber that has just become live learns the values that
// stand; Take gives the changes since then.
func (s *Subscriber) Tell(buf []byte, updates ...Update) []byte {
	count := uint64(0)
	for i := range updates {
		if s.group.filter.matchUpdate(&updates[i]) {
			buf = appendUpdate(buf, &updates[i])
			count++
		}
	}
	s.hub.delivered.Add(count)
	return buf
}

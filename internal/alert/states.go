package alert

import (
	"cmp"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Series is how one watched series stands now.
type Series struct {
	Rule, Metric string
	Tags         []event.Tag
	State        State
	Since        int64 // event time
	Value        float64
	Timestamp    int64
	// Pending is the worse state whose condition holds but not yet for long
	// enough, "" where there is none; Deadline is when it counts.
	Pending  State
	Deadline int64
}

// States lists every series seen, ordered by rule and tags. After a restart a
// series that was ok is listed again with its next value.
func (e *Engine) States() []Series {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []Series
	for _, w := range e.watches {
		first := len(all)
		for key, s := range w.series {
			tags, _ := w.tags(key)
			one := Series{
				Rule: w.Name, Metric: w.Metric, Tags: tags,
				State: s.state.state(), Since: s.since, Value: s.value, Timestamp: s.time,
			}
			for at, p := range s.pending {
				if p.holds {
					one.Pending, one.Deadline = severity(at).state(), p.deadline
					break
				}
			}
			all = append(all, one)
		}
		slices.SortFunc(all[first:], func(a, b Series) int {
			return slices.CompareFunc(a.Tags, b.Tags, func(x, y event.Tag) int {
				return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Value, y.Value))
			})
		})
	}
	return all
}

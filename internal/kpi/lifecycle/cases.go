// Package lifecycle is the KPIs of how cases come and go: how many are open and
// for how long (backlog), how soon somebody answers (first_response), and how
// many that were resolved come back (reopen_rate). The engine runs them.
//
// They read no clock and know no transport: every figure follows from the events
// of each case in the order of their own time.
package lifecycle

import (
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// What an event means to a case. The numbers order the events of one instant: a
// case is answered before it ends, and ends before it is opened again.
const (
	started uint8 = iota + 1
	responded
	stopped
	cancelled
	reopened
)

// role is an event name and what it means; key is where a definition says so.
type role struct {
	key, metric string
	means       uint8
	// needed: it cannot be left empty.
	needed bool
}

func validateRoles(roles []role, key string, env *kpi.Env) (faults fault.List) {
	for i, r := range roles {
		if r.metric == "" && !r.needed {
			continue
		}
		if why := env.CheckMetric(r.metric); why != "" {
			faults.Add(why, r.key)
			continue
		}
		for _, other := range roles[:i] {
			if other.metric == r.metric {
				faults.Add("is what "+other.key+" is, too: an event means one thing", r.key)
			}
		}
	}
	if key == "" {
		faults.Add("is empty: name the tag that identifies a case, as in caseId", "key")
	}
	return faults
}

// readsOf lists what is read: the events, and the tags without repeats.
func readsOf(roles []role, tags ...string) (r kpi.Reads) {
	for _, role := range roles {
		if role.metric != "" {
			r.Metrics = append(r.Metrics, role.metric)
		}
	}
	for _, tag := range tags {
		if tag != "" && !slices.Contains(r.Tags, tag) {
			r.Tags = append(r.Tags, tag)
		}
	}
	return r
}

// joined names the events that can occur.
func joined(by string, metrics ...string) string {
	return strings.Join(slices.DeleteFunc(metrics, func(m string) bool { return m == "" }), by)
}

func kindsOf(roles []role) kpi.Kinds {
	kinds := kpi.Kinds{}
	for _, r := range roles {
		if r.metric != "" {
			kinds[r.metric] = r.means
		}
	}
	return kinds
}

// feed brings the events of a block to where they belong.
type feed struct {
	kinds  kpi.Kinds
	key    string
	labels *facts.Labels
	byCode []uint8
}

// apply gives every event that means something to take, with the code of its
// case; without, where it names none.
func (f *feed) apply(b *kpi.Batch, take func(row int, key uint32, e fold.Event), keyless func(row int, e fold.Event)) {
	if f.byCode = f.kinds.Rows(b.Block, f.byCode); f.byCode == nil {
		return
	}
	f.labels.Use(b.Block)
	keys := b.Texts(f.key)
	codes, _ := b.Codes(f.key)
	for row, code := range b.Metric.Codes {
		means := f.byCode[code]
		if means == 0 {
			continue
		}
		e := fold.Event{T: b.Times[row], Kind: means, Label: f.labels.Row(row)}
		if key := keys.Row(row); key == event.Absent {
			keyless(row, e)
		} else {
			take(row, codes[key], e)
		}
	}
}

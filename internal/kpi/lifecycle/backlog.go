package lifecycle

import (
	"slices"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
)

// Backlog is what a backlog KPI says. An event name left empty is one that does
// not occur; start and stop must.
type Backlog struct {
	// Start opens a case, Stop and Cancel close it, Reopen opens it again.
	Start  string `yaml:"start"`
	Stop   string `yaml:"stop"`
	Cancel string `yaml:"cancel"`
	Reopen string `yaml:"reopen"`
	// Key is the tag that identifies a case.
	Key string `yaml:"key"`
	// Reported is the event by which the source says how many cases it has open:
	// its value. Queue is the tag of the part of the cases that it speaks of.
	Reported string `yaml:"reported"`
	Queue    string `yaml:"queue"`
}

// NewBacklog is a spec with its defaults.
func NewBacklog() *Backlog {
	return &Backlog{
		Start: "case.opened", Stop: "case.resolved", Cancel: "case.cancelled", Reopen: "case.reopened",
		Key: "caseId", Reported: "backlog.reported", Queue: "queue",
	}
}

func (s *Backlog) roles() []role {
	return []role{
		{"start", s.Start, started, true}, {"stop", s.Stop, stopped, true},
		{"cancel", s.Cancel, cancelled, false}, {"reopen", s.Reopen, reopened, false},
		{"reported", s.Reported, report, false},
	}
}

// Validate implements kpi.Spec.
func (s *Backlog) Validate(_ *kpi.Common, env *kpi.Env) fault.List {
	return validateRoles(s.roles(), s.Key, env)
}

// Reads implements kpi.Spec.
func (s *Backlog) Reads(c *kpi.Common) kpi.Reads {
	return readsOf(s.roles(), append(s.tags(c), s.Key)...)
}

// tags tell cases apart, and reports: By, and then the queue.
func (s *Backlog) tags(c *kpi.Common) []string {
	tags := slices.Clone(c.By)
	if s.Reported != "" && s.Queue != "" && !slices.Contains(tags, s.Queue) {
		tags = append(tags, s.Queue)
	}
	return tags
}

// Describe implements kpi.Spec.
func (s *Backlog) Describe(*kpi.Common) kpi.Description {
	return kpi.Description{
		Unit:    "cases",
		Formula: "cases open just before the end of the window: " + joined(" + ", s.Start, s.Reopen) + " - " + joined(" - ", s.Stop, s.Cancel) + ", each case counted once",
		Excludes: "events without the tag " + s.Key + ", and events that close a case never opened (both are counted as unmatched); " +
			"events that open what is open, or close what is closed",
	}
}

// New implements kpi.Spec.
func (s *Backlog) New(c *kpi.Common, _ *kpi.Env) kpi.Evaluator {
	labels := facts.NewLabels(s.tags(c))
	e := &backlog{
		feed:   feed{kinds: kindsOf(s.roles()), key: s.Key, labels: labels},
		labels: labels, by: len(c.By), index: newBacklogIndex(len(c.By) > 0),
	}
	e.cases = fold.NewKeyed[cycle](backlogRules{rules{labels}}, e.index)
	return e
}

// backlog holds the cases.
type backlog struct {
	feed   feed
	labels *facts.Labels
	// by is how many of the labels' keys tell cases apart.
	by    int
	index *facts.Index
	cases *fold.Keyed[cycle]

	codes []uint32       // all of labels
	read  []fold.Arrival // scratch, as are:
	// when cycles began that are over by now, and those that came into a group
	over, came []int64
}

// report is what an event of the source's own count means; it is of no case.
const report = reopened + 1

// Apply implements kpi.Evaluator.
func (e *backlog) Apply(b *kpi.Batch) {
	apart := func(row int, ev fold.Event) {
		if ev.Kind == report {
			e.index.Add(facts.Fact{Kind: reported, Group: ev.Label, T: ev.T, X: b.Values[row]})
			return
		}
		e.index.Add(facts.Fact{Kind: strays, Group: e.labels.Head(ev.Label, e.by), T: ev.T})
	}
	e.read = e.read[:0]
	e.feed.apply(b, func(row int, key uint32, ev fold.Event) {
		if ev.Kind == report {
			apart(row, ev)
			return
		}
		ev.Label = e.labels.Head(ev.Label, e.by)
		e.read = append(e.read, fold.Arrival{Key: key, Event: ev})
	}, apart)
	e.cases.AddAll(e.read, nil)
}

// Changes implements kpi.Evaluator. That open cases grow older does not count:
// they always do.
func (e *backlog) Changes(from, to, window int64) bool {
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window) || e.everywhere().Count(reported, from, to) > 0
}

// everywhere is what all groups hold, what stands apart from the total included.
func (e *backlog) everywhere() facts.Cut {
	for n := len(e.codes); n < e.labels.Len(); n++ {
		e.codes = append(e.codes, uint32(n))
	}
	return e.index.Groups(e.codes)
}

// Forget implements kpi.Evaluator.
func (e *backlog) Forget(t int64) {
	e.index.Forget(t)
	e.cases.Forget(t)
}

// AppendBinary implements kpi.Evaluator.
func (e *backlog) AppendBinary(dst []byte) []byte {
	return e.index.AppendBinary(e.cases.AppendBinary(e.labels.AppendBinary(dst)))
}

// Restore implements kpi.Evaluator.
func (e *backlog) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.cases.Restore(r)
	e.index.Restore(r)
}

package lifecycle

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Reopen is what a reopen_rate KPI says. An event name left empty is one that
// does not occur; start, stop and reopen must.
type Reopen struct {
	Start  string `yaml:"start"`
	Stop   string `yaml:"stop"`
	Cancel string `yaml:"cancel"`
	Reopen string `yaml:"reopen"`
	// Key is the tag that identifies a case.
	Key string `yaml:"key"`
	// Within is how soon a case must come back to count.
	Within units.Duration `yaml:"within"`
}

// NewReopen is a spec with its defaults.
func NewReopen() *Reopen {
	return &Reopen{
		Start: "case.opened", Stop: "case.resolved", Cancel: "case.cancelled", Reopen: "case.reopened",
		Key: "caseId", Within: units.Duration(7 * 24 * time.Hour),
	}
}

func (s *Reopen) roles() []role {
	return []role{
		{"start", s.Start, started, true}, {"stop", s.Stop, stopped, true},
		{"cancel", s.Cancel, cancelled, false}, {"reopen", s.Reopen, reopened, true},
	}
}

// Validate implements kpi.Spec.
func (s *Reopen) Validate(c *kpi.Common, env *kpi.Env) fault.List {
	faults := validateRoles(s.roles(), s.Key, env)
	switch {
	case s.Within < units.Duration(time.Second):
		faults.Add(fmt.Sprintf("is %v: give a case some time to come back, as in 7d", s.Within), "within")
	case c.Window > 0 && c.Window <= s.Within:
		faults.Add(fmt.Sprintf("is %v: it must be longer than within, %v, for a case counts only once it has had that long to come back", c.Window, s.Within), "window")
	}
	return faults
}

// Reads implements kpi.Spec.
func (s *Reopen) Reads(c *kpi.Common) kpi.Reads {
	return readsOf(s.roles(), append(slices.Clone(c.By), s.Key)...)
}

// Describe implements kpi.Spec.
func (s *Reopen) Describe(*kpi.Common) kpi.Description {
	return kpi.Description{
		Unit:    "ratio",
		Formula: fmt.Sprintf("cases with a %s less than %v after their %s / cases with a %s in the window at least %v before its end", s.Reopen, s.Within, s.Stop, s.Stop, s.Within),
		Excludes: fmt.Sprintf("cases resolved less than %v before the end of the window (counted as pending); events without the tag %s, and a %s of a case never opened (both counted as unmatched); "+
			"a %s of a case that was closed", s.Within, s.Key, s.Stop, s.Stop),
	}
}

// New implements kpi.Spec.
func (s *Reopen) New(c *kpi.Common, _ *kpi.Env) kpi.Evaluator {
	labels := facts.NewLabels(c.By)
	within := time.Duration(s.Within).Milliseconds()
	e := &reopen{
		within: within, labels: labels, index: facts.NewIndex([]bool{solved: false, back: false, astray: false}, len(c.By) > 0),
		feed: feed{kinds: kindsOf(s.roles()), key: s.Key, labels: labels},
	}
	e.cases = fold.NewKeyed[resolution](reopenRules{rules{labels}, within}, e.index)
	return e
}

// The facts of reopenings. Those of a resolution lie at its instant.
const (
	solved facts.Kind = iota
	back              // it came back in time
	astray            // an event that is of no case known
)

// resolution is what is remembered of a case: whether it was last resolved, and
// not cancelled, and then.
type resolution struct {
	cycle
	at     int64
	solved bool
}

type reopenRules struct {
	rules
	within int64
}

// Resting implements fold.Rules.
func (reopenRules) Resting(r *resolution) bool { return !r.open }

// Pending implements fold.Rules.
func (reopenRules) Pending(_ *resolution, found []facts.Fact) []facts.Fact { return found }

// Step implements fold.Rules.
func (r reopenRules) Step(m *resolution, e fold.Event, found []facts.Fact) []facts.Fact {
	group := m.label // of the cycle that was resolved
	add := func(k facts.Kind, t int64) { found = append(found, facts.Fact{Kind: k, Group: group, T: t}) }
	switch turn := m.take(r.labels, e); turn {
	case openedAgain:
		if m.solved && e.T-m.at < r.within {
			add(back, m.at)
		}
		m.solved = false
	case opened:
		m.solved = false
	case resolved:
		group = m.label
		m.solved, m.at = true, e.T
		add(solved, e.T)
	case unmatched:
		group = m.label
		add(astray, e.T)
	}
	return found
}

// reopen holds the cases.
type reopen struct {
	within int64
	feed   feed
	labels *facts.Labels
	index  *facts.Index
	cases  *fold.Keyed[resolution]
}

// Apply implements kpi.Evaluator.
func (e *reopen) Apply(b *kpi.Batch) {
	e.feed.apply(b, func(_ int, key uint32, ev fold.Event) { e.cases.Add(key, ev) }, func(_ int, ev fold.Event) {
		e.index.Add(facts.Fact{Kind: astray, Group: ev.Label, T: ev.T})
	})
}

// ReopenFigures are what stands beside the rate.
type ReopenFigures struct {
	// Resolved cases had long enough to come back, and Reopened ones did.
	Resolved int64 `json:"resolved"`
	Reopened int64 `json:"reopened"`
	// Pending cases were resolved in the window, but may still come back.
	Pending int64 `json:"pending"`
	// Unmatched events of the window name no case, or one never opened.
	Unmatched int64 `json:"unmatched"`
	Partial   bool  `json:"partial"`
}

// Value implements kpi.Evaluator.
func (e *reopen) Value(q kpi.Query) []kpi.Series {
	// What was resolved before settled had as long as within before q.At.
	settled := max(q.From, q.At-e.within+1)
	var all []kpi.Series
	for _, c := range kpi.Cuts(e.index, e.labels, q.By) {
		n, k := int64(c.Count(solved, q.From, settled)), int64(c.Count(back, q.From, settled))
		s := kpi.Series{Tags: c.Tags, Value: math.NaN(), N: n}
		if n > 0 {
			s.Value = float64(k) / float64(n)
		}
		if !q.Brief {
			if n > 0 {
				lo, hi := stats.Wilson(k, n)
				s.Interval = &[2]float64{lo, hi}
			}
			s.Figures = ReopenFigures{
				Resolved: n, Reopened: k, Pending: int64(c.Count(solved, settled, q.At)),
				Unmatched: int64(c.Count(astray, q.From, q.At)), Partial: q.At > q.Now,
			}
		}
		all = append(all, s)
	}
	return all
}

// Changes implements kpi.Evaluator.
func (e *reopen) Changes(from, to, window int64) bool {
	settled := 1 - e.within
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window) || e.index.Changes(from+settled, to+settled)
}

// Forget implements kpi.Evaluator.
func (e *reopen) Forget(t int64) {
	e.index.Forget(t)
	e.cases.Forget(t)
}

// AppendBinary implements kpi.Evaluator.
func (e *reopen) AppendBinary(dst []byte) []byte {
	return e.index.AppendBinary(e.cases.AppendBinary(e.labels.AppendBinary(dst)))
}

// Restore implements kpi.Evaluator.
func (e *reopen) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.cases.Restore(r)
	e.index.Restore(r)
}

// Package throughput is the KPI of how often something happens: cases resolved
// per hour, calls per minute. The engine runs it.
package throughput

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Spec is what a throughput KPI says.
type Spec struct {
	// Event is what is counted.
	Event string `yaml:"event"`
	// Reopen is what takes a counted event back; it gives the net figure.
	Reopen string `yaml:"reopen"`
	// Per is the unit of time of the value.
	Per units.Duration `yaml:"per"`
}

// New is a spec with its defaults.
func New() *Spec { return &Spec{Per: units.Duration(time.Hour)} }

// Validate implements kpi.Spec.
func (s *Spec) Validate(_ *kpi.Common, env *kpi.Env) (faults fault.List) {
	if why := env.CheckMetric(s.Event); why != "" {
		faults.Add(why, "event")
	}
	if s.Reopen == "" && s.Event == "case.resolved" {
		s.Reopen = "case.reopened"
	}
	if s.Reopen != "" {
		if why := env.CheckMetric(s.Reopen); why != "" {
			faults.Add(why, "reopen")
		}
	}
	if s.Per < units.Duration(time.Second) {
		faults.Add(fmt.Sprintf("is %v: a rate is per second at least, as in 1h", s.Per), "per")
	}
	return faults
}

// Reads implements kpi.Spec.
func (s *Spec) Reads(c *kpi.Common) kpi.Reads {
	r := kpi.Reads{Metrics: []string{s.Event}, Tags: slices.Clone(c.By)}
	if s.Reopen != "" {
		r.Metrics = append(r.Metrics, s.Reopen)
	}
	return r
}

var unitNames = map[time.Duration]string{time.Second: "1/s", time.Minute: "1/min", time.Hour: "1/h", 24 * time.Hour: "1/d"}

// Describe implements kpi.Spec.
func (s *Spec) Describe(*kpi.Common) kpi.Description {
	unit, ok := unitNames[time.Duration(s.Per)]
	if !ok {
		unit = "1/" + s.Per.String()
	}
	return kpi.Description{Unit: unit, Formula: fmt.Sprintf("%s events in the window / (length of the window / %v)", s.Event, s.Per)}
}

const (
	counted facts.Kind = iota
	reopened
)

// Evaluator counts.
type Evaluator struct {
	spec   *Spec
	kinds  kpi.Kinds
	labels *facts.Labels
	index  *facts.Index
	byCode []uint8
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, _ *kpi.Env) kpi.Evaluator {
	e := &Evaluator{
		spec: s, kinds: kpi.Kinds{s.Event: 1}, labels: facts.NewLabels(c.By),
		index: facts.NewIndex([]bool{counted: false, reopened: false}, len(c.By) > 0),
	}
	if s.Reopen != "" {
		e.kinds[s.Reopen] = 2
	}
	return e
}

// Apply implements kpi.Evaluator.
func (e *Evaluator) Apply(b *kpi.Batch) {
	if e.byCode = e.kinds.Rows(b.Block, e.byCode); e.byCode == nil {
		return
	}
	e.labels.Use(b.Block)
	for row, code := range b.Metric.Codes {
		if kind := e.byCode[code]; kind != 0 {
			e.index.Add(facts.Fact{Kind: facts.Kind(kind - 1), Group: e.labels.Row(row), T: b.Times[row]})
		}
	}
}

// Figures are what stands beside the rate.
type Figures struct {
	Count    int `json:"count"`
	Reopened int `json:"reopened"`
	Net      int `json:"net"`
	// Partial: the window is not over.
	Partial bool `json:"partial"`
}

// Value implements kpi.Evaluator.
func (e *Evaluator) Value(q kpi.Query) []kpi.Series {
	per := float64(q.At-q.From) / float64(time.Duration(e.spec.Per).Milliseconds())
	var all []kpi.Series
	for _, c := range kpi.Cuts(e.index, e.labels, q.By) {
		n := c.Count(counted, q.From, q.At)
		s := kpi.Series{Tags: c.Tags, Value: float64(n) / per, N: int64(n)}
		if n == 0 && c.Rank(counted, q.At) == 0 {
			s.Value = math.NaN() // nothing was ever heard of: that is no rate of 0
		}
		if !q.Brief {
			back := c.Count(reopened, q.From, q.At)
			s.Figures = Figures{Count: n, Reopened: back, Net: n - back, Partial: q.At > q.Now}
		}
		all = append(all, s)
	}
	return all
}

// Changes implements kpi.Evaluator.
func (e *Evaluator) Changes(from, to, window int64) bool {
	return e.index.Changes(from, to) || e.index.Changes(from-window, to-window)
}

// Forget implements kpi.Evaluator.
func (e *Evaluator) Forget(t int64) { e.index.Forget(t) }

// AppendBinary implements kpi.Evaluator.
func (e *Evaluator) AppendBinary(dst []byte) []byte {
	return e.index.AppendBinary(e.labels.AppendBinary(dst))
}

// Restore implements kpi.Evaluator.
func (e *Evaluator) Restore(r *bin.Reader) {
	e.labels.Restore(r)
	e.index.Restore(r)
}

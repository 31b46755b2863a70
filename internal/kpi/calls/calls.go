// Package calls is the KPI of a call centre's service level: the share of calls
// answered within some seconds, beside abandoned calls and the speed of answer.
// The engine runs it.
//
// A call belongs to the moment at which it was offered: it counts in the window
// in which that lies, with what is known of it as of the window's end, and in
// the groups of its offer. So no answer is set against the offers of another
// window. Calls without a key are the exception: their events have nothing in
// common, and each counts at its own time.
package calls

import (
	"fmt"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Spec is what a call service level says.
type Spec struct {
	// Offered, Answered and Abandoned are the events of a call; the value of the
	// latter two is how many seconds the caller waited. Abandoned may be empty.
	Offered   string `yaml:"offered"`
	Answered  string `yaml:"answered"`
	Abandoned string `yaml:"abandoned"`
	// Key is the tag that identifies a call.
	Key string `yaml:"key"`
	// AnswerWithin is the wait up to which an answer is in time.
	AnswerWithin units.Duration `yaml:"answer_within"`
	// AbandonWithin is the wait up to which a call given up does not count.
	AbandonWithin units.Duration `yaml:"abandon_within"`
	// Objective is the share that should be answered in time.
	Objective *float64 `yaml:"objective"`
}

// New is a spec with its defaults.
func New() *Spec {
	return &Spec{
		Offered: "call.offered", Answered: "call.answered", Abandoned: "call.abandoned", Key: "callId",
		AnswerWithin: units.Duration(20 * time.Second), AbandonWithin: units.Duration(5 * time.Second),
	}
}

// Validate implements kpi.Spec.
func (s *Spec) Validate(_ *kpi.Common, env *kpi.Env) (faults fault.List) {
	names := map[string]string{}
	for _, e := range []struct{ key, metric string }{{"offered", s.Offered}, {"answered", s.Answered}, {"abandoned", s.Abandoned}} {
		if e.metric == "" && e.key == "abandoned" {
			continue
		}
		if why := env.CheckMetric(e.metric); why != "" {
			faults.Add(why, e.key)
		} else if other := names[e.metric]; other != "" {
			faults.Add(fmt.Sprintf("is what %s is, too: each needs an event of its own", other), e.key)
		}
		names[e.metric] = e.key
	}
	if s.AnswerWithin <= 0 {
		faults.Add(fmt.Sprintf("is %v: write how long a caller may wait, as in 20s", s.AnswerWithin), "answer_within")
	}
	if s.AbandonWithin < 0 {
		faults.Add(fmt.Sprintf("is %v: write after how long a caller who gives up counts, as in 5s, or 0", s.AbandonWithin), "abandon_within")
	}
	if s.Objective != nil && !(*s.Objective > 0 && *s.Objective <= 1) {
		faults.Add(fmt.Sprintf("is %v: write a share above 0 and up to 1, as in 0.8", *s.Objective), "objective")
	}
	return faults
}

// Reads implements kpi.Spec.
func (s *Spec) Reads(c *kpi.Common) kpi.Reads {
	r := kpi.Reads{Metrics: []string{s.Offered, s.Answered}, Tags: slices.Clone(c.By)}
	if s.Abandoned != "" {
		r.Metrics = append(r.Metrics, s.Abandoned)
	}
	if s.Key != "" && !slices.Contains(r.Tags, s.Key) {
		r.Tags = append(r.Tags, s.Key)
	}
	return r
}

// Describe implements kpi.Spec.
func (s *Spec) Describe(*kpi.Common) kpi.Description {
	d := kpi.Description{
		Unit:    "ratio",
		Formula: fmt.Sprintf("calls offered in the window and answered within %v / calls offered in the window", s.AnswerWithin),
		Excludes: "waits that are negative or beyond a billion seconds (counted as invalid: neither within the limits nor in the speed of answer); " +
			"answers and abandonments of a call that was over (counted as repeated)",
	}
	if s.Abandoned != "" {
		d.Formula = fmt.Sprintf("calls offered in the window and answered within %v / (calls offered in the window - those abandoned within %v)", s.AnswerWithin, s.AbandonWithin)
		d.Excludes = fmt.Sprintf("calls abandoned within %v; %s", s.AbandonWithin, d.Excludes)
	}
	return d
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, _ *kpi.Env) kpi.Evaluator {
	e := &Evaluator{
		spec: s, metrics: kpi.Kinds{s.Offered: eventOffered, s.Answered: eventAnswered},
		labels: facts.NewLabels(c.By), index: facts.NewIndex(wide(), len(c.By) > 0),
		answerWithin:  time.Duration(s.AnswerWithin).Seconds(),
		abandonWithin: time.Duration(s.AbandonWithin).Seconds(),
	}
	if s.Abandoned != "" {
		e.metrics[s.Abandoned] = eventAbandoned
	}
	e.calls = fold.NewKeyed(&rules{labels: e.labels}, e.index)
	return e
}

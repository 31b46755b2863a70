// Package satisfaction is the KPI of what people answer to a survey: CSAT,
// stars, net promoter score or customer effort, with intervals and the rate of
// response. A survey counts once, with its last answer. The engine runs it.
package satisfaction

import (
	"fmt"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/kpi/fold"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

const (
	// instrumentTag says of an answer, or of a survey sent, what it asks.
	instrumentTag = "instrument"
	// personTag identifies a person; few answers about one are not shown.
	personTag       = "agentId"
	leastForPersons = 10
	// early marks figures over few answers.
	early = 30
)

// Spec is what a satisfaction KPI says.
type Spec struct {
	// Instrument is csat5, stars5, nps or ces7.
	Instrument string `yaml:"instrument"`
	// Answered is the event of an answer; its value is the score.
	Answered string `yaml:"answered"`
	// Sent is the event of a survey on its way; empty for no rate of response.
	Sent string `yaml:"sent"`
	// Key is the tag that identifies a survey; empty where each answer is one.
	Key string `yaml:"key"`
	// MinN suppresses what is made of fewer answers. Where it is not given, that
	// is groups by agentId of fewer than 10.
	MinN *int64 `yaml:"min_n"`
	// Objective is what the value should reach.
	Objective *float64 `yaml:"objective"`
}

// New is a spec with its defaults.
func New() *Spec {
	return &Spec{Answered: "survey.answered", Sent: "survey.sent", Key: "surveyId"}
}

// Validate implements kpi.Spec.
func (s *Spec) Validate(_ *kpi.Common, env *kpi.Env) (faults fault.List) {
	if why := env.CheckMetric(s.Answered); why != "" {
		faults.Add(why, "answered")
	}
	if s.Sent != "" {
		if why := env.CheckMetric(s.Sent); why != "" {
			faults.Add(why, "sent")
		}
	}
	if s.Sent == s.Answered {
		faults.Add("is what answered is, too: a survey is sent before it is answered", "sent")
	}
	if s.MinN != nil && *s.MinN < 0 {
		faults.Add(fmt.Sprintf("is %d: write 0 to suppress nothing, or a number of answers", *s.MinN), "min_n")
	}
	in, ok := instruments[s.Instrument]
	switch {
	case s.Instrument == "":
		faults.Add("is missing: choose csat5, stars5, nps or ces7", "instrument")
	case !ok:
		faults.Add(fmt.Sprintf("%q is no instrument%s", s.Instrument, suggest.Near(s.Instrument, instrumentNames())), "instrument")
	case s.Objective != nil && !(*s.Objective > in.least && *s.Objective <= in.most):
		faults.Add(fmt.Sprintf("is %v: the value of %s lies above %v and up to %v", *s.Objective, s.Instrument, in.least, in.most), "objective")
	}
	return faults
}

// Reads implements kpi.Spec.
func (s *Spec) Reads(c *kpi.Common) kpi.Reads {
	r := kpi.Reads{Metrics: []string{s.Answered}, Tags: slices.Clone(c.By)}
	if s.Sent != "" {
		r.Metrics = append(r.Metrics, s.Sent)
	}
	for _, tag := range []string{instrumentTag, s.Key} {
		if tag != "" && !slices.Contains(r.Tags, tag) {
			r.Tags = append(r.Tags, tag)
		}
	}
	return r
}

// Describe implements kpi.Spec.
func (s *Spec) Describe(*kpi.Common) kpi.Description {
	in := instruments[s.Instrument]
	return kpi.Description{
		Unit:    in.unit,
		Formula: in.formula,
		Excludes: fmt.Sprintf("answers with another instrument tag; answers that are no whole number from %d to %d (counted as invalid); "+
			"all answers of a survey but its last; surveys without the tag %s in the response rate", in.low, in.high, s.Key),
	}
}

// New implements kpi.Spec.
func (s *Spec) New(c *kpi.Common, _ *kpi.Env) kpi.Evaluator {
	in := instruments[s.Instrument]
	k := in.kinds()
	e := &Evaluator{
		spec: s, in: in, k: k, metrics: kpi.Kinds{s.Answered: answered},
		labels: facts.NewLabels(c.By), index: facts.NewIndex(k.wide(), len(c.By) > 0),
		people: slices.Index(c.By, personTag),
	}
	if s.Sent != "" {
		e.metrics[s.Sent] = sent
	}
	e.surveys = fold.NewKeyed(&rules{k: k, labels: e.labels}, e.index)
	return e
}

package detect

import (
	"context"
	"fmt"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/kpi/sla"
)

// caseTag names the case of an alert, goalTag the goal of a definition with
// several.
const (
	caseTag = "caseId"
	goalTag = "goal"
	hourMs  = 3_600_000
)

// SLACases is sla_breach, which alerts on each case whose deadline has passed
// while it is open, and sla_at_risk, on each that is about to be one. The alert
// ends when the case is closed or otherwise no longer so.
type SLACases struct {
	// Where are values of tags that a case must have: the KPI's by, its queue, or
	// the goal.
	Where map[string]string `yaml:"where"`

	atRisk bool // not breached
}

func (s *SLACases) holding() *Holding { return nil }

func (s *SLACases) validate(_ *Common, d *kpi.Definition, _ *kpi.Env) (faults fault.List) {
	if d == nil {
		return nil
	}
	spec, ok := d.Spec.(*sla.Spec)
	if !ok {
		faults.Add(fmt.Sprintf("%s is of type %s, which holds no cases against a clock: name a KPI of type sla", d.Name, d.Type), "kpi")
		return faults
	}
	for key := range s.Where {
		if !slices.Contains(d.By, key) && key != spec.Queue && key != goalTag {
			faults.Add(fmt.Sprintf("cases of %s cannot be chosen by %q: they have the tags of its by, its queue, and the goal", d.Name, key), "where", key)
		}
	}
	return faults
}

func (s *SLACases) detector(o options) detector { return &caseWatch{s, o} }

type caseWatch struct {
	*SLACases
	options
}

func (w *caseWatch) looks() looks { return anytime{} }

// judge implements detector. A condition on a case is exact at each instant and
// needs no looking back.
func (w *caseWatch) judge(_ context.Context, t int64, _ float64) ([]finding, error) {
	state := kpi.CaseBreached
	if w.atRisk {
		state = kpi.CaseAtRisk
	}
	a, rows, err := w.source.Cases(w.KPI, kpi.CaseQuery{
		At: t, Select: kpi.OpenCases, State: state, Order: kpi.NextBreach, Tags: w.Where, Limit: mostSeries + 1,
	})
	if err := ready(&a, err); err != nil {
		return nil, err
	}
	words := a.Definition.Words()
	found := make([]finding, 0, len(rows))
	for i := range rows {
		found = append(found, w.finding(&a, t, &rows[i], words))
	}
	return found, nil
}

// CaseFigures is the evidence of a case: its row in the list of cases.
type CaseFigures struct {
	*kpi.CaseRow
}

func (w *caseWatch) finding(a *engine.Answer, t int64, r *kpi.CaseRow, words kpi.Words) finding {
	f := finding{tags: []event.Tag{{Key: caseTag, Value: r.CaseID}}, ratio: 1, n: 1}
	for _, key := range a.Definition.By {
		if v := r.Tags[key]; v != "" && key != caseTag {
			f.tags = append(f.tags, event.Tag{Key: key, Value: v})
		}
	}
	if r.Goal != "" && !slices.Contains(a.Definition.By, goalTag) {
		f.tags = append(f.tags, event.Tag{Key: goalTag, Value: r.Goal})
	}
	f.tags = present(f.tags)
	name := "case " + r.CaseID
	if r.Goal != "" {
		name += " (" + r.Goal + ")"
	}
	if w.atRisk {
		left := of(r.RemainingMs)
		f.since, f.order, f.value = t, *r.Deadline, float64(left)/hourMs
		f.condition = fmt.Sprintf("%s left before the deadline", lengthText(left))
		f.summary = fmt.Sprintf("%s is about to breach %s: %s", name, words.Title, f.condition)
	} else {
		over := of(r.OverrunMs)
		f.since, f.value = *r.Deadline, float64(over)/hourMs
		f.provisional = a.Watermark <= *r.Deadline // that it was closed in time may still be on its way
		f.condition = fmt.Sprintf("overdue by %s", lengthText(over))
		f.summary = fmt.Sprintf("%s breached %s: %s", name, words.Title, f.condition)
	}
	f.evidence = evidence(a, t, Span{r.Opened, t}, &f)
	f.evidence.Figures = CaseFigures{r}
	return f
}

func of(length *int64) int64 {
	if length == nil {
		return 0
	}
	return *length
}

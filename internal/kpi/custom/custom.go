// Package custom is the KPI that its users define: an expression over aggregates
// of filtered events and over other KPIs. It knows nothing of how an expression
// is read, which package formula does, nor of how other KPIs are evaluated,
// which the engine is asked for. The engine runs it.
package custom

import (
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/custom/formula"
)

// Spec is what a custom KPI says.
type Spec struct {
	// Expr is the expression; docs/custom-kpis.md describes the language.
	Expr string `yaml:"expr"`
	// Unit is shown beside the value. Without one it is ratio for a share of
	// events, and 1 otherwise.
	Unit string `yaml:"unit"`

	formula *formula.Formula
}

// New is a spec with its defaults.
func New() *Spec { return &Spec{} }

// compiled is the formula, nil where the expression has a fault.
func (s *Spec) compiled() *formula.Formula {
	if s.formula != nil {
		return s.formula
	}
	f, _ := formula.Parse(s.Expr)
	return f
}

// Refers lists the KPIs that this one is made from.
func (s *Spec) Refers() []string {
	if f := s.compiled(); f != nil {
		return f.KPIs()
	}
	return nil
}

// Reads implements kpi.Spec. A name may end in "*", as in store.ScanQuery.
func (s *Spec) Reads(c *kpi.Common) kpi.Reads {
	r := kpi.Reads{Tags: slices.Clone(c.By)}
	f := s.compiled()
	for _, selection := range f.Selections {
		if !slices.Contains(r.Metrics, selection.Event) {
			r.Metrics = append(r.Metrics, selection.Event)
		}
	}
	for _, key := range f.Tags() {
		if !slices.Contains(r.Tags, key) {
			r.Tags = append(r.Tags, key)
		}
	}
	return r
}

// Describe implements kpi.Spec.
func (s *Spec) Describe(*kpi.Common) kpi.Description {
	return kpi.Description{
		Unit:     s.Unit,
		Formula:  strings.Join(strings.Fields(s.Expr), " ") + ", over the events of the window",
		Excludes: "there is no value where a divisor is 0, or where an aggregate other than count and distinct has no events",
	}
}

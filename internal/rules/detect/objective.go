package detect

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/calls"
	"github.com/hms-ops/hms-monitor/internal/kpi/satisfaction"
	"github.com/hms-ops/hms-monitor/internal/kpi/sla"
)

// objectiveOf is the objective of a KPI, 0 without one, and whether its value is
// the share of things that went well.
func objectiveOf(d *kpi.Definition) (objective float64, isShare bool) {
	var own *float64
	switch s := d.Spec.(type) {
	case *sla.Spec:
		return s.Objective, true
	case *calls.Spec:
		own, isShare = s.Objective, true
	case *satisfaction.Spec:
		own, isShare = s.Objective, s.Instrument == "csat5"
	}
	if own == nil {
		return 0, isShare
	}
	return *own, isShare
}

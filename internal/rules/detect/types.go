package detect

import (
	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/calendar"
)

// kind is a type of detector.
type kind struct {
	// spec makes one with its defaults.
	spec     func() Spec
	severity alert.State
}

// types are the types of detectors by name.
func types() map[string]kind {
	return map[string]kind{
		"anomaly":            {func() Spec { return newAnomaly() }, alert.Warning},
		"burn_rate":          {func() Spec { return newBurnRate() }, alert.Critical},
		"conflict_spike":     {func() Spec { return newConflictSpike() }, alert.Warning},
		"forecast":           {func() Spec { return newForecast() }, alert.Warning},
		"satisfaction_drift": {func() Spec { return newDrift() }, alert.Warning},
		"sla_at_risk":        {func() Spec { return &SLACases{atRisk: true} }, alert.Warning},
		"sla_breach":         {func() Spec { return &SLACases{} }, alert.Critical},
	}
}

// options are what detectors are made from.
type options struct {
	Common
	source    Source
	calendars map[string]*calendar.Calendar
}

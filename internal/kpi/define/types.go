package define

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/throughput"
)

// kind is a type of KPI.
type kind struct {
	// spec makes one with its defaults.
	spec   func() kpi.Spec
	manual func() kpi.Manual
}

// types are the types of KPI by name.
func types() map[string]kind {
	return map[string]kind{
		"throughput": {func() kpi.Spec { return throughput.New() }, throughput.Manual},
	}
}

package define

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/throughput"
)

// types are the types of KPI by name, each with a spec of its defaults.
func types() map[string]func() kpi.Spec {
	return map[string]func() kpi.Spec{
		"throughput": func() kpi.Spec { return throughput.New() },
	}
}

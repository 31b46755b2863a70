package define

import (
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/calls"
	"github.com/hms-ops/hms-monitor/internal/kpi/conflict"
	"github.com/hms-ops/hms-monitor/internal/kpi/custom"
	"github.com/hms-ops/hms-monitor/internal/kpi/lifecycle"
	"github.com/hms-ops/hms-monitor/internal/kpi/satisfaction"
	"github.com/hms-ops/hms-monitor/internal/kpi/sla"
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
		"backlog":            {func() kpi.Spec { return lifecycle.NewBacklog() }, lifecycle.BacklogManual},
		"call_service_level": {func() kpi.Spec { return calls.New() }, calls.Manual},
		"conflict":           {func() kpi.Spec { return conflict.New() }, conflict.Manual},
		"custom":             {func() kpi.Spec { return custom.New() }, custom.Manual},
		"first_response":     {func() kpi.Spec { return lifecycle.NewResponse() }, lifecycle.ResponseManual},
		"reopen_rate":        {func() kpi.Spec { return lifecycle.NewReopen() }, lifecycle.ReopenManual},
		"satisfaction":       {func() kpi.Spec { return satisfaction.New() }, satisfaction.Manual},
		"sla":                {func() kpi.Spec { return sla.New() }, sla.Manual},
		"throughput":         {func() kpi.Spec { return throughput.New() }, throughput.Manual},
	}
}

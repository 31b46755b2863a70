package kpi

import (
	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Rule is the threshold rule on the values of a KPI.
func (t *Thresholds) Rule(d *Definition) alert.Threshold {
	rule := alert.Threshold{
		Warning: t.Warning, Critical: t.Critical, For: t.For, Hysteresis: t.Hysteresis,
		KeepFiringFor: t.KeepFiringFor,
	}
	if t.PerGroup {
		rule.By = d.By
	}
	return rule
}

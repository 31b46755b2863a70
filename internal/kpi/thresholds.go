package kpi

import (
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Rule is the threshold rule on the values of a KPI.
func (t *Thresholds) Rule(d *Definition) alert.Threshold {
	rule := alert.Threshold{Warning: t.Warning, Critical: t.Critical, For: time.Duration(t.For), Hysteresis: t.Hysteresis}
	if t.PerGroup {
		rule.By = d.By
	}
	return rule
}

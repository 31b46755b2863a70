package app

import (
	"testing"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// A definition that was put must be readable at the next start, when the KPIs
// that it refers to are not there yet.
func TestStoredDefinitionsMayReferToOthers(t *testing.T) {
	source := `{"name": "mix", "type": "custom", "expr": "kpi(\"case.sla\") + count(\"case.opened\")"}`
	d, err := parseStored(kpi.Env{KPIs: map[string]*kpi.Definition{}, KnownMetric: func(string) bool { return false }})([]byte(source))
	if err != nil || d.Name != "mix" {
		t.Fatal(d, err)
	}
}

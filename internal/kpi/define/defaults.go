package define

import (
	_ "embed" // for the defaults
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

//go:embed defaults.yaml
var defaults []byte

// Defaults are the definitions that need no configuration.
func Defaults() ([]*kpi.Definition, error) {
	var section struct {
		KPIs Definitions `yaml:"kpis"`
	}
	d := strict.Decode("defaults.yaml", append([]byte("kpis:\n"), defaults...), &section)
	if len(d.Faults()) == 0 {
		d.Place(section.KPIs.Validate(&kpi.Env{}).Under("kpis"))
	}
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("the default definitions: %w", err)
	}
	return section.KPIs.List(), nil
}

// List is the definitions alone.
func (l Definitions) List() []*kpi.Definition {
	all := make([]*kpi.Definition, 0, len(l))
	for _, e := range l {
		all = append(all, e.Definition)
	}
	return all
}

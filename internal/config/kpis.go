package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
)

// KPIEnv is what definitions of KPIs may refer to: the calendars, and the events
// that are in the vocabulary or named in the file.
func (c Config) KPIEnv() (*kpi.Env, error) {
	calendars, err := c.Calendars.Build(c.dir)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, name := range slices.Concat(define.Vocabulary(), c.Events) {
		known[name] = true
	}
	for _, rule := range c.Thresholds.Rules() {
		known[rule.Metric] = true
	}
	return &kpi.Env{
		Calendars: calendars, KnownMetric: func(name string) bool { return known[name] },
		Metrics: slices.Sorted(maps.Keys(known)),
	}, nil
}

func (c Config) validateKPIs() (faults fault.List) {
	faults = append(faults, c.Calendars.Validate(c.dir).Under("calendars")...)
	for i, name := range c.Events {
		if name == "" {
			faults.Add("an event name cannot be empty", "events", fmt.Sprint(i))
		}
	}
	if len(faults) > 0 {
		return faults // what refers to them would only repeat it
	}
	env, err := c.KPIEnv()
	if err != nil {
		faults.Add(err.Error(), "calendars")
		return faults
	}
	if c.DefaultKPIs {
		defaults, err := define.Defaults()
		if err != nil {
			faults.Add(err.Error(), "default_kpis")
		}
		env.KPIs = map[string]*kpi.Definition{}
		for _, d := range defaults {
			env.KPIs[d.Name] = d
		}
	}
	for i, e := range c.KPIs {
		if _, clash := c.Thresholds[e.Name]; clash && e.Thresholds != nil {
			faults.Add(fmt.Sprintf("%q has thresholds of its own and under `thresholds`: keep one of the two", e.Name), "kpis", fmt.Sprint(i), "thresholds")
		}
	}
	return append(faults, c.KPIs.Validate(env).Under("kpis")...)
}

package promql

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Config bounds what queries may cost, and says how KPIs are sampled.
type Config struct {
	// Lookback is how long a metric's last sample stands for its value.
	Lookback units.Duration `yaml:"lookback"`
	// Timeout ends a query that takes longer.
	Timeout units.Duration `yaml:"timeout"`
	// MaxSamples bounds the samples that a query holds in memory.
	MaxSamples int `yaml:"max_samples"`
	// Resolution is the distance of a KPI's samples where a query looks at a
	// range of them.
	Resolution units.Duration `yaml:"kpi_resolution"`
	// Recent bounds the samples kept in memory for rules, of all metrics together.
	Recent int `yaml:"max_recent_samples"`
	// Retention is how long series made by recording rules are kept.
	Retention units.Duration `yaml:"retention"`
}

// DefaultConfig is what holds without configuration.
func DefaultConfig() Config {
	return Config{
		Lookback: units.Duration(5 * time.Minute), Timeout: units.Duration(30 * time.Second), MaxSamples: 5_000_000,
		Resolution: units.Duration(time.Minute), Recent: 4_000_000, Retention: units.Duration(15 * 24 * time.Hour),
	}
}

// Validate reports every fault of the section.
func (c Config) Validate() (faults fault.List) {
	for _, d := range []struct {
		key   string
		value units.Duration
		least time.Duration
	}{
		{"lookback", c.Lookback, time.Second}, {"timeout", c.Timeout, 10 * time.Millisecond},
		{"kpi_resolution", c.Resolution, time.Second}, {"retention", c.Retention, 2 * time.Hour},
	} {
		if time.Duration(d.value) < d.least {
			faults.Add(fmt.Sprintf("is %v, must be %v at least", d.value, d.least), d.key)
		}
	}
	if c.MaxSamples < 1000 {
		faults.Add(fmt.Sprintf("is %d, must be 1000 at least", c.MaxSamples), "max_samples")
	}
	if c.Recent < 0 {
		faults.Add("is negative; 0 has every evaluation read the store", "max_recent_samples")
	}
	return faults
}

// NewParser is the parser of all expressions: the syntax of Prometheus without
// what it calls experimental.
func NewParser() parser.Parser { return parser.NewParser(parser.Options{}) }

// NewEngine is Prometheus' engine within the limits of c. A subquery that names
// no step has that of step: the interval of evaluation.
func NewEngine(c Config, step time.Duration, log *slog.Logger) *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		Logger: log, MaxSamples: c.MaxSamples, Timeout: time.Duration(c.Timeout), LookbackDelta: time.Duration(c.Lookback),
		NoStepSubqueryIntervalFn: func(int64) int64 { return step.Milliseconds() },
		EnableAtModifier:         true, EnableNegativeOffset: true,
		Parser: NewParser(),
	})
}

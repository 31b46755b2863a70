package detect

import (
	"cmp"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Forecast alerts where a KPI is going to breach a limit within a horizon. By
// theil_sen it follows the median of the slopes between any two values (Theil
// 1950; Sen 1968), which a few outliers do not move; by seasonal it adds what
// came about over the same time in past seasons to the value now (Hyndman and
// Athanasopoulos, Forecasting: Principles and Practice, chapter 5: seasonal naive
// with drift). Either is taken with a margin: a quantile of the residuals.
type Forecast struct {
	Holding
	By []string `yaml:"by"`
	// Limit is as in thresholds: "> 500". Without one it is the KPI's objective.
	Limit alert.Limit `yaml:"limit"`
	// Horizon is how far ahead it looks.
	Horizon units.Duration `yaml:"horizon"`
	// Method is theil_sen or seasonal.
	Method string `yaml:"method"`
	// History is how far back values are followed, Step how far apart they are.
	History units.Duration `yaml:"history"`
	Step    units.Duration `yaml:"step"`
	// Season and Seasons are for seasonal: how long one is, and how many are
	// looked back.
	Season  units.Duration `yaml:"season"`
	Seasons int            `yaml:"seasons"`
	// Confidence is the share of residuals that may not turn the breach around.
	Confidence float64 `yaml:"confidence"`
	// Window is how far back each value looks; by default as the KPI does.
	Window units.Duration `yaml:"window"`
	// MinN leaves series unjudged whose value now is made of fewer things.
	MinN int64 `yaml:"min_n"`
}

const (
	theilSen = "theil_sen"
	seasonal = "seasonal"
)

func newForecast() *Forecast {
	const hour = units.Duration(time.Hour)
	return &Forecast{
		Holding: Holding{Every: units.Duration(time.Minute)}, Horizon: 2 * hour, Method: theilSen, History: 6 * hour, Step: units.Duration(10 * time.Minute),
		Season: 7 * 24 * hour, Seasons: 4, Confidence: 0.8,
	}
}

func (f *Forecast) holding() *Holding { return &f.Holding }

const (
	leastPoints = 6
	mostPoints  = 200
	limitName   = "limit"
)

func (f *Forecast) validate(_ *Common, d *kpi.Definition, _ *kpi.Env) (faults fault.List) {
	checkLength("step", f.Step, time.Second, 31*24*time.Hour, &faults)
	if len(faults) > 0 {
		return faults
	}
	faults = f.check(f.Every)
	checkBy(f.By, d, &faults)
	faults = append(faults, f.validateLimit(d)...)
	if n := f.Horizon / f.Step; n < 1 || n > mostPoints {
		faults.Add(fmt.Sprintf("is %v: write 1 to %d steps of %v", f.Horizon, mostPoints, f.Step), "horizon")
	}
	switch f.Method {
	case theilSen:
		if n := f.History / f.Step; n < leastPoints || n > mostPoints {
			faults.Add(fmt.Sprintf("is %v: write %d to %d steps of %v", f.History, leastPoints, mostPoints, f.Step), "history")
		}
	case seasonal:
		if f.Season < f.Horizon {
			faults.Add(fmt.Sprintf("is %v: a season is as long as the horizon at least", f.Season), "season")
		}
		if f.Seasons < 2 || f.Seasons > 104 {
			faults.Add(fmt.Sprintf("is %d: write how many seasons to look back, from 2 to 104", f.Seasons), "seasons")
		}
	default:
		faults.Add(fmt.Sprintf("%q is no method: write theil_sen or seasonal", f.Method), "method")
	}
	if !(f.Confidence >= 0.5 && f.Confidence < 1) {
		faults.Add(fmt.Sprintf("is %v: write a share from 0.5 to below 1, as in 0.8", f.Confidence), "confidence")
	}
	if f.Window < 0 {
		faults.Add("a duration cannot be negative", "window")
	}
	if f.MinN < 0 {
		faults.Add(fmt.Sprintf("is %d: write 0 to judge every value", f.MinN), "min_n")
	}
	return faults
}

func (f *Forecast) validateLimit(d *kpi.Definition) (faults fault.List) {
	if f.Limit == (alert.Limit{}) {
		if d != nil {
			if own, _ := objectiveOf(d); own <= 0 {
				faults.Add(fmt.Sprintf("is missing, and %s has no objective to take its place: write one, as in \"> 500\"", d.Name), "limit")
			}
		}
		return faults
	}
	for _, found := range (alert.Thresholds{limitName: {Critical: f.Limit}}).Validate() {
		faults.Add(found.Detail, "limit")
	}
	return faults
}

// bound is the limit, of the KPI's objective where there is none.
func (f *Forecast) bound(d *kpi.Definition) (alert.Bound, error) {
	if f.Limit != (alert.Limit{}) {
		return *alert.Thresholds{limitName: {Critical: f.Limit}}.Rules()[0].Critical, nil
	}
	own, _ := objectiveOf(d)
	if own <= 0 {
		return alert.Bound{}, fmt.Errorf("%s no longer has an objective to forecast a breach of", d.Name)
	}
	return alert.Bound{Op: alert.Below, Limit: own}, nil
}

func (f *Forecast) detector(o options) detector {
	return &foreseen{Forecast: f, options: o}
}

// rising reports whether great values are the bad ones.
func rising(b alert.Bound) bool { return b.Op == alert.Above || b.Op == alert.AtLeast }

// window is how far back each value looks.
func (f *Forecast) window(d *kpi.Definition) units.Duration { return cmp.Or(f.Window, d.Window) }

package detect

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/satisfaction"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Drift is satisfaction_drift: it finds a small, lasting change that no single
// day shows, by a cumulative sum (Page 1954, "Continuous Inspection Schemes").
// Each step's mean is standardised by those of the answers before it, from a
// baseline on, over the root of how many there are (Montgomery, Introduction to
// Statistical Quality Control, chapter 9: rational subgroups); see selfStarting.
type Drift struct {
	Holding
	By []string `yaml:"by"`
	// Step is how many answers are taken together: those of a day.
	Step units.Duration `yaml:"step"`
	// Span is how far back a drift is looked for, Baseline the time before that
	// with which it is compared.
	Span     units.Duration `yaml:"span"`
	Baseline units.Duration `yaml:"baseline"`
	// K is the slack and H the limit, in standard deviations of a step's mean:
	// K is half the shift that should be found soon.
	K float64 `yaml:"k"`
	H float64 `yaml:"h"`
	// Direction is low, high or both.
	Direction string `yaml:"direction"`
	// MinN is how many answers the baseline must hold; MinStepN how many a step,
	// which otherwise is taken together with the next.
	MinN     int64 `yaml:"min_n"`
	MinStepN int64 `yaml:"min_step_n"`
}

func newDrift() *Drift {
	const day = 24 * units.Duration(time.Hour)
	return &Drift{
		Holding: Holding{Every: units.Duration(10 * time.Minute)}, Step: day, Span: 28 * day, Baseline: 56 * day, K: 0.5, H: 5, Direction: low, MinN: 50, MinStepN: 5,
	}
}

func (d *Drift) holding() *Holding { return &d.Holding }

const mostSteps = 500

func (d *Drift) validate(_ *Common, def *kpi.Definition, _ *kpi.Env) (faults fault.List) {
	checkLength("step", d.Step, time.Minute, 31*24*time.Hour, &faults)
	if len(faults) > 0 {
		return faults
	}
	faults = d.check(d.Step)
	checkBy(d.By, def, &faults)
	if def != nil {
		_, answers := def.Spec.(*satisfaction.Spec)
		if _, share := objectiveOf(def); !answers && !share {
			faults.Add(fmt.Sprintf("%s is of type %s: satisfaction_drift is for satisfaction, and for shares (sla, call_service_level)", def.Name, def.Type), "kpi")
		}
	}
	if n := d.Span / d.Step; n < 2 || n > mostSteps || d.Span%d.Step != 0 {
		faults.Add(fmt.Sprintf("is %v: write 2 to %d whole steps of %v", d.Span, mostSteps, d.Step), "span")
	}
	checkLength("baseline", d.Baseline, time.Duration(d.Step), 3660*24*time.Hour, &faults)
	if !(d.K >= 0 && d.K <= 10) {
		faults.Add(fmt.Sprintf("is %v: write a number of standard deviations from 0 to 10, 0.5 as a rule", d.K), "k")
	}
	if !(d.H > 0 && d.H <= 1000) {
		faults.Add(fmt.Sprintf("is %v: write a number of standard deviations above 0, 4 or 5 as a rule", d.H), "h")
	}
	checkDirection(d.Direction, &faults)
	if d.MinN < 2 {
		faults.Add(fmt.Sprintf("is %d: a baseline needs 2 answers at least, and should have many", d.MinN), "min_n")
	}
	if d.MinStepN < 1 {
		faults.Add(fmt.Sprintf("is %d: write how many answers a step must hold, 1 at least", d.MinStepN), "min_step_n")
	}
	return faults
}

func (d *Drift) detector(o options) detector { return &drifting{Drift: d, options: o} }

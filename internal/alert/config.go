package alert

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Thresholds is the configuration section `thresholds`: rules by name.
type Thresholds map[string]Threshold

// Threshold is one rule as the configuration gives it.
type Threshold struct {
	// Warning and Critical are numbers or texts like "> 60". Of two plain
	// numbers the order tells the direction: with warning above critical, low
	// values are the bad ones; with warning below critical, high values are.
	Warning  Limit `yaml:"warning"`
	Critical Limit `yaml:"critical"`
	// Metric is the metric watched, where it is not the rule's name.
	Metric string `yaml:"metric"`
	// By lists the tag keys whose values each have a state of their own.
	By []string `yaml:"by"`
	// For is how long a condition must hold before it counts.
	For units.Duration `yaml:"for"`
	// Hysteresis is how far beyond a limit a value must recover before the
	// state is left.
	Hysteresis float64 `yaml:"hysteresis"`
	// KeepFiringFor is how long a better value must last before the state is left.
	KeepFiringFor units.Duration `yaml:"keep_firing_for"`
	// NoData says what it means when no value comes.
	NoData *NoData `yaml:"no_data"`
	// Expect lists series that are missed when they were never heard of: for
	// each a value for every key of By.
	Expect []map[string]string `yaml:"expect"`
	// MaxAge leaves events unjudged that were older than this when they
	// arrived, so that an import of history raises no alarms. 0 judges all.
	MaxAge units.Duration `yaml:"max_age"`
	// MaxSeries bounds the tag sets in warning or critical at a time. 0 means
	// DefaultMaxSeries.
	MaxSeries int `yaml:"max_series"`
}

// NoData is what silence means.
type NoData struct {
	// After is how long a series must be silent.
	After units.Duration `yaml:"after"`
	// State is warning, the default, or critical.
	State State `yaml:"state"`
}

// Validate reports every fault of the section.
func (t Thresholds) Validate() fault.List {
	var faults fault.List
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if name == "" {
			faults.Add("a rule needs a name: that of the metric it watches", name)
		}
		threshold := t[name]
		faults = append(faults, threshold.validate().Under(name)...)
	}
	return faults
}

func (t *Threshold) validate() fault.List {
	_, _, faults := t.bounds()
	if t.For < 0 {
		faults.Add("a duration cannot be negative", "for")
	}
	if t.MaxAge < 0 {
		faults.Add("a duration cannot be negative", "max_age")
	}
	if t.KeepFiringFor < 0 {
		faults.Add("a duration cannot be negative", "keep_firing_for")
	}
	for _, d := range []struct {
		key   string
		value units.Duration
	}{{"for", t.For}, {"max_age", t.MaxAge}, {"keep_firing_for", t.KeepFiringFor}} {
		if d.value > 0 && time.Duration(d.value) < time.Millisecond {
			faults.Add(fmt.Sprintf("%s is shorter than a millisecond: a duration needs a unit, as in 5m", d.value), d.key)
		}
	}
	if h := t.Hysteresis; h < 0 || math.IsNaN(h) || math.IsInf(h, 0) {
		faults.Add(fmt.Sprintf("%v is no distance: write 0 or a positive number", h), "hysteresis")
	}
	if t.MaxSeries < 0 {
		faults.Add("a number of series cannot be negative", "max_series")
	}
	for i, key := range t.By {
		switch {
		case key == "":
			faults.Add("a tag key cannot be empty", "by")
		case slices.Contains(t.By[:i], key):
			faults.Add(fmt.Sprintf("tag key %q is listed twice", key), "by")
		}
	}
	return append(faults, t.validateSilence()...)
}

func (t *Threshold) validateSilence() (faults fault.List) {
	if n := t.NoData; n != nil {
		if time.Duration(n.After) < time.Millisecond {
			faults.Add("says after how long a silence counts: write a duration, as in 30m", "no_data", "after")
		}
		if n.State != "" && n.State != Warning && n.State != Critical {
			faults.Add(fmt.Sprintf("%q is no state that silence can lead to: write warning or critical", n.State), "no_data", "state")
		}
	}
	if len(t.Expect) > 0 && t.NoData == nil {
		faults.Add("says which series are missed, but not when: add no_data: {after: 30m}", "expect")
	}
	for i, tags := range t.Expect {
		if want, got := slices.Sorted(slices.Values(t.By)), slices.Sorted(maps.Keys(tags)); len(want) == 0 || !slices.Equal(want, got) {
			faults.Add(fmt.Sprintf("gives %v, but must give a value for every key of by: %v", got, want), "expect", strconv.Itoa(i))
		}
	}
	if most := cmp.Or(t.MaxSeries, DefaultMaxSeries); most > 0 && len(t.Expect) > most {
		faults.Add(fmt.Sprintf("lists %d series, at most %d (max_series) are watched", len(t.Expect), most), "expect")
	}
	return faults
}

// bounds settles what the two limits mean; either bound may be nil.
func (t *Threshold) bounds() (warning, critical *Bound, faults fault.List) {
	read := func(key string, l Limit) *Bound {
		if !l.given() {
			return nil
		}
		op, limit, err := l.parse()
		if err != nil {
			faults.Add(err.Error(), key)
			return nil
		}
		return &Bound{op, limit}
	}
	if !t.Warning.given() && !t.Critical.given() {
		if t.NoData != nil {
			return nil, nil, nil
		}
		faults.Add("the rule has no threshold: give warning, critical or both, or no_data")
		return nil, nil, faults
	}
	warning, critical = read("warning", t.Warning), read("critical", t.Critical)
	if len(faults) > 0 {
		return nil, nil, faults
	}
	if detail, key := direct(warning, critical); detail != "" {
		faults.Add(detail, key)
	}
	return warning, critical, faults
}

const needsOperator = `a plain number does not tell whether low or high values are bad: write an operator, as in "< %[1]s" or "> %[1]s"`

// direct gives plain numbers the operator that the other limit or the order of
// the two implies, or says under which key that fails, and why.
func direct(warning, critical *Bound) (detail, key string) {
	switch {
	case critical == nil:
		if warning.Op == "" {
			return fmt.Sprintf(needsOperator, number(warning.Limit)), "warning"
		}
		return "", ""
	case warning == nil:
		if critical.Op == "" {
			return fmt.Sprintf(needsOperator, number(critical.Limit)), "critical"
		}
		return "", ""
	case warning.Limit == critical.Limit:
		return "warning and critical are the same limit: set them apart, or leave one out and write the other with an operator", "critical"
	case warning.Op == "" && critical.Op == "":
		op := Above
		if warning.Limit > critical.Limit {
			op = Below
		}
		warning.Op, critical.Op = op, op
		return "", ""
	case warning.Op == "":
		warning.Op = critical.Op
	case critical.Op == "":
		critical.Op = warning.Op
	}
	if warning.Op.falls() != critical.Op.falls() {
		return fmt.Sprintf("warning is %s and critical is %s: both must look the same way", warning, critical), "critical"
	}
	if warning.Op.falls() != (critical.Limit < warning.Limit) {
		return fmt.Sprintf("critical (%s) would hold before warning (%s): swap the two", critical, warning), "critical"
	}
	return "", ""
}

// Rules gives the rules of a section that Validate found no fault in, ordered
// by name.
func (t Thresholds) Rules() []Rule {
	rules := make([]Rule, 0, len(t))
	for _, name := range slices.Sorted(maps.Keys(t)) {
		threshold := t[name]
		warning, critical, _ := threshold.bounds()
		rule := Rule{
			Name: name, Metric: threshold.Metric, By: slices.Clone(threshold.By),
			Warning: warning, Critical: critical,
			For: time.Duration(threshold.For).Milliseconds(), Hysteresis: threshold.Hysteresis,
			KeepFiringFor: time.Duration(threshold.KeepFiringFor).Milliseconds(),
			MaxAge:        time.Duration(threshold.MaxAge).Milliseconds(), MaxSeries: threshold.MaxSeries,
			Text: threshold.text(),
		}
		if n := threshold.NoData; n != nil {
			rule.NoData, rule.NoDataState = time.Duration(n.After).Milliseconds(), warn
			if n.State == Critical {
				rule.NoDataState = crit
			}
		}
		for _, tags := range threshold.Expect {
			values := make([]string, len(rule.By))
			for i, key := range rule.By {
				values[i] = tags[key]
			}
			rule.Expect = append(rule.Expect, values)
		}
		if rule.Metric == "" {
			rule.Metric = name
		}
		if rule.MaxSeries == 0 {
			rule.MaxSeries = DefaultMaxSeries
		}
		rules = append(rules, rule)
	}
	return rules
}

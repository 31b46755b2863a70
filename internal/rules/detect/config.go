package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Config is the configuration section `alerting.detectors`.
type Config []Entry

// Entry is one detector as the strict decoder fills it.
type Entry struct {
	Common
	Spec Spec
	// Source is the entry as it was written, as JSON with sorted keys.
	Source json.RawMessage
}

// Common is what every detector says.
type Common struct {
	// Name is the rule's, by which alerts are routed and silenced.
	Name string `yaml:"name"`
	Type string `yaml:"type"`
	// KPI is the one that is looked at.
	KPI string `yaml:"kpi"`
	// Severity of the alerts: warning or critical.
	Severity alert.State `yaml:"severity"`
	// MaxSeries bounds the alerts that stand at a time; one more tells how many
	// there are beyond.
	MaxSeries int `yaml:"max_series"`
}

// Spec is what the type of a detector adds: a pointer to a struct with yaml tags,
// filled by a strict decoder over its defaults.
type Spec interface {
	// validate reports every fault; d is the KPI, nil where it is not known.
	validate(c *Common, d *kpi.Definition, env *kpi.Env) fault.List
	// holding is how conditions count over time, nil where that is not a matter of
	// the configuration.
	holding() *Holding
	detector(o options) detector
}

// Holding is how a condition counts over time.
type Holding struct {
	// Every is how often the condition is judged.
	Every units.Duration `yaml:"every"`
	// For is how long it must hold before it fires.
	For units.Duration `yaml:"for"`
	// KeepFiringFor is how long it goes on to fire once it no longer holds.
	KeepFiringFor units.Duration `yaml:"keep_firing_for"`
	// Hysteresis is the share of the limit by which the figure must fall back
	// before the alert ends: 0.1 keeps an alert at 14.4 until below 12.96.
	Hysteresis float64 `yaml:"hysteresis"`
}

const (
	// maxLooks bounds how many instants are judged to find out what stands.
	maxLooks = 1000
	// hysteresisLooks is for how many of them hysteresis alone keeps an alert.
	hysteresisLooks = 60
	defaultSeries   = 1000
	mostSeries      = 10_000
)

// Parts implements strict.Parted: the keys depend on the type.
func (e *Entry) Parts(text func(string) string) (parts []any, key, detail string) {
	name := text("type")
	kind, ok := types()[name]
	if !ok {
		known := slices.Sorted(maps.Keys(types()))
		if name == "" {
			return nil, "type", "is missing: it is one of " + strings.Join(known, ", ")
		}
		return nil, "type", fmt.Sprintf("%q is no type of detector%s", name, suggest.Near(name, known))
	}
	e.Common = Common{Severity: kind.severity, MaxSeries: defaultSeries}
	e.Spec = kind.spec()
	parts = []any{&e.Common, e.Spec}
	if h := e.Spec.holding(); h != nil {
		parts = append(parts, h)
	}
	return parts, "", ""
}

// Written implements strict.Parted.
func (e *Entry) Written(source json.RawMessage) { e.Source = source }

// hash tells versions of a rule apart.
func (e *Entry) hash() string {
	sum := sha256.Sum256(e.Source)
	return hex.EncodeToString(sum[:8])
}

// Validate lists the faults of the section. Env has the KPIs and calendars that
// detectors may refer to; where env.KPIs is nil, KPIs are not checked.
func (c Config) Validate(env *kpi.Env) (faults fault.List) {
	first := map[string]int{}
	for i := range c {
		e := &c[i]
		if e.Spec == nil {
			continue
		}
		if at, twice := first[e.Name]; twice && e.Name != "" {
			faults.Add(fmt.Sprintf("%q is the name of two detectors: entry %d has it already", e.Name, at), fmt.Sprint(i), "name")
		} else {
			first[e.Name] = i
		}
		faults = append(faults, e.validate(env).Under(fmt.Sprint(i))...)
	}
	return faults
}

func (e *Entry) validate(env *kpi.Env) (faults fault.List) {
	if e.Name == "" {
		faults.Add("is missing: alerts are routed and silenced by the name of their rule", "name")
	}
	if e.Severity != alert.Warning && e.Severity != alert.Critical {
		faults.Add(fmt.Sprintf("%q is no severity: write warning or critical", e.Severity), "severity")
	}
	if e.MaxSeries < 1 || e.MaxSeries > mostSeries {
		faults.Add(fmt.Sprintf("is %d: write a number of alerts from 1 to %d", e.MaxSeries, mostSeries), "max_series")
	}
	var d *kpi.Definition
	switch {
	case e.KPI == "":
		faults.Add("is missing: name the KPI to look at", "kpi")
	case env != nil && env.KPIs != nil:
		if d = env.KPIs[e.KPI]; d == nil {
			faults.Add(fmt.Sprintf("no KPI is called %q%s", e.KPI, suggest.Near(e.KPI, slices.Sorted(maps.Keys(env.KPIs)))), "kpi")
		}
	}
	return append(faults, e.Spec.validate(&e.Common, d, env)...)
}

// check lists the faults, where conditions are judged once in a period.
func (h *Holding) check(period units.Duration) (faults fault.List) {
	if time.Duration(h.Every) < time.Second {
		faults.Add(fmt.Sprintf("is %v: write a length of time from 1s on, as in 1m", h.Every), "every")
		return faults
	}
	if h.For < 0 {
		faults.Add("a duration cannot be negative", "for")
	}
	if h.KeepFiringFor < 0 {
		faults.Add("a duration cannot be negative", "keep_firing_for")
	}
	if n := (h.For + h.KeepFiringFor) / period; n > maxLooks {
		faults.Add(fmt.Sprintf("`for` and `keep_firing_for` span %d judgements, one each %v; at most %d are gone through again at a start", n, period, maxLooks), "for")
	}
	if !(h.Hysteresis >= 0 && h.Hysteresis < 1) {
		faults.Add(fmt.Sprintf("is %v: it is a share of the limit, from 0 to below 1, as in 0.1", h.Hysteresis), "hysteresis")
	}
	return faults
}

// memory is how far back an alert may be kept from, where conditions are judged
// once in a period of ms.
func (h *Holding) memory(period int64) int64 {
	keep := ms(h.KeepFiringFor)
	if h.Hysteresis > 0 {
		keep = max(keep, hysteresisLooks*period)
	}
	return keep
}

// checkBy reports tags that the KPI is not broken down by.
func checkBy(by []string, d *kpi.Definition, faults *fault.List) {
	for i, key := range by {
		switch {
		case slices.Contains(by[:i], key):
			faults.Add(fmt.Sprintf("tag %q is listed twice", key), "by", fmt.Sprint(i))
		case d != nil && !slices.Contains(d.By, key):
			faults.Add(fmt.Sprintf("%s is not broken down by %q%s", d.Name, key, suggest.Near(key, d.By)), "by", fmt.Sprint(i))
		}
	}
}

// checkLength reports a length of time that is out of bounds.
func checkLength(key string, is units.Duration, least, most time.Duration, faults *fault.List) {
	if time.Duration(is) < least || time.Duration(is) > most {
		faults.Add(fmt.Sprintf("is %v: write a length of time from %v to %v", is, units.Duration(least), units.Duration(most)), key)
	}
}

func ms(d units.Duration) int64 { return time.Duration(d).Milliseconds() }

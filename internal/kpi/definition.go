package kpi

import (
	"encoding/json"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Definition says what a KPI is: what all KPIs have, and what its type adds.
type Definition struct {
	Common
	Spec Spec
	// Source is the definition as it was written, as JSON with sorted keys, and
	// Basis what else its answers depend on: the business hours that it refers
	// to. Two definitions are the same if and only if both are.
	Source json.RawMessage
	Basis  string
}

// Common is what every definition may say.
type Common struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"`
	// Title is for people; the name where it is empty.
	Title string `yaml:"title"`
	// Window is how far back a value looks unless a query says otherwise.
	Window units.Duration `yaml:"window"`
	// By lists the tags by whose values the KPI can be broken down.
	By         []string    `yaml:"by"`
	Thresholds *Thresholds `yaml:"thresholds"`
}

// Thresholds judge the KPI's value whenever it changes.
type Thresholds struct {
	Warning    alert.Limit    `yaml:"warning"`
	Critical   alert.Limit    `yaml:"critical"`
	For        units.Duration `yaml:"for"`
	Hysteresis float64        `yaml:"hysteresis"`
	// KeepFiringFor is how long a better value must last before the state is left.
	KeepFiringFor units.Duration `yaml:"keep_firing_for"`
	// PerGroup judges each combination of the By tags and not the total alone.
	PerGroup bool `yaml:"per_group"`
	// MinN leaves values of fewer things unjudged.
	MinN int64 `yaml:"min_n"`
}

// Spec is what the type of a KPI adds to a definition. It is a pointer to a
// struct with yaml tags, filled by a strict decoder over its defaults.
type Spec interface {
	// Validate reports every fault; it may look at what all definitions share,
	// and settles defaults that depend on Common.
	Validate(c *Common, env *Env) fault.List
	// Reads says which events matter, and which of their tags.
	Reads(c *Common) Reads
	// Describe explains the KPI to people.
	Describe(c *Common) Description
	// New makes an evaluator; Validate found no fault before.
	New(c *Common, env *Env) Evaluator
}

// Timed is a Spec that refers to calendars.
type Timed interface {
	// CalendarNames lists them; "" stands for none.
	CalendarNames() []string
}

// Reads is what an evaluator reads; nothing else needs to be scanned.
type Reads struct {
	Metrics []string
	// Tags are all tag keys read, Common.By included.
	Tags []string
}

// Description is what is said of a KPI beside its value.
type Description struct {
	// Unit is ratio, 1/h, h, s, points, stars, cases and the like.
	Unit string
	// Formula is the definition in words, Excludes what it leaves out.
	Formula  string
	Excludes string
}

// Env is what definitions refer to.
type Env struct {
	// Calendars by name.
	Calendars map[string]*calendar.Calendar
	// KnownMetric tells whether events of a name are known, and Metrics lists
	// the names to suggest.
	KnownMetric func(name string) bool
	Metrics     []string
	// KPIs are the other definitions, for custom KPIs to refer to; nil leaves
	// references unchecked.
	KPIs map[string]*Definition
	// Value asks another KPI over [from, at), with a series for each combination
	// of values of the tags by; nil while definitions are only checked.
	Value func(name string, from, at int64, by []string) []Series
}

// CheckMetric is the fault of an event name that is not known, "" if it is.
func (e *Env) CheckMetric(name string) string {
	switch {
	case name == "":
		return "is empty: name an event"
	case e == nil || e.KnownMetric == nil || e.KnownMetric(name):
		return ""
	}
	return fmt.Sprintf("no event is called %q%s (a name of your own becomes known by `events:` in the configuration, or by its first event)", name, suggest.Near(name, e.Metrics))
}

// Label is what people see: the title, or the name where there is none.
func (d *Definition) Label() string {
	if d.Title != "" {
		return d.Title
	}
	return d.Name
}

// Package formula is the language of custom KPIs: it reads an expression such as
// count("call.answered", value <= 60) / count("call.answered") and makes of it
// what has to be counted (selections of events, each with a filter) and how to
// calculate with the counts.
//
// Expressions are read by the expr library. They are not run by it, for two
// reasons: no data must spread through comparisons and conditions too, which
// makes truth three-valued; and a filter looks at millions of events a second,
// for each of which the library's machine would put every number on the heap.
// What is allowed is listed, everything else is refused, so that a formula is
// bounded in time and memory: it has no loops, no functions of functions, no
// lists but constant ones.
//
// It knows blocks of events, and neither windows, groups nor definitions. The
// custom KPI calls it.
package formula

import "slices"

// The limits of a formula. A part is anything with a value: a name, a number, an
// operation.
const (
	MaxText       = 4096 // bytes
	MaxParts      = 500
	MaxAggregates = 20
	MaxKPIs       = 20
	MaxTags       = 64 // of one filter
	maxPattern    = 200
	maxMachine    = 2000 // instructions of a compiled pattern
	maxFaults     = 10
)

// Formula is an expression that has no fault.
type Formula struct {
	// Variables are what has to be known to calculate.
	Variables []Variable
	// Selections are the events that aggregates are over, each kind once.
	Selections []Selection
	// Share is set where the whole formula is a share of events.
	Share *Share

	text  string
	value func(*frame) float64
}

// Variable is an aggregate over the events of a selection, or another KPI.
type Variable struct {
	// Func is the name of the function: count, sum ... or kpi.
	Func string
	// Text is the call as people read it.
	Text string
	// Selection is a place in Selections.
	Selection int
	// Quantile is the share that quantile asks for, Tag what distinct counts.
	Quantile float64
	Tag      string
	// KPI is the name of another KPI.
	KPI string
	// Basis: its events are those that the value is said to be made of. They are
	// what the formula divides by, or all where it divides by nothing.
	Basis bool
	// At is where the name of the event or KPI stands in the text, for Fault.
	At int
}

// Selection is some events: those of a name that a filter lets through.
type Selection struct {
	// Event is a name, or the beginning of names where it ends in "*".
	Event string
	// Filter is nil where all events of the name count.
	Filter *Filter
}

// Share says that the value is the count of variable Of divided by that of
// Among, and that every event counted by the first is counted by the second:
// both are of one event, and Among asks for nothing that Of does not ask for.
type Share struct{ Of, Among int }

// Parse reads an expression. The faults are in order of their places.
func Parse(text string) (*Formula, []Fault) {
	node, fault := read(text)
	if fault != nil {
		return nil, []Fault{*fault}
	}
	c := compiler{formula: &Formula{text: text}, left: MaxParts}
	root := c.part(node)
	if root.kind != number && root.kind != faulty {
		why := "a KPI is a number, but this is " + root.kind.String()
		if root.kind == truth {
			why += ": say which numbers stand for them, as in ... ? 1 : 0"
		}
		c.fault(node, "%s", why)
	}
	if len(c.faults) > 0 {
		slices.SortStableFunc(c.faults, Fault.compare)
		return nil, c.faults[:min(len(c.faults), maxFaults)]
	}
	f := c.formula
	f.value, f.Share = root.number, root.share
	basis := root.below
	if basis == 0 {
		basis = root.variables
	}
	for i := range f.Variables {
		f.Variables[i].Basis = basis>>i&1 == 1
	}
	return f, nil
}

// Value calculates. Variables are in the order of Formula.Variables, NaN where
// there is no data; hours is the length of the window. It is NaN where there is
// no data, and never infinite.
func (f *Formula) Value(variables []float64, hours float64) float64 {
	return f.value(&frame{variables: variables, hours: hours}) + 0 // -0 is 0
}

// Tags lists the tag keys that events are asked for.
func (f *Formula) Tags() (keys []string) {
	for _, s := range f.Selections {
		if s.Filter != nil {
			keys = append(keys, s.Filter.tags...)
		}
	}
	for _, v := range f.Variables {
		if v.Tag != "" {
			keys = append(keys, v.Tag)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// KPIs lists the other KPIs it is made from.
func (f *Formula) KPIs() (names []string) {
	for _, v := range f.Variables {
		if v.KPI != "" {
			names = append(names, v.KPI)
		}
	}
	return names
}

// Fault is a fault at a place that a Variable gives.
func (f *Formula) Fault(at int, detail string) Fault { return faultAt(f.text, at, detail) }

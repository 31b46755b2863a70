// Package define reads definitions of KPIs: the section `kpis` of the
// configuration, the body of a PUT, a script. It knows every type of KPI by
// name, and nothing of how they are run.
package define

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Definitions is the configuration section `kpis`.
type Definitions []Entry

// Entry is one definition as the strict decoder fills it.
type Entry struct {
	*kpi.Definition
}

// Parts implements strict.Parted: the keys of a definition depend on its type.
func (e *Entry) Parts(text func(string) string) (parts []any, key, detail string) {
	name := text("type")
	kind, ok := types()[name]
	if !ok {
		known := slices.Sorted(maps.Keys(types()))
		if name == "" {
			return nil, "type", "is missing: it is one of " + strings.Join(known, ", ")
		}
		return nil, "type", fmt.Sprintf("%q is no type of KPI%s", name, suggest.Near(name, known))
	}
	e.Definition = &kpi.Definition{Spec: kind.spec()}
	return []any{&e.Common, e.Spec}, "", ""
}

// Written implements strict.Parted.
func (e *Entry) Written(source json.RawMessage) { e.Source = source }

// Parse reads one definition from YAML or JSON; file stands in the faults.
func Parse(file string, text []byte, env *kpi.Env) (*kpi.Definition, *strict.Document) {
	var e Entry
	d := strict.Decode(file, text, &e)
	if len(d.Faults()) > 0 {
		return nil, d
	}
	if e.Definition == nil {
		d.Place(fault.List{{Detail: "is empty: a definition has a name, a type and what the type asks for"}})
		return nil, d
	}
	d.Place(Validate(e.Definition, env))
	return e.Definition, d
}

// Validate lists the faults of every definition, each against the others.
func (l Definitions) Validate(env *kpi.Env) (faults fault.List) {
	all := *env
	all.KPIs = maps.Clone(env.KPIs)
	if all.KPIs == nil {
		all.KPIs = map[string]*kpi.Definition{}
	}
	first := map[string]int{}
	for i, e := range l {
		if e.Definition == nil {
			continue
		}
		if at, twice := first[e.Name]; twice {
			faults.Add(fmt.Sprintf("%q is defined twice: entry %d has the name already", e.Name, at), fmt.Sprint(i), "name")
		} else {
			first[e.Name] = i
		}
		all.KPIs[e.Name] = e.Definition
	}
	for i, e := range l {
		if e.Definition != nil {
			faults = append(faults, Validate(e.Definition, &all).Under(fmt.Sprint(i))...)
		}
	}
	return faults
}

var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// Validate lists the faults of one definition and settles its defaults.
func Validate(d *kpi.Definition, env *kpi.Env) (faults fault.List) {
	switch {
	case d.Name == "":
		faults.Add("is missing: a KPI needs a name, as in case.sla", "name")
	case !names.MatchString(d.Name):
		faults.Add(fmt.Sprintf("%q is no name: use letters, digits and . _ : -, up to 128 of them", d.Name), "name")
	}
	switch w := time.Duration(d.Window); {
	case w < 0:
		faults.Add(fmt.Sprintf("is %v: a window is a length of time, as in 7d", d.Window), "window")
	case w > 0 && w < time.Second:
		faults.Add(fmt.Sprintf("is %v: a window is a second at least", d.Window), "window")
	case w == 0:
		d.Window = defaultWindow(d.Type)
	}
	for i, key := range d.By {
		switch {
		case key == "":
			faults.Add("a tag key cannot be empty", "by", fmt.Sprint(i))
		case slices.Contains(d.By[:i], key):
			faults.Add(fmt.Sprintf("tag %q is listed twice", key), "by", fmt.Sprint(i))
		}
	}
	if len(d.By) > maxBy {
		faults.Add(fmt.Sprintf("lists %d tags, at most %d fit: each combination of values is a series", len(d.By), maxBy), "by")
	}
	if d.Thresholds != nil {
		const name = "kpi" // the rule's own name is no key of the definition
		for _, f := range (alert.Thresholds{name: d.Thresholds.Rule(d)}).Validate() {
			faults.Add(f.Detail, append([]string{"thresholds"}, f.Path[1:]...)...)
		}
		if n := d.Thresholds.MinN; n < 0 {
			faults.Add(fmt.Sprintf("is %d: write 0 to judge every value, or how many things it must be made of", n), "thresholds", "min_n")
		}
	}
	faults = append(faults, d.Spec.Validate(&d.Common, env)...)
	if timed, ok := d.Spec.(kpi.Timed); ok {
		d.Basis = ""
		for _, name := range timed.CalendarNames() {
			if c := env.Calendars[name]; c != nil {
				d.Basis += fmt.Sprintf("%s %x;", name, c.Digest())
			}
		}
	}
	return faults
}

const maxBy = 6

func defaultWindow(kind string) units.Duration {
	hours := map[string]int{"throughput": 1, "conflict": 24, "call_service_level": 24, "backlog": 24, "reopen_rate": 28 * 24}
	if h, ok := hours[kind]; ok {
		return units.Duration(time.Duration(h) * time.Hour)
	}
	return units.Duration(7 * 24 * time.Hour)
}

package custom

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/custom/formula"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

const maxUnit = 32

// Validate implements kpi.Spec.
func (s *Spec) Validate(c *kpi.Common, env *kpi.Env) (faults fault.List) {
	if len(s.Unit) > maxUnit {
		faults.Add(fmt.Sprintf("is %d bytes long, at most %d fit: a unit is shown beside every value", len(s.Unit), maxUnit), "unit")
	}
	f, wrong := formula.Parse(s.Expr)
	if f == nil {
		for _, w := range wrong {
			faults.Add(w.Error(), "expr")
		}
		return faults
	}
	if s.formula == nil {
		s.formula = f
	}
	if s.Unit == "" {
		s.Unit = "1"
		if f.Share != nil {
			s.Unit = "ratio"
		}
	}
	for _, v := range f.Variables {
		if why := check(c, env, f, v); why != "" {
			faults.Add(f.Fault(v.At, why).Error(), "expr")
		}
	}
	if ring := cycle(c.Name, f.KPIs(), env); ring != nil {
		faults.Add("KPIs refer to each other in a circle: "+strings.Join(ring, " -> "), "expr")
	}
	return faults
}

// check is the fault of what a variable names, "" for none.
func check(c *kpi.Common, env *kpi.Env, f *formula.Formula, v formula.Variable) string {
	if v.KPI != "" {
		return checkKPI(c, env, v.KPI)
	}
	return checkEvent(env, f.Selections[v.Selection].Event)
}

// checkEvent is the fault of an event's name, "" for none.
func checkEvent(env *kpi.Env, name string) string {
	begin, many := strings.CutSuffix(name, "*")
	if !many || env == nil || env.KnownMetric == nil {
		return env.CheckMetric(name)
	}
	known := func(m string) bool { return strings.HasPrefix(m, begin) }
	if begin == "" || slices.ContainsFunc(env.Metrics, known) {
		return ""
	}
	return fmt.Sprintf("no event is called %q or longer%s", begin, suggest.Near(begin, env.Metrics))
}

// checkKPI is the fault of the name of another KPI, "" for none.
func checkKPI(c *kpi.Common, env *kpi.Env, name string) string {
	if env == nil || env.KPIs == nil || name == c.Name { // a circle is told on its own
		return ""
	}
	other := env.KPIs[name]
	if other == nil {
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(env.KPIs)), func(n string) bool { return n == c.Name })
		return fmt.Sprintf("no KPI is called %q%s", name, suggest.Near(name, names))
	}
	for _, key := range c.By {
		if !slices.Contains(other.By, key) {
			return fmt.Sprintf("%s is not broken down by %s, as this KPI is: add %s to its `by`, or leave it out here", name, key, key)
		}
	}
	return ""
}

// cycle is the shortest way by references from a KPI back to itself, its name
// first and last; nil where there is none.
func cycle(name string, refers []string, env *kpi.Env) []string {
	if env == nil {
		return nil
	}
	type step struct {
		name string
		from *step
	}
	first := &step{name: name}
	seen := map[string]bool{}
	for queue := []*step{first}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != first {
			refers = nil
			if d := env.KPIs[at.name]; d != nil {
				if s, ok := d.Spec.(interface{ Refers() []string }); ok {
					refers = s.Refers()
				}
			}
		}
		for _, next := range refers {
			if next == name {
				ring := []string{name}
				for ; at != nil; at = at.from {
					ring = append(ring, at.name)
				}
				slices.Reverse(ring)
				return ring
			}
			if !seen[next] {
				seen[next] = true
				queue = append(queue, &step{next, at})
			}
		}
	}
	return nil
}

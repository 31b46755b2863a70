package custom

import (
	"cmp"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// Figures are what stands beside the value: what it was calculated from.
type Figures struct {
	Parts []Part `json:"parts"`
	// Partial: the window is not over.
	Partial bool `json:"partial"`
}

// Part is one aggregate or KPI of the expression.
type Part struct {
	Text string `json:"text"`
	// Value is nil where there is no data.
	Value *float64 `json:"value"`
	N     int64    `json:"n"`
}

// part is the value of a variable and the number of events it is made of.
type part struct {
	value float64
	n     int64
}

// Value implements kpi.Evaluator.
func (e *Evaluator) Value(q kpi.Query) []kpi.Series {
	cuts := kpi.Cuts(e.index, e.labels, q.By)
	others := e.others(q)
	cuts = withGroups(cuts, others)
	all := make([]kpi.Series, len(cuts))
	parts := make([]part, len(e.formula.Variables))
	for i, c := range cuts {
		for v := range parts {
			if others[v] != nil {
				parts[v] = others[v].of(i, c.Tags)
			} else {
				parts[v] = e.aggregate(v, c.Cut, q.From, q.At)
			}
		}
		all[i] = e.series(q, parts)
		all[i].Tags = c.Tags
	}
	return all
}

// series is the answer where these are the parts.
func (e *Evaluator) series(q kpi.Query, parts []part) kpi.Series {
	values := make([]float64, len(parts))
	for i, p := range parts {
		values[i] = p.value
	}
	s := kpi.Series{Value: e.formula.Value(values, float64(q.At-q.From)/3_600_000), N: e.basis(parts)}
	if q.Brief {
		return s
	}
	if share := e.formula.Share; share != nil && parts[share.Among].n > 0 {
		lo, hi := stats.Wilson(parts[share.Of].n, parts[share.Among].n)
		s.Interval = &[2]float64{lo, hi}
	}
	figures := Figures{Parts: make([]Part, len(parts)), Partial: q.At > q.Now}
	for i, p := range parts {
		figures.Parts[i] = Part{Text: e.formula.Variables[i].Text, N: p.n}
		if !math.IsNaN(p.value) {
			figures.Parts[i].Value = &p.value
		}
	}
	s.Figures = figures
	return s
}

// basis is how many events the value is made of: those of the variables that
// are its basis, each kind of facts once.
func (e *Evaluator) basis(parts []part) (n int64) {
	var counted uint64
	for i, v := range e.formula.Variables {
		if !v.Basis {
			continue
		}
		if v.KPI == "" {
			if counted>>e.kinds[i]&1 == 1 {
				continue
			}
			counted |= 1 << e.kinds[i]
		}
		n += parts[i].n
	}
	return n
}

// answers are those of another KPI: the total and the groups by their key.
type answers struct {
	total  part
	groups map[string]kpi.Series
}

// of is the answer for the cut at place i.
func (a *answers) of(i int, tags []event.Tag) part {
	if i == 0 {
		return a.total
	}
	if s, ok := a.groups[groupKey(tags)]; ok {
		return part{s.Value, s.N}
	}
	return part{value: math.NaN()}
}

// groupKey is the values of tags, each ended by a zero.
func groupKey(tags []event.Tag) string {
	var key []byte
	for _, t := range tags {
		key = append(append(key, t.Value...), 0)
	}
	return string(key)
}

// others asks the other KPIs, each once, by the variable's place.
func (e *Evaluator) others(q kpi.Query) []*answers {
	all := make([]*answers, len(e.formula.Variables))
	var by []string
	for _, i := range q.By {
		by = append(by, e.by[i])
	}
	for i, v := range e.formula.Variables {
		if v.KPI == "" {
			continue
		}
		a := &answers{total: part{value: math.NaN()}, groups: map[string]kpi.Series{}}
		all[i] = a
		if e.env == nil || e.env.Value == nil {
			continue
		}
		for at, s := range e.env.Value(v.KPI, q.From, q.At, by) {
			if at == 0 {
				a.total = part{s.Value, s.N}
				continue
			}
			s.Tags = inOrder(s.Tags, by)
			a.groups[groupKey(s.Tags)] = s
		}
	}
	return all
}

// inOrder gives the tags of these keys; one that is absent reads "".
func inOrder(tags []event.Tag, keys []string) []event.Tag {
	e := event.Event{Tags: tags}
	ordered := make([]event.Tag, len(keys))
	for i, key := range keys {
		text, _ := e.Tag(key)
		ordered[i] = event.Tag{Key: key, Value: text}
	}
	return ordered
}

// withGroups adds the groups that other KPIs have and this one has no events of.
func withGroups(cuts []kpi.Cut, others []*answers) []kpi.Cut {
	own := map[string]bool{}
	for _, c := range cuts[1:] {
		own[groupKey(c.Tags)] = true
	}
	added := false
	for _, a := range others {
		if a == nil {
			continue
		}
		for key, s := range a.groups {
			if !own[key] {
				own[key], added = true, true
				cuts = append(cuts, kpi.Cut{Tags: s.Tags})
			}
		}
	}
	if added {
		slices.SortFunc(cuts[1:], func(a, b kpi.Cut) int {
			return slices.CompareFunc(a.Tags, b.Tags, func(x, y event.Tag) int { return cmp.Compare(x.Value, y.Value) })
		})
	}
	return cuts
}

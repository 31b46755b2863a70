package explain

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// unsettled: whether the whole follows from the parts shows in the figures alone.
const unsettled Method = ""

// methodOf is how changes of a KPI are taken apart, as far as its type tells.
func methodOf(d *kpi.Definition) Method {
	switch d.Type {
	case "throughput", "backlog":
		return Difference
	case "sla", "call_service_level", "satisfaction", "reopen_rate":
		return MixAndRate
	case "first_response":
		return None
	}
	return unsettled
}

// change is one value of a tag in both spans.
type change struct {
	value     string
	now, base measured
}

func pair(now, base map[string]measured) (all []change) {
	for value, m := range now {
		c := change{value: value, now: m, base: measured{value: math.NaN()}}
		if was, ok := base[value]; ok {
			c.base = was
		}
		all = append(all, c)
	}
	for value, m := range base {
		if _, ok := now[value]; !ok {
			all = append(all, change{value: value, now: measured{value: math.NaN()}, base: m})
		}
	}
	slices.SortFunc(all, func(a, b change) int { return strings.Compare(a.value, b.value) })
	return all
}

// settle tells from both spans whether the parts add up, or are averaged.
func settle(now, base measured, parts []change) Method {
	sums, means := true, true
	for _, side := range []struct {
		total measured
		of    func(change) measured
	}{{now, func(c change) measured { return c.now }}, {base, func(c change) measured { return c.base }}} {
		var sum, weighted float64
		var n int64
		for _, p := range parts {
			m := side.of(p)
			sum += zero(m.value)
			weighted += zero(m.value) * float64(m.n)
			n += m.n
		}
		whole := zero(side.total.value)
		sums = sums && same(sum, whole)
		means = means && n == side.total.n && same(weighted, whole*float64(n))
	}
	switch {
	case sums:
		return Difference
	case means:
		return MixAndRate
	}
	return None
}

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// breakdown is the change by the values of a tag.
func (x *explainer) breakdown(tag string, method Method, changes []change, whole *float64) Tag {
	out := Tag{Tag: tag, Method: method, Parts: []Part{}}
	parts := make([]Part, len(changes))
	weights := make([]float64, len(changes)) // the rank where there is no contribution
	var nowN, baseN float64
	for _, c := range changes {
		nowN, baseN = nowN+float64(c.now.n), baseN+float64(c.base.n)
	}
	var known, off float64
	for i, c := range changes {
		p := &parts[i]
		*p = Part{Value: c.value, Now: Measured{finite(c.now.value), c.now.n}, Base: Measured{finite(c.base.value), c.base.n}}
		q, was := share(c.now.n, nowN), share(c.base.n, baseN)
		p.Surprise = surprise(was, q)
		out.Surprise += p.Surprise
		switch method {
		case Difference:
			p.Contribution = new(zero(c.now.value) - zero(c.base.value))
		case MixAndRate:
			x.kitagawa(p, c)
		default:
			weights[i] = math.Abs(zero(c.now.value-c.base.value)) * (q + was) / 2
		}
		if p.Contribution == nil {
			continue
		}
		known += *p.Contribution
		weights[i] = math.Abs(*p.Contribution)
		if whole != nil && *whole != 0 {
			p.Share = new(*p.Contribution / *whole)
			off += math.Abs(*p.Share - was)
		}
	}
	if method != None && whole != nil && *whole != 0 {
		out.Concentration = new((off + math.Abs(1 - known / *whole)) / 2)
	}
	x.cut(&out, parts, weights, method, known, whole)
	return out
}

// kitagawa takes apart what a value of a tag contributes to the change of a mean.
// The mix is taken against the mean of both totals, so that a value which gains
// weight helps if and only if it is better than they are. A value without data on
// one side has no rate of its own to change.
func (x *explainer) kitagawa(p *Part, c change) {
	then, now := c.base.value, c.now.value
	switch {
	case c.base.n == 0:
		then = now
	case c.now.n == 0:
		now = then
	}
	if math.IsNaN(then) || math.IsNaN(now) {
		return // suppressed, or without any: part of the rest
	}
	wThen, wNow := share(c.base.n, float64(x.base.n)), share(c.now.n, float64(x.now.n))
	usual := (x.base.value + x.now.value) / 2
	p.Mix = new((wNow - wThen) * ((then+now)/2 - usual))
	p.Rate = new((now - then) * (wThen + wNow) / 2)
	p.Contribution = new(*p.Mix + *p.Rate)
}

// cut keeps the parts that weigh most, and puts the others together. What no part
// accounts for, because it is suppressed, is in the rest.
func (x *explainer) cut(out *Tag, parts []Part, weights []float64, method Method, known float64, whole *float64) {
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	var told float64
	for i, at := range order {
		p := parts[at]
		if i >= x.Limit || method == MixAndRate && p.Contribution == nil && p.Now.N+p.Base.N > 0 {
			if out.Rest == nil {
				out.Rest = &Rest{}
			}
			out.Rest.Values++
			continue
		}
		told += value(p.Contribution)
		out.Parts = append(out.Parts, p)
	}
	if out.Rest == nil && method == MixAndRate && whole != nil && !same(told, *whole) {
		out.Rest = &Rest{} // cases that count in two groups, or in none
	}
	if out.Rest == nil || method == None || whole == nil {
		return
	}
	rest := known - told
	if method == MixAndRate {
		rest = *whole - told
	}
	out.Rest.Contribution = &rest
	if *whole != 0 {
		out.Rest.Share = new(rest / *whole)
	}
}

func value(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

func share(n int64, of float64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / of
}

// surprise is the term of a value in the Jensen-Shannon divergence of its shares.
func surprise(p, q float64) float64 {
	m, s := (p+q)/2, 0.0
	if p > 0 {
		s += p * math.Log(p/m) / 2
	}
	if q > 0 {
		s += q * math.Log(q/m) / 2
	}
	return s
}

func byConcentration(a, b Tag) int {
	return cmp.Or(cmp.Compare(value(b.Concentration), value(a.Concentration)), cmp.Compare(b.Surprise, a.Surprise), strings.Compare(a.Tag, b.Tag))
}

package prom

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"

	"github.com/hms-ops/hms-monitor/internal/alert"
	hmsrules "github.com/hms-ops/hms-monitor/internal/rules"
)

var _ hmsrules.Foreseeing = (*Group)(nil)

const (
	// fewestSteps and mostSteps bound how many instants are asked about at once;
	// in between they are as many as fill the widest range of the expression, so
	// that no event is looked at much more than twice.
	fewestSteps, mostSteps = 512, 8192
	// kpiSteps bounds them where a KPI is asked: it takes no events in meanwhile.
	kpiSteps = 64
)

// foreseen are the instants that a group will be asked about, and the values of
// its expressions at those that come next, by expression.
type foreseen struct {
	step, end int64
	ahead     map[string]*ahead
}

// Foresee implements rules.Foreseeing.
func (g *Group) Foresee(step, end int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.foreseen = &foreseen{step: step, end: end, ahead: map[string]*ahead{}}
	for _, r := range g.rules {
		if most := g.stepsAtOnce(r.expr, step); most > 1 {
			g.foreseen.ahead[r.query] = &ahead{expr: cmp.Or(g.merged[r.query], r.query), most: most, next: min(most, fewestSteps), from: 1}
		}
	}
}

// stepsAtOnce is at how many steps an expression can be evaluated together, each
// as if alone; 1 where it cannot: rules record what it reads on the way, or it
// depends on the begin and the end of what is asked.
func (g *Group) stepsAtOnce(expr parser.Expr, step int64) int64 {
	widest, kpis, alone := int64(0), false, step < time.Second.Milliseconds()
	parser.Inspect(expr, func(n parser.Node, path []parser.Node) error {
		switch n := n.(type) {
		case *parser.SubqueryExpr:
			alone = true
		case *parser.MatrixSelector:
			widest = max(widest, n.Range.Milliseconds())
		case *parser.VectorSelector:
			name, exact := nameOf(n)
			isKPI := exact && g.o.KPI != nil && g.o.KPI(name)
			_, ranged := path[max(0, len(path)-1)].(*parser.MatrixSelector)
			kpis = kpis || isKPI
			// A range of a KPI has a sample at the instant, and others at full minutes.
			alone = alone || isKPI && ranged || !isKPI && !(exact && g.events(name)) || n.Timestamp != nil || n.StartOrEnd != 0
		}
		return nil
	})
	switch {
	case alone:
		return 1
	case kpis:
		return kpiSteps
	}
	return min(max(widest/step, fewestSteps), mostSteps)
}

// steady reports whether an evaluation at an instant would find what the last one
// found: no alert is active and none becomes so, or all that are fire already, at
// the same values.
func (g *Group) steady(ctx context.Context, at time.Time) bool {
	if g.foreseen == nil || !g.restored {
		return false
	}
	for _, r := range g.rules {
		if r.alert == nil || !r.succeeded || r.inner.LastError() != nil {
			return false
		}
		v, known := g.foresaw(ctx, r.query, at.Add(-g.inner.QueryOffset()))
		active := r.alert.ActiveAlerts()
		if !known || len(v) != len(active) || len(v) > 0 && !(g.gate.unread && slices.EqualFunc(v, r.was, sameSample)) {
			return false
		}
		for _, a := range active {
			if a.State != rules.StateFiring || !a.KeepFiringSince.IsZero() {
				return false
			}
		}
	}
	return true
}

func sameSample(a, b promql.Sample) bool {
	return math.Float64bits(a.F) == math.Float64bits(b.F) && labels.Equal(a.Metric, b.Metric)
}

// remember keeps what an evaluation went by.
func (g *Group) remember(ctx context.Context, at time.Time, found []alert.Transition) {
	if g.foreseen == nil {
		return
	}
	g.last = found
	for _, r := range g.rules {
		r.was, _ = g.foresaw(ctx, r.query, at.Add(-g.inner.QueryOffset()))
	}
}

// foresaw is the value of an expression at an instant, where it can be told
// before.
func (g *Group) foresaw(ctx context.Context, expr string, ts time.Time) (promql.Vector, bool) {
	f, at := g.foreseen, ts.UnixMilli()
	if f == nil || f.ahead[expr] == nil {
		return nil, false
	}
	a := f.ahead[expr]
	if !a.has(at, f.step) {
		onGrid := (at+g.inner.QueryOffset().Milliseconds())%f.step == 0
		if at <= a.to || !onGrid || !a.read(ctx, g.o, at, f.step, f.end) {
			return nil, false
		}
	}
	return a.value(at), true
}

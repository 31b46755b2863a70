package prom

import (
	"github.com/prometheus/prometheus/promql/parser"
)

// shape is what further events can do to an expression.
type shape struct {
	// grows: no value falls and no series goes when events are added.
	grows bool
	// positive: no value is negative.
	positive bool
}

// stands reports whether a series that the expression finds is still found when
// late events come: a count above a limit, and the like. events tells whether a
// name is one of events, and not of a KPI or a recorded series.
func stands(expr parser.Expr, events func(name string) bool) bool {
	return shapeOf(expr, events).grows
}

func shapeOf(expr parser.Expr, events func(string) bool) shape {
	switch e := expr.(type) {
	case *parser.ParenExpr:
		return shapeOf(e.Expr, events)
	case *parser.StepInvariantExpr:
		return shapeOf(e.Expr, events)
	case *parser.NumberLiteral:
		return shape{grows: true, positive: e.Val >= 0}
	case *parser.Call:
		return ofCall(e, events)
	case *parser.AggregateExpr:
		inner := shapeOf(e.Expr, events)
		switch {
		case !inner.grows:
		case e.Op == parser.COUNT || e.Op == parser.GROUP:
			return shape{true, true}
		case e.Op == parser.MAX:
			return inner
		case e.Op == parser.SUM && inner.positive:
			return inner
		}
	case *parser.BinaryExpr:
		return ofBinary(e, events)
	}
	return shape{}
}

// ofCall knows the functions of a range of events that more events let grow.
func ofCall(e *parser.Call, events func(string) bool) shape {
	if len(e.Args) != 1 {
		return shape{}
	}
	m, ok := e.Args[0].(*parser.MatrixSelector)
	if !ok {
		return shape{}
	}
	s, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok || s.Anchored || s.Smoothed {
		return shape{}
	}
	name, exact := nameOf(s)
	if !exact || !events(name) {
		return shape{}
	}
	switch e.Func.Name {
	case "count_over_time", "present_over_time":
		return shape{true, true}
	case "max_over_time":
		return shape{grows: true}
	}
	return shape{}
}

func ofBinary(e *parser.BinaryExpr, events func(string) bool) shape {
	left, right := shapeOf(e.LHS, events), shapeOf(e.RHS, events)
	number, limited := constant(e.RHS)
	switch e.Op {
	case parser.GTR, parser.GTE:
		if limited && !e.ReturnBool {
			return left
		}
	case parser.ADD:
		if left.grows && limited {
			return shape{true, left.positive && number >= 0}
		}
	case parser.MUL, parser.DIV:
		if limited && number > 0 {
			return left
		}
	case parser.LAND:
		if left.grows && right.grows {
			return left
		}
	}
	return shape{}
}

// constant is an expression that is a number.
func constant(expr parser.Expr) (float64, bool) {
	switch e := expr.(type) {
	case *parser.NumberLiteral:
		return e.Val, true
	case *parser.ParenExpr:
		return constant(e.Expr)
	case *parser.StepInvariantExpr:
		return constant(e.Expr)
	}
	return 0, false
}

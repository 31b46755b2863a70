package formula

import (
	"math"

	"github.com/expr-lang/expr/ast"
)

func noData(*frame) float64 { return math.NaN() }

// finite makes no data of what is no number: x / 0, and what overflows.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

func (c *compiler) unary(n *ast.UnaryNode) operand {
	o := c.part(n.Node)
	if o.kind == faulty {
		return o
	}
	switch n.Operator {
	case "-", "+":
		if o.kind != number {
			return c.faultAt(n.Location().From, "%s stands before a number, but what follows is %v", n.Operator, o.kind)
		}
		if n.Operator == "+" {
			return o
		}
		x := o.number
		return operand{kind: number, literal: o.literal, key: "-" + o.key, reads: o.reads, number: func(f *frame) float64 { return -x(f) }}
	case "not", "!":
		if o.kind != truth {
			return c.faultAt(n.Location().From, "%s stands before true or false, but what follows is %v", n.Operator, o.kind)
		}
		t := o.truth
		return operand{kind: truth, key: "not " + o.key, reads: o.reads, truth: func(f *frame) Truth { return No + Yes - t(f) }}
	}
	return c.faultAt(n.Location().From, "%s cannot be used in a KPI", n.Operator)
}

func (c *compiler) binary(n *ast.BinaryNode) operand {
	switch n.Operator {
	case "+", "-", "*", "/", "%", "**", "^":
		return c.arithmetic(n)
	case "==", "!=", "<", "<=", ">", ">=":
		return c.comparison(n)
	case "and", "&&", "or", "||":
		return c.logic(n)
	case "in":
		return c.in(n)
	case "matches", "contains", "startsWith", "endsWith":
		return c.search(n)
	case "??":
		return c.faultAt(n.Location().From, "?? cannot be used in a KPI: default(x, 0) gives a number where x has no data")
	case "..":
		return c.span(n)
	}
	return c.faultAt(n.Location().From, "%s cannot be used in a KPI", n.Operator)
}

func (c *compiler) arithmetic(n *ast.BinaryNode) operand {
	a, b := c.part(n.Left), c.part(n.Right)
	switch {
	case a.kind == faulty || b.kind == faulty:
		return operand{}
	case a.kind != number || b.kind != number:
		return c.faultAt(n.Location().From, "%s calculates with two numbers, but here with %v and %v%s", n.Operator, a.kind, b.kind, textHint(a, b))
	}
	op := n.Operator
	if op == "^" {
		op = "**"
	}
	o := operand{kind: number, key: "(" + a.key + " " + op + " " + b.key + ")", reads: a.with(b.reads), number: calculate(op, a.number, b.number)}
	if op == "/" {
		o.below |= b.variables
		o.share = c.share(a.count, b.count)
	}
	return o
}

// textHint is the remedy where a number was wanted and a tag was given.
func textHint(all ...operand) string {
	for _, o := range all {
		switch {
		case o.kind == text && o.literal:
			return ": a number is written without quotes"
		case o.kind == text:
			return ": tags are text, float(" + o.key + ") reads a number"
		}
	}
	return ""
}

func calculate(op string, a, b func(*frame) float64) func(*frame) float64 {
	switch op {
	case "+":
		return func(f *frame) float64 { return finite(a(f) + b(f)) }
	case "-":
		return func(f *frame) float64 { return finite(a(f) - b(f)) }
	case "*":
		return func(f *frame) float64 { return finite(a(f) * b(f)) }
	case "/":
		return func(f *frame) float64 { return finite(a(f) / b(f)) }
	case "%":
		return func(f *frame) float64 { return math.Mod(a(f), b(f)) }
	}
	return func(f *frame) float64 {
		x, y := a(f), b(f)
		if math.IsNaN(x) || math.IsNaN(y) { // 1 ** NaN would be 1
			return math.NaN()
		}
		return finite(math.Pow(x, y))
	}
}

func (c *compiler) comparison(n *ast.BinaryNode) operand {
	a, b := c.part(n.Left), c.part(n.Right)
	equality := n.Operator == "==" || n.Operator == "!="
	switch {
	case a.kind == faulty || b.kind == faulty:
		return operand{}
	case a.kind != b.kind:
		return c.faultAt(n.Location().From, "%s compares %v with %v%s", n.Operator, a.kind, b.kind, textHint(a, b))
	case a.kind == truth:
		return c.faultAt(n.Location().From, "%s compares numbers or texts, not true and false: use and, or, not", n.Operator)
	case a.kind == text && !equality:
		return c.faultAt(n.Location().From, "%s compares numbers, but texts stand here%s", n.Operator, textHint(a, b))
	}
	o := operand{kind: truth, key: "(" + a.key + " " + n.Operator + " " + b.key + ")", reads: a.with(b.reads)}
	if a.kind == text {
		x, y, want := a.text, b.text, n.Operator == "=="
		o.truth = func(f *frame) Truth { return truthOf((x(f) == y(f)) == want) }
		return o
	}
	x, y, says := a.number, b.number, order(n.Operator)
	o.truth = func(f *frame) Truth {
		p, q := x(f), y(f)
		switch {
		case p < q:
			return says.below
		case p > q:
			return says.above
		case p == q:
			return says.equal
		}
		return Unknown // one has no data
	}
	return o
}

// outcomes are what a comparison says of a number below, at and above another.
type outcomes struct{ below, equal, above Truth }

func order(op string) outcomes {
	switch op {
	case "==":
		return outcomes{No, Yes, No}
	case "!=":
		return outcomes{Yes, No, Yes}
	case "<":
		return outcomes{Yes, No, No}
	case "<=":
		return outcomes{Yes, Yes, No}
	case ">":
		return outcomes{No, No, Yes}
	}
	return outcomes{No, Yes, Yes}
}

func (c *compiler) logic(n *ast.BinaryNode) operand {
	a, b := c.part(n.Left), c.part(n.Right)
	switch {
	case a.kind == faulty || b.kind == faulty:
		return operand{}
	case a.kind != truth || b.kind != truth:
		return c.faultAt(n.Location().From, "%s joins what is true or false, but here %v and %v", n.Operator, a.kind, b.kind)
	}
	o := operand{kind: truth, reads: a.with(b.reads)}
	if !o.oneTag() {
		a, b = c.remember(a), c.remember(b)
	}
	x, y := a.truth, b.truth
	if n.Operator == "and" || n.Operator == "&&" {
		o.key = "(" + a.key + " and " + b.key + ")"
		o.conjuncts = append(a.joined(), b.joined()...)
		o.truth = func(f *frame) Truth {
			if t := x(f); t != No {
				return min(t, y(f))
			}
			return No
		}
		return o
	}
	o.key = "(" + a.key + " or " + b.key + ")"
	o.truth = func(f *frame) Truth {
		if t := x(f); t != Yes {
			return max(t, y(f))
		}
		return Yes
	}
	return o
}

// joined are the conditions that must all hold for the operand to hold.
func (o *operand) joined() []string {
	if o.conjuncts != nil {
		return o.conjuncts
	}
	return []string{o.key}
}

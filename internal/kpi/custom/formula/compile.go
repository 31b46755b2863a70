package formula

import (
	"fmt"

	"github.com/expr-lang/expr/ast"
)

// compiler makes operands of a tree. It goes on after a fault, to find others.
type compiler struct {
	formula *Formula
	// filter is the one that is being compiled, nil outside of filters.
	filter *Filter
	// left is how many parts may follow. It counts visits: the tree has parts
	// that are reached on two ways, as x in 1 < x < 5.
	left   int
	faults []Fault
	known  map[string]int // variables and selections by key
	kpis   int
}

// fault notes what is wrong with a part; the operand takes its place.
func (c *compiler) fault(at ast.Node, format string, args ...any) operand {
	return c.faultAt(start(at), format, args...)
}

func (c *compiler) faultAt(at int, format string, args ...any) operand {
	c.faults = append(c.faults, faultAt(c.formula.text, at, fmt.Sprintf(format, args...)))
	return operand{}
}

// start is where a part begins; the library places operations at their operator.
func start(node ast.Node) int {
	for {
		switch n := node.(type) {
		case *ast.BinaryNode:
			node = n.Left
		case *ast.ConditionalNode:
			node = n.Cond
		case *ast.MemberNode:
			node = n.Node
		case *ast.SliceNode:
			node = n.Node
		case *ast.ChainNode:
			node = n.Node
		case *ast.CallNode:
			if _, method := n.Callee.(*ast.MemberNode); !method {
				return n.Location().From
			}
			node = n.Callee
		default:
			return node.Location().From
		}
	}
}

func (c *compiler) part(node ast.Node) operand {
	if c.left--; c.left < 0 {
		if c.left == -1 {
			c.fault(node, "is too long: at most %d names, numbers and operations fit", MaxParts)
		}
		return operand{}
	}
	switch n := node.(type) {
	case *ast.IntegerNode:
		return constant(float64(n.Value))
	case *ast.FloatNode:
		return constant(n.Value)
	case *ast.StringNode:
		return quoted(n.Value)
	case *ast.BoolNode:
		return flag(n.Value)
	case *ast.IdentifierNode:
		return c.name(n)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.CallNode:
		return c.call(n)
	case *ast.NilNode:
		return c.fault(n, "nil is not used here: default(x, 0) gives a number where x has no data, and an absent tag is \"\"")
	case *ast.ArrayNode:
		return c.fault(n, `a list stands on the right of "in" only, as in queue in ["permits", "licenses"]`)
	}
	return c.fault(node, "%s cannot be used in a KPI", construct(node))
}

// construct names what the library can read and a formula cannot hold.
func construct(node ast.Node) string {
	switch node.(type) {
	case *ast.VariableDeclaratorNode:
		return "let"
	case *ast.SequenceNode:
		return "a sequence with ;"
	case *ast.BuiltinNode:
		return "a function of a list"
	case *ast.SliceNode:
		return "a part of a list or text"
	case *ast.ChainNode:
		return "?."
	case *ast.MapNode:
		return "a map"
	case *ast.BytesNode:
		return "a text of bytes"
	}
	return "this"
}

// name is a tag within a filter; outside there is little to name.
func (c *compiler) name(n *ast.IdentifierNode) operand {
	switch {
	case c.filter == nil && n.Value == "hours":
		return operand{kind: number, key: "hours", number: func(f *frame) float64 { return f.hours }}
	case c.filter == nil && isFunction(n.Value):
		return c.fault(n, "%s is a function: write %s", n.Value, example(n.Value))
	case c.filter == nil:
		return c.fault(n, `%s stands outside of a filter: events are asked for their value and tags within one, as in count("case.resolved", channel == "web")`, n.Value)
	case n.Value == "value":
		return operand{kind: number, key: "value", reads: reads{value: true}, number: func(f *frame) float64 { return f.values[f.row] }}
	case n.Value == "tag":
		return c.fault(n, `tag is followed by a quoted key, as in tag["odd.key"]`)
	}
	return c.tag(n, n.Value)
}

// member is tag["odd.key"].
func (c *compiler) member(n *ast.MemberNode) operand {
	of, isName := n.Node.(*ast.IdentifierNode)
	key, isText := n.Property.(*ast.StringNode)
	switch {
	case c.filter == nil || n.Method:
		return c.fault(n, `a name with dots cannot stand here: names of events are quoted, as in count("case.resolved")`)
	case isName && of.Value == "tag" && isText:
		return c.tag(n, key.Value)
	case isName && of.Value == "tag":
		return c.fault(n, `tag is followed by a quoted key, as in tag["odd.key"]`)
	}
	return c.fault(n, `a tag whose key is not a plain name is written tag["odd.key"]`)
}

func (c *compiler) tag(n ast.Node, key string) operand {
	i, ok := c.filter.place(key)
	if !ok {
		return c.fault(n, "a filter asks for at most %d tags", MaxTags)
	}
	return operand{
		kind: text, key: fmt.Sprintf("tag[%q]", key), reads: reads{tags: 1 << i},
		text: func(f *frame) string { return f.text(i) },
	}
}

func (c *compiler) conditional(n *ast.ConditionalNode) operand {
	if !n.Ternary {
		return c.fault(n, "if cannot be used in a KPI: write a ? b : c")
	}
	cond, a, b := c.part(n.Cond), c.part(n.Exp1), c.part(n.Exp2)
	switch {
	case cond.kind == faulty || a.kind == faulty || b.kind == faulty:
		return operand{}
	case cond.kind != truth:
		return c.fault(n.Cond, "what stands before ? is true or false, but this is %v", cond.kind)
	case a.kind != b.kind:
		return c.fault(n.Exp2, "both outcomes of ? : are of one type, but this is %v and the first is %v", b.kind, a.kind)
	case a.kind == text:
		return c.fault(n.Exp1, "the outcomes of ? : are numbers or true and false, not text")
	}
	o := operand{kind: a.kind, reads: cond.with(a.reads).with(b.reads), key: "(" + cond.key + " ? " + a.key + " : " + b.key + ")"}
	if !o.oneTag() {
		cond = c.remember(cond)
	}
	if o.kind == number {
		o.number = choose(cond.truth, a.number, b.number, noData)
	} else {
		o.truth = choose(cond.truth, a.truth, b.truth, func(*frame) Truth { return Unknown })
	}
	return o
}

func choose[T any](cond func(*frame) Truth, a, b, neither func(*frame) T) func(*frame) T {
	return func(f *frame) T {
		switch cond(f) {
		case Yes:
			return a(f)
		case No:
			return b(f)
		}
		return neither(f)
	}
}

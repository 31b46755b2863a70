package formula

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// functions are all there are, each with an example for errors.
func functions() map[string]string {
	return map[string]string{
		"count":    `count("case.resolved", channel == "web")`,
		"sum":      `sum("backlog.reported", queue == "permits")`,
		"avg":      `avg("survey.answered", instrument == "csat5")`,
		"min":      `min("survey.answered")`,
		"max":      `max("call.answered", queue == "permits")`,
		"last":     `last("backlog.reported", queue == "permits")`,
		"quantile": `quantile(0.9, "call.answered", queue == "permits")`,
		"distinct": `distinct(agentId, "case.resolved", channel == "web")`,
		"kpi":      `kpi("case.sla")`,
		"default":  `default(x, 0)`,
		"float":    `float(version)`,
		"abs":      `abs(x)`,
		"floor":    `floor(x)`,
		"ceil":     `ceil(x)`,
		"round":    `round(x)`,
	}
}

func isFunction(name string) bool { return functions()[name] != "" }

func example(name string) string { return functions()[name] }

func (c *compiler) call(n *ast.CallNode) operand {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return c.fault(n, "only functions are called, as in %s", example("count"))
	}
	switch name := callee.Value; name {
	case "count", "sum", "avg", "min", "max", "last", "quantile", "distinct":
		if c.filter != nil {
			return c.fault(n, "%s cannot stand in a filter: a filter looks at one event at a time", name)
		}
		return c.aggregate(name, n)
	case "kpi":
		if c.filter != nil {
			return c.fault(n, "kpi cannot stand in a filter: a filter looks at one event at a time")
		}
		return c.kpi(n)
	case "default":
		return c.fallback(n)
	case "float":
		return c.float(n)
	case "abs", "floor", "ceil", "round":
		return c.rounding(name, n)
	default:
		return c.fault(n, "no function is called %q%s", name, suggest.Near(name, slices.Sorted(maps.Keys(functions()))))
	}
}

// numbers compiles the arguments of a function of n numbers.
func (c *compiler) numbers(n *ast.CallNode, name string, many int) ([]operand, bool) {
	if len(n.Arguments) != many {
		c.fault(n, "%s is written %s", name, example(name))
		return nil, false
	}
	all, ok := make([]operand, many), true
	for i, node := range n.Arguments {
		all[i] = c.part(node)
		switch all[i].kind {
		case number:
		case faulty:
			ok = false
		default:
			c.fault(node, "%s takes numbers, but this is %v%s", name, all[i].kind, textHint(all[i]))
			ok = false
		}
	}
	return all, ok
}

// fallback is default(x, y).
func (c *compiler) fallback(n *ast.CallNode) operand {
	args, ok := c.numbers(n, "default", 2)
	if !ok {
		return operand{}
	}
	x, y := args[0].number, args[1].number
	return operand{kind: number, key: "default(" + args[0].key + ", " + args[1].key + ")", reads: args[0].with(args[1].reads), number: func(f *frame) float64 {
		if v := x(f); !math.IsNaN(v) {
			return v
		}
		return y(f)
	}}
}

// float reads a number from a text; other texts have no data.
func (c *compiler) float(n *ast.CallNode) operand {
	if len(n.Arguments) != 1 {
		return c.fault(n, "float is written %s", example("float"))
	}
	o := c.part(n.Arguments[0])
	switch o.kind {
	case faulty:
		return operand{}
	case text:
	default:
		return c.fault(n, "float reads a number from the text of a tag, but this is %v", o.kind)
	}
	x := o.text
	return operand{kind: number, key: "float(" + o.key + ")", reads: o.reads, number: func(f *frame) float64 { return readNumber(x(f)) }}
}

// readNumber takes decimal numbers alone: not 0x10, 1_000, Inf.
func readNumber(text string) float64 {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (c *compiler) rounding(name string, n *ast.CallNode) operand {
	args, ok := c.numbers(n, name, 1)
	if !ok {
		return operand{}
	}
	apply := map[string]func(float64) float64{"abs": math.Abs, "floor": math.Floor, "ceil": math.Ceil, "round": math.Round}[name]
	x := args[0].number
	return operand{kind: number, key: name + "(" + args[0].key + ")", reads: args[0].reads, number: func(f *frame) float64 { return apply(x(f)) }}
}

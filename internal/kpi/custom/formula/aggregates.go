package formula

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// aggregate makes a variable of an aggregate over events.
func (c *compiler) aggregate(name string, n *ast.CallNode) operand {
	args, v := n.Arguments, Variable{Func: name}
	sound := true
	if (name == "quantile" || name == "distinct") && len(args) > 0 {
		sound = c.leading(&v, args[0])
		args = args[1:]
	}
	if len(args) < 1 || len(args) > 2 {
		return c.fault(n, "%s takes the name of an event and perhaps a filter: %s", name, example(name))
	}
	v.At = start(args[0])
	s, ok := c.selection(args)
	if !ok || !sound {
		return operand{}
	}
	key := "selection " + strconv.Quote(s.Event)
	if s.Filter != nil {
		key += s.Filter.key
	}
	v.Selection = c.intern(key, len(c.formula.Selections))
	if v.Selection == len(c.formula.Selections) {
		c.formula.Selections = append(c.formula.Selections, s)
	}
	v.Text = n.String()
	i, fresh := c.variable(v, fmt.Sprintf("%s(%v, %q, %d)", name, v.Quantile, v.Tag, v.Selection))
	if fresh && len(c.formula.Variables)-c.kpis > MaxAggregates {
		return c.fault(n, "is one aggregate too many: at most %d fit", MaxAggregates)
	}
	o := variableAt(i)
	if name == "count" {
		o.count = i + 1
	}
	return o
}

// leading reads what stands before the event: a share or a tag.
func (c *compiler) leading(v *Variable, node ast.Node) bool {
	if v.Func == "quantile" {
		o := c.part(node)
		switch {
		case o.kind == faulty:
			return false
		case o.kind != number || !o.literal:
			c.fault(node, "quantile begins with a share, as in %s", example("quantile"))
			return false
		}
		v.Quantile = o.number(nil)
		if !(v.Quantile >= 0 && v.Quantile <= 1) {
			c.fault(node, "a share is from 0 to 1: 0.9 is where nine values of ten lie below")
			return false
		}
		return true
	}
	switch tag := node.(type) {
	case *ast.IdentifierNode:
		if v.Tag = tag.Value; v.Tag == "value" {
			c.fault(node, `distinct counts the texts of a tag, not values; a tag of that name is tag["value"]`)
			return false
		}
	case *ast.StringNode:
		v.Tag = tag.Value
	case *ast.MemberNode:
		of, isName := tag.Node.(*ast.IdentifierNode)
		key, isText := tag.Property.(*ast.StringNode)
		if isName && isText && of.Value == "tag" && !tag.Method {
			v.Tag = key.Value
		}
	}
	if v.Tag == "" {
		c.fault(node, "distinct begins with a tag, as in %s", example("distinct"))
		return false
	}
	return true
}

// selection reads the event and the filter of an aggregate.
func (c *compiler) selection(args []ast.Node) (s Selection, ok bool) {
	name, ok := args[0].(*ast.StringNode)
	switch {
	case !ok:
		c.fault(args[0], "here stands the name of an event in quotes, as in %s", example("count"))
	case strings.Contains(strings.TrimSuffix(name.Value, "*"), "*"):
		c.fault(args[0], `* stands at the end of a name only, as in count("call.*")`)
		ok = false
	default:
		s.Event = name.Value
	}
	if len(args) == 2 {
		if s.Filter = c.compileFilter(args[1]); s.Filter == nil {
			return s, false
		}
	}
	return s, ok
}

func (c *compiler) kpi(n *ast.CallNode) operand {
	if len(n.Arguments) == 1 {
		if name, ok := n.Arguments[0].(*ast.StringNode); ok && name.Value != "" {
			i, fresh := c.variable(Variable{Func: "kpi", Text: n.String(), KPI: name.Value, At: start(name)}, "kpi "+strconv.Quote(name.Value))
			if fresh {
				c.kpis++
			}
			if c.kpis > MaxKPIs {
				return c.fault(n, "is one KPI too many: at most %d fit", MaxKPIs)
			}
			return variableAt(i)
		}
	}
	return c.fault(n, "kpi takes the name of another KPI in quotes: %s", example("kpi"))
}

// variable gives a variable its place, the same one for the same key.
func (c *compiler) variable(v Variable, key string) (i int, fresh bool) {
	i = c.intern(key, len(c.formula.Variables))
	if fresh = i == len(c.formula.Variables); fresh {
		c.formula.Variables = append(c.formula.Variables, v)
	}
	return i, fresh
}

func variableAt(i int) operand {
	return operand{
		kind: number, key: "variable " + strconv.Itoa(i), reads: reads{variables: 1 << i},
		number: func(f *frame) float64 { return finite(f.variables[i]) },
	}
}

// intern gives a key the place next, unless it has one.
func (c *compiler) intern(key string, next int) int {
	if i, ok := c.known[key]; ok {
		return i
	}
	if c.known == nil {
		c.known = map[string]int{}
	}
	c.known[key] = next
	return next
}

// share is that of two counts where the events of the first are among those of
// the second by what the two ask for.
func (c *compiler) share(of, among int) *Share {
	if of == 0 || among == 0 {
		return nil
	}
	v := c.formula.Variables
	a, b := c.formula.Selections[v[of-1].Selection], c.formula.Selections[v[among-1].Selection]
	if a.Event != b.Event {
		return nil
	}
	if b.Filter != nil {
		if a.Filter == nil {
			return nil
		}
		for _, key := range b.Filter.conjuncts {
			if !slices.Contains(a.Filter.conjuncts, key) {
				return nil
			}
		}
	}
	return &Share{Of: of - 1, Among: among - 1}
}

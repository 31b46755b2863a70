package formula

import (
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// in asks whether a number or text is one of a constant list.
func (c *compiler) in(n *ast.BinaryNode) operand {
	a := c.part(n.Left)
	list, isList := n.Right.(*ast.ArrayNode)
	span, isSpan := n.Right.(*ast.BinaryNode)
	switch {
	case isSpan && span.Operator == "..":
		return c.span(span)
	case !isList:
		return c.fault(n.Right, `what follows "in" is a list, as in queue in ["permits", "licenses"]`)
	case a.kind == truth:
		return c.fault(n.Left, `"in" looks for a number or a text, but this is true or false`)
	}
	o := operand{kind: truth, reads: a.reads, key: "(" + a.key + " in"}
	var numbers []float64
	var texts []string
	sound := a.kind != faulty
	for _, node := range list.Nodes {
		item := c.part(node)
		switch {
		case item.kind == faulty:
			sound = false
			continue
		case !item.literal:
			c.fault(node, "a list holds constants only")
			sound = false
			continue
		case a.kind != faulty && item.kind != a.kind:
			c.fault(node, "the list is searched for %v, but this is %v%s", a.kind, item.kind, textHint(a, item))
			sound = false
			continue
		}
		o.key += " " + item.key
		if item.kind == number {
			numbers = append(numbers, item.number(nil))
		} else if item.kind == text {
			texts = append(texts, item.text(nil))
		}
	}
	if !sound {
		return operand{}
	}
	o.key += ")"
	if a.kind == text {
		x := a.text
		o.truth = func(f *frame) Truth { return truthOf(slices.Contains(texts, x(f))) }
		return o
	}
	x := a.number
	o.truth = func(f *frame) Truth {
		p := x(f)
		if math.IsNaN(p) {
			return Unknown
		}
		return truthOf(slices.Contains(numbers, p))
	}
	return o
}

// span refuses a .. b, which the library would make a list of.
func (c *compiler) span(n *ast.BinaryNode) operand {
	return c.fault(n, ".. cannot be used in a KPI: a range is asked for as in 1 <= value <= 5")
}

// search asks whether a text is in another, or like a pattern.
func (c *compiler) search(n *ast.BinaryNode) operand {
	a, b := c.part(n.Left), c.part(n.Right)
	switch {
	case a.kind == faulty || b.kind == faulty:
		return operand{}
	case a.kind != text || b.kind != text:
		return c.faultAt(n.Location().From, "%s looks for a text in a text, but here for %v in %v", n.Operator, b.kind, a.kind)
	}
	o := operand{kind: truth, key: "(" + a.key + " " + n.Operator + " " + b.key + ")", reads: a.with(b.reads)}
	x, y := a.text, b.text
	var found func(in, what string) bool
	switch n.Operator {
	case "contains":
		found = strings.Contains
	case "startsWith":
		found = strings.HasPrefix
	case "endsWith":
		found = strings.HasSuffix
	case "matches":
		if !b.literal {
			return c.fault(n.Right, `what follows "matches" is a quoted pattern, as in reason matches "^(dup|test)"`)
		}
		pattern, why := compilePattern(b.text(nil))
		if why != "" {
			return c.fault(n.Right, "%s", why)
		}
		o.truth = func(f *frame) Truth { return truthOf(pattern.MatchString(x(f))) }
		return o
	}
	o.truth = func(f *frame) Truth { return truthOf(found(x(f), y(f))) }
	return o
}

// compilePattern takes patterns whose search is quick: RE2 takes time in
// proportion to the text and to the size of the machine.
func compilePattern(pattern string) (_ *regexp.Regexp, why string) {
	if len(pattern) > maxPattern {
		return nil, "the pattern is " + strconv.Itoa(len(pattern)) + " bytes long, at most " + strconv.Itoa(maxPattern) + " fit"
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, "the pattern cannot be read: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	}
	if machine, err := syntax.Compile(tree.Simplify()); err != nil || len(machine.Inst) > maxMachine {
		return nil, "the pattern repeats too much: make its {n} smaller"
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, "the pattern cannot be read: " + err.Error()
	}
	return compiled, ""
}

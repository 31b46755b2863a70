package formula

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// read makes a tree of an expression.
func read(text string) (ast.Node, *Fault) {
	fault := func(at int, detail string) *Fault {
		f := faultAt(text, at, detail)
		return &f
	}
	switch {
	case strings.TrimSpace(text) == "":
		return nil, fault(0, `is empty: write what to calculate, as in count("case.reopened") / count("case.resolved")`)
	case len(text) > MaxText:
		return nil, fault(0, fmt.Sprintf("is %d bytes long, at most %d fit", len(text), MaxText))
	}
	tree, err := parser.ParseWithConfig(text, config())
	if err == nil {
		return tree.Node, nil
	}
	if at, ok := errors.AsType[*file.Error](err); ok {
		return nil, fault(at.From, plain(at.Message))
	}
	return nil, fault(0, err.Error())
}

// config makes every function of the library an ordinary name, so that count,
// sum and the like are ours, and the others unknown.
func config() *conf.Config {
	c := conf.CreateNew()
	maps.Copy(c.Functions, c.Builtins)
	return c
}

// plain puts the library's words for a token that it does not expect into ours.
func plain(message string) string {
	found, ok := strings.CutPrefix(message, "unexpected token ")
	if !ok {
		return message
	}
	if _, quoted, ok := strings.Cut(found, "("); ok { // Operator("=")
		found = strings.TrimSuffix(quoted, ")")
	}
	switch found {
	case "EOF":
		return "the expression ends too early: something is missing"
	case `"="`:
		return "= is not an operator: == compares"
	}
	return found + " cannot stand here"
}

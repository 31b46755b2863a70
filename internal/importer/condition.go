package importer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// rowName reaches columns whose names are no identifiers: row["case:channel"].
const rowName = "row"

// condition is a compiled `when`. Columns are variables and hold text.
type condition struct {
	program *vm.Program
	columns []string
	// direct are the columns used as variables, the others through row.
	direct []string
}

func compileCondition(source string) (*condition, error) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, plain(err)
	}
	found := &columnFinder{}
	ast.Walk(&tree.Node, found)
	if found.err != nil {
		return nil, found.err
	}
	if found.rows != found.named {
		return nil, fmt.Errorf(`%s must be followed by a quoted column name, as in %s["case id"]`, rowName, rowName)
	}
	c := &condition{direct: found.direct, columns: slices.Concat(found.direct, found.indirect)}
	env := map[string]any{rowName: map[string]string{}}
	for _, name := range c.direct {
		env[name] = ""
	}
	c.program, err = expr.Compile(source, expr.Env(env), expr.AsBool())
	if err != nil {
		return nil, plain(err)
	}
	return c, nil
}

// plain drops the drawing that the library puts under its messages.
func plain(err error) error {
	if at, ok := errors.AsType[*file.Error](err); ok {
		return fmt.Errorf("%s, at character %d of the condition", at.Message, at.Column+1)
	}
	return err
}

// columnFinder collects the columns an expression reads.
type columnFinder struct {
	direct, indirect []string
	rows, named      int
	err              error
}

func (f *columnFinder) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == rowName {
			f.rows++
		} else if !slices.Contains(f.direct, n.Value) && !strings.HasPrefix(n.Value, "$") {
			f.direct = append(f.direct, n.Value)
		}
	case *ast.VariableDeclaratorNode:
		f.err = errors.New("let is not supported in a condition")
	case *ast.MemberNode:
		of, isName := n.Node.(*ast.IdentifierNode)
		key, isText := n.Property.(*ast.StringNode)
		if isName && of.Value == rowName && isText {
			f.named++
			if !slices.Contains(f.indirect, key.Value) {
				f.indirect = append(f.indirect, key.Value)
			}
		}
	}
}

// evaluator runs a condition again and again without making new maps.
type evaluator struct {
	*condition
	vm  vm.VM
	env map[string]any
	row map[string]string
}

func newEvaluator(c *condition) *evaluator {
	e := &evaluator{condition: c, row: make(map[string]string), env: make(map[string]any)}
	e.env[rowName] = e.row
	return e
}

func (e *evaluator) holds(text func(column string) string) (bool, error) {
	for _, name := range e.direct {
		e.env[name] = text(name)
	}
	for _, name := range e.columns[len(e.direct):] {
		e.row[name] = text(name)
	}
	result, err := e.vm.Run(e.program, e.env)
	if err != nil {
		return false, plain(err)
	}
	return result.(bool), nil
}

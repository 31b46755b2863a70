package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const maxLines = 400 // the aim is 60 to 250

func TestFilesStaySmall(t *testing.T) {
	for name, p := range list(t) {
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.HasPrefix(text, []byte("// Code generated")) {
				continue
			}
			if lines := bytes.Count(text, []byte("\n")); lines > maxLines {
				t.Errorf("%s/%s has %d lines, at most %d: give each concept its own file", name, file, lines, maxLines)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for name, p := range list(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		documented := slices.ContainsFunc(p.GoFiles, func(file string) bool {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			return err == nil && parsed.Doc != nil && len(parsed.Doc.Text()) > 40
		})
		if !documented {
			t.Errorf("%s has no package comment: say what it is for, what it must not know, and who calls it", name)
		}
	}
}

// Errors and compiled tables are fine as package variables; anything that is
// assigned after the start is state that two servers in one process would share.
func TestNoPackageVariableIsAssigned(t *testing.T) {
	for name, p := range list(t) {
		if !strings.HasPrefix(name, "internal/") {
			continue
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(fset, filepath.Join(p.Dir, file), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, parsed)
		}
		vars := packageVars(files)
		for _, file := range files {
			for _, at := range assignments(file, vars) {
				t.Errorf("%s: a package variable is assigned: keep state in a value that its user creates", fset.Position(at))
			}
		}
	}
}

// variable is the parser's own resolution of a name, which needs no build.
type variable = ast.Object //nolint:staticcheck // deprecated for what it cannot resolve; plain names it can

func packageVars(files []*ast.File) map[*variable]bool {
	vars := map[*variable]bool{}
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					vars[id.Obj] = true
				}
			}
		}
	}
	return vars
}

// assignments finds x = ..., x++, x[k] = ... and x.f = ... in the file that
// declares x; the parser resolves names within a file, which is enough to
// catch the habit.
func assignments(file *ast.File, vars map[*variable]bool) []token.Pos {
	var found []token.Pos
	check := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.Ident:
				if x.Obj != nil && vars[x.Obj] {
					found = append(found, x.Pos())
				}
				return
			default:
				return
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				for _, e := range s.Lhs {
					check(e)
				}
			}
		case *ast.IncDecStmt:
			check(s.X)
		}
		return true
	})
	return found
}

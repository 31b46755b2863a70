// Package archtest holds the rules that keep the packages of this module apart.
// It is tests only; nothing imports it.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hms-ops/hms-monitor/"

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath   string
	Dir          string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	GoFiles      []string
}

func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, module) }

// list gives the packages of this module by their path inside it.
func list(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Standard,Imports,TestImports,XTestImports,Deps,GoFiles", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.ImportPath, "/node_modules/") {
			packages[p.name()] = p
		}
	}
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// under tells whether path is root or inside it.
func under(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func underAny(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return under(path, root) })
}

func TestVocabularyImportsTheStandardLibraryOnly(t *testing.T) {
	packages := list(t)
	for _, name := range []string{"internal/event", "internal/fault"} {
		for _, dep := range packages[name].Imports {
			if !isStandard(dep) {
				t.Errorf("%s imports %s: every package speaks its vocabulary, so it depends on the standard library only", name, dep)
			}
		}
	}
}

// What judges and distributes events must work on any log, store and
// transport, in tests without any of them.
func TestDomainKnowsNoTechnology(t *testing.T) {
	technologies := map[string]string{
		"net/http":                   "HTTP",
		"database/sql":               "SQL",
		"github.com/duckdb":          "DuckDB",
		"github.com/ClickHouse":      "ClickHouse",
		"github.com/nats-io":         "NATS",
		"github.com/danielgtaylor":   "an HTTP framework",
		"github.com/goccy/go-yaml":   "the configuration's format",
		"github.com/alecthomas/kong": "the command line",
	}
	packages := list(t)
	for name, p := range packages {
		if !underAny(name, "internal/event", "internal/fault", "internal/kpi", "internal/alert", "internal/stream", "internal/calendar") {
			continue
		}
		for _, dep := range p.Deps {
			for path, what := range technologies {
				// Definitions and scripts are texts: here they are read.
				if what == "the configuration's format" && underAny(name, "internal/kpi/define", "internal/kpi/script") {
					continue
				}
				if under(dep, path) {
					t.Errorf("%s depends on %s: it must not know %s; take an interface or a function instead", name, dep, what)
				}
			}
		}
	}
}

func TestOnlyTheAppWiresAdaptersAndConfiguration(t *testing.T) {
	adapters := []string{"internal/eventlog", "internal/store/duckdb", "internal/store/clickhouse"}
	composed := append([]string{"internal/config", "internal/app"}, adapters...)
	for name, p := range list(t) {
		if underAny(name, "cmd", "test", "internal/app", "examples") {
			continue
		}
		for _, dep := range p.Imports {
			inner := strings.TrimPrefix(dep, module)
			if under(name, inner) || under(inner, name) || !underAny(inner, composed...) {
				continue
			}
			// The parts of one adapter know each other.
			if slices.ContainsFunc(adapters, func(own string) bool { return under(name, own) && under(inner, own) }) {
				continue
			}
			// The configuration composes the sections that their owners define.
			if name == "internal/config" && underAny(inner, adapters...) {
				continue
			}
			t.Errorf("%s imports %s: only internal/app wires adapters and configuration together; take what you need as a parameter", name, inner)
		}
	}
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
	adapters := []string{"internal/eventlog", "internal/store/duckdb", "internal/store/clickhouse", "internal/httpapi", "internal/notify"}
	for name, p := range list(t) {
		for _, own := range adapters {
			if !under(name, own) {
				continue
			}
			for _, dep := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
				inner := strings.TrimPrefix(dep, module)
				if underAny(inner, adapters...) && !under(inner, own) {
					t.Errorf("%s imports %s: one technology a package, and none knows another", name, inner)
				}
			}
		}
	}
}

func TestNothingImportsTheCommand(t *testing.T) {
	for name, p := range list(t) {
		for _, dep := range p.Imports {
			if strings.HasPrefix(dep, module+"cmd/") {
				t.Errorf("%s imports %s: main packages hold flags and exit codes only", name, dep)
			}
		}
	}
}

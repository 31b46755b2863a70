package sandbox

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed functions.txt
var functionNames string

// tableFunctions are those that may stand for a table.
var tableFunctions = []string{"generate_series", "range", "unnest"}

// Functions lists those that queries may call, ordered.
func Functions() []string {
	var names []string
	for line := range strings.Lines(functionNames) {
		if line, _, _ = strings.Cut(line, "#"); line != "" {
			names = append(names, strings.Fields(line)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// operators are the functions that DuckDB's parser makes of what is written
// with signs or keywords.
var operators = strings.Fields(`+ - * / // % ** ^ & | ~ << >> || @ ! && <@ @> ^@ ~~ !~~ ~~* !~~* ~~~ -> ->> !__postfix <->
	like_escape not_like_escape ilike_escape not_ilike_escape list_value struct_pack row unpivot_list`)

func allowed(name string) bool {
	if slices.Contains(operators, name) {
		return true
	}
	_, found := slices.BinarySearch(Functions(), name)
	return found
}

func near(name string) string { return hint(name, Functions()) }

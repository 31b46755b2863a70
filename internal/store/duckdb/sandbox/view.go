package sandbox

import "strings"

// source is the name of the table function behind a table.
func source(t Table) string { return "source_of_" + t.Name }

// view makes the table that queries name.
func view(t Table) string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = quote(c.Name)
		if c.Type == Map {
			columns[i] = columns[i] + `::JSON::MAP(VARCHAR, VARCHAR) AS ` + columns[i]
		}
	}
	return `CREATE VIEW ` + quote(t.Name) + ` AS SELECT ` + strings.Join(columns, ", ") + ` FROM ` + quote(source(t)) + `()`
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

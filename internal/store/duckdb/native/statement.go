package native

import (
	"context"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Statements counts the statements in a text.
func (c *Conn) Statements(query string) (int, error) {
	var all mapping.ExtractedStatements
	defer func() { mapping.DestroyExtracted(&all) }()
	n := mapping.ExtractStatements(c.conn, query, &all)
	if message := mapping.ExtractStatementsError(all); message != "" {
		return 0, errorOf(mapping.ErrorTypeInvalid, message)
	}
	return int(n), nil
}

// ResultColumn is a column of what a statement would answer.
type ResultColumn struct {
	Name string
	Type mapping.Type
	// Alias names a type that is made of another, as JSON is of text.
	Alias string
}

// Describe tells what a statement would answer, without running it.
func (c *Conn) Describe(ctx context.Context, query string) (columns []ResultColumn, err error) {
	err = c.interruptible(ctx, func() error {
		var stmt mapping.PreparedStatement
		defer func() { mapping.DestroyPrepare(&stmt) }()
		if mapping.Prepare(c.conn, query, &stmt) == mapping.StateError {
			return errorOf(mapping.ErrorTypeInvalid, mapping.PrepareError(stmt))
		}
		for i := range mapping.PreparedStatementColumnCount(stmt) {
			t := mapping.PreparedStatementColumnLogicalType(stmt, i)
			columns = append(columns, ResultColumn{
				Name: mapping.PreparedStatementColumnName(stmt, i), Type: mapping.GetTypeId(t), Alias: mapping.LogicalTypeGetAlias(t),
			})
			mapping.DestroyLogicalType(&t)
		}
		return nil
	})
	return columns, err
}

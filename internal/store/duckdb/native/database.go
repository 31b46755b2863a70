// Package native is the little of DuckDB's C interface that the store needs:
// open, execute, read results column by column and append dictionary-encoded
// columns. database/sql would box every value, which costs more than DuckDB
// itself does. It knows nothing of events; store/duckdb alone calls it.
package native

import (
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Database is an open database file.
type Database struct{ db mapping.Database }

// Open opens or creates the file at path. It goes through the driver's cache of
// instances: were one file opened twice in a process without it, DuckDB's lock,
// which is the process's, would not notice and the file would be ruined.
func Open(path string, settings map[string]string) (*Database, error) {
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return nil, &Error{Kind: mapping.ErrorTypeInternal, Message: "DuckDB gave no configuration"}
	}
	defer mapping.DestroyConfig(&config)
	for name, value := range settings {
		if mapping.SetConfig(config, name, value) == mapping.StateError {
			return nil, fmt.Errorf("DuckDB refuses the setting %s=%s", name, value)
		}
	}
	var d Database
	var message string
	if mapping.GetOrCreateFromCache(duckdb.GetInstanceCache(), path, &d.db, config, &message) == mapping.StateError {
		mapping.Close(&d.db)
		return nil, errorOf(mapping.ErrorTypeInvalid, message)
	}
	return &d, nil
}

// Close closes the file once every connection is closed.
func (d *Database) Close() { mapping.Close(&d.db) }

// Connect makes a connection, for one goroutine at a time.
func (d *Database) Connect() (*Conn, error) {
	c := &Conn{}
	if mapping.Connect(d.db, &c.conn) == mapping.StateError {
		return nil, &Error{Kind: mapping.ErrorTypeConnection, Message: "DuckDB gave no connection"}
	}
	return c, nil
}

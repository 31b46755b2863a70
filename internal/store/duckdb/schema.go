package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// schemaVersion counts the changes of the tables below. Raise it with each, and
// give migrations what leads there from the version before.
const schemaVersion = 3

// fixedColumns are those of table events that every event has; tags follow.
var fixedColumns = [...]string{"seq", "time", "received", "metric", "value", "source", "id"}

const createTables = `
BEGIN;
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE events (
	seq BIGINT, time TIMESTAMP_MS, received TIMESTAMP_MS,
	metric VARCHAR, value DOUBLE, source VARCHAR, id VARCHAR);
CREATE TABLE tag_columns (key VARCHAR NOT NULL, column_name VARCHAR);
CREATE TABLE request_keys (n BIGINT, received TIMESTAMP_MS, key VARCHAR);
CREATE TABLE alerts (
	seq BIGINT, n BIGINT, rule VARCHAR, metric VARCHAR, tags MAP(VARCHAR, VARCHAR),
	state VARCHAR, previous VARCHAR, value DOUBLE, time TIMESTAMP_MS, judged TIMESTAMP_MS,
	since TIMESTAMP_MS, condition VARCHAR,
	kind VARCHAR, observations BIGINT, certainty VARCHAR, annotations MAP(VARCHAR, VARCHAR), evidence VARCHAR);
CREATE TABLE position (log_seq UBIGINT NOT NULL, event_seq UBIGINT NOT NULL, counted_seq UBIGINT NOT NULL);
CREATE TABLE state (name VARCHAR NOT NULL, data BLOB, file BIGINT, hash UBIGINT);
CREATE TABLE metrics (metric VARCHAR, events BIGINT, first TIMESTAMP_MS, last TIMESTAMP_MS);
CREATE TABLE metric_tags (metric VARCHAR, key VARCHAR, events BIGINT);
INSERT INTO position VALUES (0, 0, 0);
INSERT INTO schema_version VALUES (%d);
COMMIT;`

// migrations lead from a version to the next.
var migrations = map[int64]string{
	1: `ALTER TABLE state ALTER COLUMN data DROP NOT NULL;
		ALTER TABLE state ADD COLUMN file BIGINT;
		ALTER TABLE state ADD COLUMN hash UBIGINT;`,
	2: `ALTER TABLE alerts ADD COLUMN kind VARCHAR DEFAULT 'threshold';
		ALTER TABLE alerts ADD COLUMN observations BIGINT DEFAULT 0;
		ALTER TABLE alerts ADD COLUMN certainty VARCHAR DEFAULT 'final';
		ALTER TABLE alerts ADD COLUMN annotations MAP(VARCHAR, VARCHAR);
		ALTER TABLE alerts ADD COLUMN evidence VARCHAR DEFAULT '';`,
}

// prepareSchema makes the tables of a new file, brings those of an older one up
// to date, and refuses those of a newer one.
func prepareSchema(ctx context.Context, c *native.Conn) error {
	tables, err := one(ctx, c, `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_version'`)
	if err != nil {
		return err
	}
	if tables == 0 {
		return c.Exec(ctx, fmt.Sprintf(createTables, schemaVersion))
	}
	version, err := one(ctx, c, `SELECT version::BIGINT FROM schema_version`)
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return fmt.Errorf("%w: its tables are of version %d, this program knows %d; run the program that wrote it, or a later one",
			store.ErrNewer, version, schemaVersion)
	}
	for ; version < schemaVersion; version++ {
		err := c.Exec(ctx, fmt.Sprintf(`BEGIN; %s UPDATE schema_version SET version = %d; COMMIT`, migrations[version], version+1))
		if err != nil {
			return fmt.Errorf("its tables of version %d cannot be brought to version %d: %w", version, version+1, err)
		}
	}
	return nil
}

// one runs a query that answers a single whole number; NULL counts as 0.
func one(ctx context.Context, c *native.Conn, query string, args ...any) (int64, error) {
	r, err := c.Query(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	if r.Next() == 0 || !r.Has(0, 0) {
		return 0, nil
	}
	return r.Int64s(0)[0], nil
}

// quote makes any text an identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

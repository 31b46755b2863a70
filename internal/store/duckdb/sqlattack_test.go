package duckdb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// attack is a query that must be refused, and what its refusal must name. Which
// limit ends a query is not told where that depends on the machine.
type attack struct{ sql, names string }

var attacks = map[string][]attack{
	"files": {
		{`SELECT * FROM read_csv('/etc/passwd')`, "read_csv()"},
		{`SELECT * FROM "read_csv"('/etc/passwd')`, "read_csv()"},
		{`SELECT * FROM system.main.read_csv('/etc/passwd')`, "read_csv()"},
		{`SELECT * FROM READ_CSV_AUTO('/etc/passwd')`, "read_csv_auto()"},
		{`SELECT/**/*/**/FROM/**/read_text/**/('/etc/passwd')`, "read_text()"},
		{`SELECT * FROM read_blob('/etc/shadow')`, "read_blob()"},
		{`SELECT * FROM read_parquet('x')`, "read_parquet()"},
		{`SELECT * FROM parquet_metadata('x')`, "parquet_metadata()"},
		{`SELECT * FROM read_json('/etc/passwd')`, "read_json()"},
		{`SELECT * FROM read_duckdb('events.duckdb')`, "read_duckdb()"},
		{`SELECT * FROM glob('/etc/*')`, "glob()"},
		{`SELECT * FROM sniff_csv('/etc/passwd')`, "sniff_csv()"},
		{`SELECT * FROM '/etc/passwd'`, `"/etc/passwd"`},
		{`FROM 'data.parquet'`, `"data.parquet"`},
		{`SELECT * FROM "events.duckdb"`, `"events.duckdb"`},
		{`SELECT * FROM (SELECT * FROM (SELECT * FROM '/etc/passwd'))`, `"/etc/passwd"`},
		{`SELECT (SELECT content FROM read_text('/etc/passwd'))`, "read_text()"},
		{`WITH a AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM a`, "read_text()"},
		{`SELECT count(*) FROM events WHERE EXISTS (FROM glob('*'))`, "glob()"},
		{`SELECT 1 UNION SELECT content FROM read_text('/etc/passwd')`, "read_text()"},
		{`SELECT * FROM events ORDER BY (SELECT size FROM read_blob('/etc/passwd'))`, "read_blob()"},
		{`SELECT * FROM events, LATERAL (SELECT * FROM read_text(id))`, "read_text()"},
		{`COPY events TO '/tmp/x.csv'`, "COPY"},
		{`COPY (SELECT 1) TO '/tmp/x.csv'`, "COPY"},
		{`EXPORT DATABASE '/tmp/x'`, "EXPORT"},
		{`IMPORT DATABASE '/tmp/x'`, "IMPORT"},
	},
	"network and extensions": {
		{`SELECT * FROM read_csv('http://127.0.0.1:1/x')`, "read_csv()"},
		{`SELECT * FROM 's3://bucket/x.parquet'`, `"s3://bucket/x.parquet"`},
		{`ATTACH 'http://127.0.0.1/x.duckdb'`, "ATTACH"},
		{`INSTALL httpfs`, "INSTALL"},
		{`LOAD httpfs`, "LOAD"},
		{`FORCE INSTALL httpfs FROM 'http://127.0.0.1'`, "FORCE"},
		{`UPDATE EXTENSIONS`, "UPDATE"},
	},
	"settings": {
		{`SET memory_limit = '100GB'`, "SET"},
		{`RESET memory_limit`, "RESET"},
		{`PRAGMA memory_limit = '100GB'`, "PRAGMA"},
		{`PRAGMA database_list`, "PRAGMA"},
		{`CALL pragma_version()`, "CALL"},
		{`SELECT current_setting('memory_limit')`, "current_setting()"},
		{`SELECT getvariable('x')`, "getvariable()"},
		{`SELECT getenv('HOME')`, "getenv()"},
		{`SELECT * FROM duckdb_settings()`, "duckdb_settings()"},
		{`SELECT * FROM duckdb_secrets()`, "duckdb_secrets()"},
		{`SELECT * FROM which_secret('s3://x', 's3')`, "which_secret()"},
		{`CREATE SECRET s (TYPE s3, KEY_ID 'x')`, "CREATE"},
		{`SELECT * FROM enable_logging()`, "enable_logging()"},
		{`SELECT write_log('x')`, "write_log()"},
		{`SELECT version()`, "version()"},
	},
	"other tables and catalogs": {
		{`SELECT * FROM state`, `"state"`},
		{`SELECT * FROM request_keys`, `"request_keys"`},
		{`SELECT * FROM position`, `"position"`},
		{`SELECT * FROM "schema_version"`, `"schema_version"`},
		{`SELECT * FROM main.state`, `"main.state"`},
		{`SELECT * FROM events.main.events`, `"events.main.events"`},
		{`SELECT * FROM memory.main.events`, `"memory.main.events"`},
		{`SELECT * FROM other.events`, `"other.events"`},
		{`SELECT * FROM information_schema.tables`, `"information_schema.tables"`},
		{`SELECT * FROM pg_catalog.pg_class`, `"pg_catalog.pg_class"`},
		{`SELECT * FROM sqlite_master`, `"sqlite_master"`},
		{`SELECT * FROM duckdb_tables()`, "duckdb_tables()"},
		{`SELECT * FROM duckdb_functions()`, "duckdb_functions()"},
		{`SELECT * FROM pragma_table_info('events')`, "pragma_table_info()"},
		{`SELECT * FROM query('SELECT 1')`, "query()"},
		{`SELECT * FROM query_table('state')`, "query_table()"},
		{`SELECT * FROM json_execute_serialized_sql('{}')`, "json_execute_serialized_sql()"},
		{`SELECT json_serialize_plan('SELECT 1')`, "json_serialize_plan()"},
		{`SELECT * FROM seq_scan('events')`, "seq_scan()"},
		{`SELECT * FROM source_of_events()`, "source_of_events()"},
		{`SELECT * FROM ｅvents`, `"ｅvents"`},
		{`SELECT * FROM evеnts`, `"evеnts"`},
		{`WITH events AS (SELECT 1) SELECT * FROM events`, `"events"`},
		{`SELECT nextval('s')`, "nextval()"},
		{`SHOW TABLES`, "SHOW"},
		{`SHOW ALL TABLES`, "SHOW"},
		{`DESCRIBE events`, "DESCRIBE"},
		{`SUMMARIZE events`, "SUMMARIZE"},
		{`SELECT * FROM (SHOW DATABASES)`, "SHOW"},
	},
	"changes": {
		{`INSERT INTO events VALUES (1)`, "INSERT"},
		{`UPDATE events SET value = 0`, "UPDATE"},
		{`DELETE FROM events`, "DELETE"},
		{`TRUNCATE events`, "TRUNCATE"},
		{`DROP VIEW events`, "DROP"},
		{`ALTER TABLE events ADD COLUMN x INT`, "ALTER"},
		{`CREATE TABLE x (i INT)`, "CREATE"},
		{`CREATE OR REPLACE VIEW events AS SELECT 1`, "CREATE"},
		{`CREATE MACRO m(x) AS x`, "CREATE"},
		{`WITH x AS (SELECT 1) INSERT INTO events SELECT * FROM x`, "WITH"},
		{`VACUUM`, "VACUUM"},
		{`CHECKPOINT`, "CHECKPOINT"},
		{`BEGIN`, "BEGIN"},
		{`DETACH memory`, "DETACH"},
		{`USE memory`, "USE"},
	},
	"several statements, and parts of them": {
		{`SELECT 1; SELECT 2`, "2 statements"},
		{`SELECT 1; DROP TABLE events; --`, "2 statements"},
		{`SELECT 1) AS x; DROP VIEW events; SELECT * FROM (SELECT 1`, "syntax error"},
		{`SELECT 1) UNION SELECT * FROM (SELECT 2`, "syntax error"},
		{`SELECT 1 /* `, "comment"},
		{``, "no statement"},
		{`-- nothing`, "no statement"},
		{`;;;`, "no statement"},
		{`EXPLAIN ANALYZE SELECT 1`, "EXPLAIN"},
		{`PREPARE p AS SELECT 1`, "PREPARE"},
		{`EXECUTE p`, "EXECUTE"},
		{`SELECT ?`, "parameters"},
		{`SELECT $1`, "parameters"},
		{`SELECT * FROM events WHERE metric = $name`, "parameters"},
		{"SELECT '\x00'", "zero"},
		{"SELECT '\xff'", "UTF-8"},
	},
	"too much": {
		{`SELECT count(*) FROM range(1000000000000)`, "time"},
		{`SELECT count(*) FROM events a, events b, events c, events d, events e`, "time"},
		{`WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t`, "time"},
		{`SELECT repeat('x', 1000000000000)`, ""},
		{`SELECT length(repeat(repeat('x', 1000000), 4000))`, "memory"},
		{`SELECT sum(length(a || a || a || a)) FROM (SELECT repeat(id, 100000000) AS a FROM (SELECT seq::VARCHAR AS id FROM events))`, ""},
		{`SELECT length(x::VARCHAR) FROM (SELECT list(range) AS x FROM range(100000000))`, ""},
		{`SELECT range(1000000000)`, ""},
		{`SELECT i, row_number() OVER (ORDER BY hash(i)) FROM range(500000000) t(i)`, ""},
		{`SELECT count(DISTINCT i) FROM range(500000000) t(i)`, ""},
		{`SELECT string_agg(i::VARCHAR) FROM range(500000000) t(i)`, ""},
		{`SELECT lpad('x', 2147483647, 'y') FROM events`, ""},
		{`SELECT ` + strings.Repeat("(", 20000) + `1` + strings.Repeat(")", 20000), "nested"},
		{`SELECT ` + strings.Repeat("-", 1) + strings.Repeat(" -", 20000) + `1`, "nested"},
		{`SELECT ` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "nested"},
		{`SELECT 1` + strings.Repeat(" + 1", 15000), "nested"},
		{strings.Repeat(`SELECT * FROM (`, 3000) + `SELECT 1` + strings.Repeat(`)`, 3000), "nested"},
		{`SELECT CASE ` + strings.Repeat(`WHEN 1 THEN CASE `, 3000), "nested"},
		{`SELECT * FROM events a, events b, events c, events d, events e, events f, events g, events h, events i, events j, events k,
			events l, events m, events n, events o, events p, events q, events r, events s, events t`, ""},
	},
}

// TestSQLAttacks: each is refused in words that name it, and the store goes on.
func TestSQLAttacks(t *testing.T) {
	limits := sandbox.DefaultOptions()
	limits.Time = 3 * time.Second
	dir := t.TempDir()
	s := sqlStore(t, duckdb.Options{Dir: dir, Queries: limits}, 1000)
	for kind, all := range attacks {
		t.Run(kind, func(t *testing.T) {
			for _, a := range all {
				begun := time.Now()
				answer, err := s.SQL(t.Context(), store.SQLQuery{SQL: a.sql, Limit: 100})
				short := a.sql[:min(len(a.sql), 100)]
				var fault *store.SQLFault
				switch {
				case err == nil:
					t.Errorf("%s is answered: %.200s", short, answer.Rows)
				case !errors.As(err, &fault) || !strings.Contains(fault.Detail, a.names):
					t.Errorf("%s: %v; want a fault that names %s", short, err, a.names)
				}
				if took := time.Since(begun); took > limits.Time+2*time.Second {
					t.Errorf("%s took %v", short, took)
				}
				if testing.Verbose() {
					t.Logf("%-60.60s %v %v", short, time.Since(begun).Round(time.Millisecond), err)
				}
				commitEvents(t, s, caseEvents(1))
			}
		})
	}
	if _, err := s.SQL(t.Context(), store.SQLQuery{SQL: `SELECT count(*) FROM events`, Limit: 1}); err != nil {
		t.Error("after the attacks nothing is answered any more:", err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "duckdb*")); len(left) > 0 {
		t.Error("queries left files:", left)
	}
}

func TestSQLEndsWithWhoAsked(t *testing.T) {
	s := sqlStore(t, duckdb.Options{Dir: t.TempDir()}, 10)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := s.SQL(ctx, store.SQLQuery{SQL: `SELECT count(*) FROM range(1000000000000)`, Limit: 1})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

func TestSQLAtOnce(t *testing.T) {
	s := sqlStore(t, duckdb.Options{Dir: t.TempDir()}, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			err := store.ErrBusy // as the third may be faster
			for errors.Is(err, store.ErrBusy) {
				_, err = s.SQL(ctx, store.SQLQuery{SQL: `SELECT count(*) FROM range(1000000000000)`, Limit: 1})
			}
			ended <- err
		}()
	}
	var err error
	for deadline := time.Now().Add(5 * time.Second); err == nil && time.Now().Before(deadline); {
		_, err = s.SQL(t.Context(), store.SQLQuery{SQL: `SELECT 1`, Limit: 1})
	}
	cancel()
	if !errors.Is(err, store.ErrBusy) {
		t.Errorf("a third query: %v", err)
	}
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

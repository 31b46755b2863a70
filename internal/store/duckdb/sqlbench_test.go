package duckdb_test

import (
	"testing"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

// BenchmarkSQL asks over a million events, the start of the query's process included.
func BenchmarkSQL(b *testing.B) {
	const blocks, rows = 20, 50_000
	s := open(b, duckdb.Options{Dir: b.TempDir()})
	for range blocks {
		commitEvents(b, s, caseEvents(rows))
	}
	for name, sql := range map[string]string{
		"nothing":  `SELECT 1`,
		"count":    `SELECT count(*) FROM events`,
		"grouped":  `SELECT office, date_trunc('hour', time), count(*), avg(value) FROM events WHERE metric = 'case.opened' GROUP BY ALL`,
		"narrow":   `SELECT count(*) FROM events WHERE time < TIMESTAMP '2026-03-01 01:00:00'`,
		"distinct": `SELECT count(DISTINCT caseId) FROM events`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.SQL(b.Context(), store.SQLQuery{SQL: sql, Limit: 10_000}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(blocks*rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "M-events/s")
		})
	}
}

package duckdb_test

import (
	"testing"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
	"github.com/hms-ops/hms-monitor/internal/store/storetest"
)

func open(t testing.TB, options duckdb.Options) *duckdb.Store {
	t.Helper()
	s, err := duckdb.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T)            { eachLayout(t, storetest.Run) }
func TestAnyHistoryReadsAsModel(t *testing.T) { eachLayout(t, storetest.RunModel) }

// eachLayout has tags in columns, and beyond them.
func eachLayout(t *testing.T, test func(*testing.T, storetest.Opener)) {
	for name, columns := range map[string]int{"tags in columns": 0, "tags beyond the columns": 2} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T, dir string) store.Store {
				return open(t, duckdb.Options{Dir: dir, TagColumns: columns})
			})
		})
	}
}

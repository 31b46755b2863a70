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

func TestConformance(t *testing.T) {
	t.Run("tags in columns", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T, dir string) store.Store { return open(t, duckdb.Options{Dir: dir}) })
	})
	t.Run("tags beyond the columns", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T, dir string) store.Store {
			return open(t, duckdb.Options{Dir: dir, TagColumns: 2})
		})
	})
}

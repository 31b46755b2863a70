package duckdb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
	"github.com/hms-ops/hms-monitor/test/smalldisk"
)

// TestNoSpace fills a disk: the commit that finds no room changes nothing, reads
// go on, and once there is room again so do commits.
func TestNoSpace(t *testing.T) {
	for name, limit := range map[string]int64{"while logging": 1 << 30, "while checkpointing": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			dir := smalldisk.Mount(t, "8m")
			ballast := filepath.Join(dir, "ballast")
			if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, duckdb.Options{Dir: dir, WALLimit: limit})
			defer func() { _ = s.Close() }()
			refuse(t, s)
			checkWhole(t, s)
			refuse(t, s) // again, and again without harm
			checkWhole(t, s)

			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := s.Commit(context.Background(), commitAfter(s.Position())); err != nil {
					t.Fatalf("with room again: %v", err)
				}
			}
			checkWhole(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, duckdb.Options{Dir: dir})
			checkWhole(t, s)
		})
	}
}

// refuse commits until the disk is full.
func refuse(t *testing.T, s *duckdb.Store) {
	t.Helper()
	for range 5000 {
		before := s.Position()
		err := s.Commit(context.Background(), commitAfter(before))
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNoSpace) {
			t.Fatalf("on a full disk: %v, want ErrNoSpace", err)
		}
		if s.Position() != before {
			t.Fatalf("the refused commit moved the position from %+v to %+v", before, s.Position())
		}
		return
	}
	t.Fatal("the disk never fills")
}

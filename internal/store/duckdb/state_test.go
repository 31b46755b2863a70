package duckdb_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

// saveAlone commits nothing but a state.
func saveAlone(t *testing.T, s *duckdb.Store, name string, data []byte) {
	t.Helper()
	c := store.Commit{Position: s.Position(), State: map[string][]byte{name: data}}
	if err := s.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func stateFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, duckdb.FileName+".state", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestStateFiles: large states leave no more files than there are, whatever
// became of the commits that brought them.
func TestStateFiles(t *testing.T) {
	dir, large := t.TempDir(), bytes.Repeat([]byte("state"), 1<<20)
	s := open(t, duckdb.Options{Dir: dir})
	want := func(n int, when string) {
		t.Helper()
		if files := stateFiles(t, dir); len(files) != n {
			t.Fatalf("%s there are the files %v, want %d", when, files, n)
		}
	}
	want(0, "without large states")
	for range 3 {
		saveAlone(t, s, "kpi", large)
		saveAlone(t, s, "other", large)
	}
	want(2, "after replacing")

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Commit(ended, store.Commit{Position: s.Position(), State: map[string][]byte{"kpi": large[1:]}})
	if err == nil {
		t.Fatal("a commit is accepted although its context has ended")
	}
	want(2, "after a commit that failed")

	saveAlone(t, s, "other", []byte("small"))
	want(1, "after a small one in its place")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, duckdb.FileName+".state", "77.state")
	if err := os.WriteFile(left, []byte("of a commit that was never finished"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, duckdb.Options{Dir: dir})
	defer s.Close()
	want(1, "after opening")
	if got, err := s.State("kpi"); err != nil || !bytes.Equal(got, large) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	saveAlone(t, s, "kpi", nil)
	want(0, "after forgetting")
}

// TestStateDamaged: what is not as it was written is not given back.
func TestStateDamaged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, duckdb.Options{Dir: dir})
	defer s.Close()
	saveAlone(t, s, "kpi", make([]byte, 2<<20))
	file := stateFiles(t, dir)[0]
	for _, harm := range []func() error{
		func() error { return os.WriteFile(file, make([]byte, 1<<20), 0o600) },
		func() error { return os.Remove(file) },
	} {
		if err := harm(); err != nil {
			t.Fatal(err)
		}
		if data, err := s.State("kpi"); err == nil || data != nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%d bytes, %v, want an error that names %s", len(data), err, file)
		}
	}
	saveAlone(t, s, "kpi", []byte("anew"))
	if data, err := s.State("kpi"); string(data) != "anew" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestMigration opens a file of the first version of the tables.
func TestMigration(t *testing.T) {
	dir := t.TempDir()
	s := open(t, duckdb.Options{Dir: dir})
	saveAlone(t, s, "kpi", []byte("of old"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, dir, `ALTER TABLE state DROP COLUMN file`)
	alter(t, dir, `ALTER TABLE state DROP COLUMN hash`)
	alter(t, dir, `ALTER TABLE state ALTER COLUMN data SET NOT NULL`)
	for _, column := range []string{"kind", "observations", "certainty", "annotations", "evidence"} {
		alter(t, dir, `ALTER TABLE alerts DROP COLUMN `+column)
	}
	alter(t, dir, `INSERT INTO alerts (seq, n, rule, state, previous, metric, condition, judged, time, since, value)
		VALUES (0, 1, 'rate', 'critical', 'ok', 'rate', 'below 2', epoch_ms(5), epoch_ms(4), epoch_ms(3), 1)`)
	alter(t, dir, `UPDATE schema_version SET version = 1`)
	for range 2 {
		s = open(t, duckdb.Options{Dir: dir})
		if data, err := s.State("kpi"); string(data) != "of old" {
			t.Fatalf("%q, %v", data, err)
		}
		alerts, err := s.Alerts(t.Context(), 0, 0, nil, 10)
		if err != nil || len(alerts) != 1 || alerts[0].Kind != alert.KindThreshold || alerts[0].Provisional || alerts[0].At != 5 {
			t.Fatalf("alerts %v, %v", alerts, err)
		}
		saveAlone(t, s, "large", make([]byte, 2<<20))
		if data, err := s.State("large"); len(data) != 2<<20 {
			t.Fatalf("%d bytes, %v", len(data), err)
		}
		_ = s.Close()
	}
}

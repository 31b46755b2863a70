package duckdb_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
)

func TestOptions(t *testing.T) {
	_, err := duckdb.Open(t.Context(), duckdb.Options{TagColumns: -1, MemoryLimit: 1, Threads: -1, WALLimit: -1})
	if err == nil {
		t.Fatal("options that are all wrong are accepted")
	}
	for _, fault := range []string{"dir", "tag_columns", "memory_limit", "threads", "wal_limit"} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("%s is not named in: %v", fault, err)
		}
	}
}

func TestHeldByThisProcess(t *testing.T) {
	dir := t.TempDir()
	s := open(t, duckdb.Options{Dir: dir})
	if _, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir}); !errors.Is(err, store.ErrHeld) {
		t.Errorf("a second opening: %v, want ErrHeld", err)
	}
	if err := s.Commit(t.Context(), commitAfter(s.Position())); err != nil {
		t.Errorf("the first is disturbed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, duckdb.Options{Dir: dir})
	checkWhole(t, s)
	_ = s.Close()
}

const heldDir = "HMS_TEST_HELD_DIR"

// TestOpenHeld is the process that TestHeldByAnotherProcess starts.
func TestOpenHeld(t *testing.T) {
	dir := os.Getenv(heldDir)
	if dir == "" {
		t.Skip("runs only as the process that TestHeldByAnotherProcess starts")
	}
	if _, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir}); !errors.Is(err, store.ErrHeld) {
		t.Fatalf("opening: %v, want ErrHeld", err)
	}
}

func TestHeldByAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	s := open(t, duckdb.Options{Dir: dir})
	defer s.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestOpenHeld$")
	child.Env = append(os.Environ(), heldDir+"="+dir)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestNewer opens what a later version has written.
func TestNewer(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, duckdb.Options{Dir: dir}).Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, dir, `UPDATE schema_version SET version = version + 1`)
	_, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir})
	if !errors.Is(err, store.ErrNewer) {
		t.Fatalf("opening: %v, want ErrNewer", err)
	}
	alter(t, dir, `UPDATE schema_version SET version = version - 1`)
	s := open(t, duckdb.Options{Dir: dir})
	_ = s.Close()
}

// alter runs a statement on the closed file, as a person with another client may.
func alter(t *testing.T, dir, statement string) {
	t.Helper()
	connector, err := driver.NewConnector(filepath.Join(dir, duckdb.FileName), nil)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// TestNotADatabase opens a file that is something else, and leaves it alone.
func TestNotADatabase(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, duckdb.FileName)
	text := strings.Repeat("this is no database\n", 1000)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Fatalf("opening: %v, want an error that names %s", err, path)
	}
	if kept, _ := os.ReadFile(path); string(kept) != text {
		t.Fatal("the file was changed")
	}
}

// TestBulkBytesPerEvent holds the size on disk that docs/adr/0003-store.md claims.
func TestBulkBytesPerEvent(t *testing.T) {
	const rows, most = 250_000, 20
	dir := t.TempDir()
	s := open(t, duckdb.Options{Dir: dir})
	fill(t, s, newLoad(false), rows)
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	info, err := os.Stat(filepath.Join(dir, duckdb.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(info.Size()) / rows; got > most {
		t.Errorf("%.1f bytes an event, want at most %d", got, most)
	} else {
		t.Logf("%.1f bytes an event", got)
	}
}

// TestBulkRetainedSpace: what retention deletes makes room for what comes.
func TestBulkRetainedSpace(t *testing.T) {
	const rows = 250_000
	dir := t.TempDir()
	s := open(t, duckdb.Options{Dir: dir})
	defer s.Close()
	l := newLoad(false)
	var sizes []int64
	for range 4 {
		fill(t, s, l, rows)
		newest := 1_700_000_000_000 + int64(l.seq/300)
		if _, err := s.Retain(t.Context(), newest-rows/300, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, duckdb.FileName))
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	if sizes[3] > 2*sizes[1] {
		t.Errorf("the file grows although what is kept does not: %v bytes", sizes)
	}
	t.Logf("%v bytes", sizes)
}

package duckdb

import (
	"path/filepath"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// TestLockdown: whatever statement gets through to DuckDB, it reaches no other
// file, no network and no extension, and cannot allow itself to.
func TestLockdown(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	outside := filepath.Join(t.TempDir(), "x")
	for _, statement := range []string{
		`SELECT * FROM read_text('/etc/hostname')`,
		`SELECT * FROM read_csv('/etc/passwd')`,
		`SELECT * FROM '/etc/passwd'`,
		`SELECT * FROM glob('/etc/*')`,
		`COPY events TO '` + outside + `'`,
		`ATTACH '` + outside + `'`,
		`EXPORT DATABASE '` + outside + `'`,
		`INSTALL httpfs`,
		`LOAD httpfs`,
		`SELECT * FROM read_csv('http://127.0.0.1:1/x')`,
		`SET enable_external_access = true`,
		`SET lock_configuration = false`,
		`SET memory_limit = '100GB'`,
	} {
		err := s.readers.do(t.Context(), func(c *native.Conn) error { return c.Exec(t.Context(), statement) })
		if err == nil {
			t.Errorf("%s is allowed", statement)
		}
	}
}

// TestFreeNames: no two keys share a column, whatever they are.
func TestFreeNames(t *testing.T) {
	l, statements := newLayout().with([]string{"value", "VALUE", "tag_value", "Tag_Value_2", "", "\x00", "a\x00", "a", "A", "rowid"}, 100)
	names := map[string]bool{}
	for _, tag := range l.tags {
		if tag.name == "" {
			t.Errorf("%q has a column without a name", tag.key)
		}
		names[tag.name] = true
	}
	if len(names) != 10 || len(statements) != 20 {
		t.Errorf("10 keys have the columns %v by %d statements", names, len(statements))
	}
	again, none := l.with([]string{"a", "A"}, 100)
	if again != l || none != nil {
		t.Error("known keys change the layout")
	}
}

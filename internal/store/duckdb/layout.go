package duckdb

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// moreTags is the column of maps for the keys that have none of their own.
const moreTags = "more_tags"

// layout says which column of table events holds which tag. It is immutable:
// with derives the next one.
type layout struct {
	// columns names each key's column; "" means that it is in more_tags.
	columns map[string]string
	// order lists the columns behind the fixed ones as the table has them.
	order []column
	// tags are those of order that hold one key, ordered by key.
	tags []column
	// hasMore: the table has the column more_tags.
	hasMore bool
	taken   map[string]bool
}

// column is one that holds a tag; more_tags has no key.
type column struct{ key, name string }

func newLayout() *layout {
	l := &layout{columns: map[string]string{}, taken: map[string]bool{moreTags: true, "rowid": true}}
	for _, name := range fixedColumns {
		l.taken[name] = true
	}
	return l
}

// allKeys lists every key, ordered.
func (l *layout) allKeys() []string {
	keys := make([]string, 0, len(l.columns))
	for key := range l.columns {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// with gives the layout that also has keys, and the statements that lead there.
// At most limit keys get a column of their own.
func (l *layout) with(keys []string, limit int) (*layout, []statement) {
	var next *layout
	var statements []statement
	for _, key := range keys {
		if _, known := l.columns[key]; known {
			continue
		}
		if next == nil {
			next = l.clone()
		}
		name := ""
		switch {
		case len(next.tags) < limit:
			name = next.free(key)
			next.add(column{key: key, name: name})
			statements = append(statements, statement{sql: `ALTER TABLE events ADD COLUMN ` + quote(name) + ` VARCHAR`})
		case !next.hasMore:
			next.add(column{name: moreTags})
			statements = append(statements, statement{sql: `ALTER TABLE events ADD COLUMN more_tags MAP(VARCHAR, VARCHAR)`})
		}
		next.columns[key] = name
		args := []any{key, nil}
		if name != "" {
			args[1] = name
		}
		statements = append(statements, statement{sql: `INSERT INTO tag_columns VALUES (?, ?)`, args: args})
	}
	if next == nil {
		return l, nil
	}
	next.sortTags()
	return next, statements
}

type statement struct {
	sql  string
	args []any
}

func (l *layout) clone() *layout {
	next := &layout{
		columns: make(map[string]string, len(l.columns)+1),
		order:   slices.Clone(l.order),
		tags:    slices.Clone(l.tags),
		hasMore: l.hasMore,
		taken:   make(map[string]bool, len(l.taken)+1),
	}
	maps.Copy(next.columns, l.columns)
	for name := range l.taken {
		next.taken[name] = true
	}
	return next
}

func (l *layout) add(c column) {
	l.order = append(l.order, c)
	l.taken[strings.ToLower(c.name)] = true
	if c.name == moreTags {
		l.hasMore = true
	} else {
		l.tags = append(l.tags, c)
	}
}

func (l *layout) sortTags() {
	slices.SortFunc(l.tags, func(a, b column) int { return strings.Compare(a.key, b.key) })
}

// free finds a column name for a key: the key itself, else "tag_" before it,
// else a number behind that. DuckDB does not tell upper from lower case in
// names, and they can hold neither nothing nor a zero byte.
func (l *layout) free(key string) string {
	usable := key != "" && !strings.ContainsRune(key, 0)
	if usable && !l.taken[strings.ToLower(key)] {
		return key
	}
	base := "tag_" + strings.ReplaceAll(key, "\x00", "")
	name := base
	for i := 2; l.taken[strings.ToLower(name)]; i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	return name
}

// loadLayout reads the layout of the file.
func loadLayout(ctx context.Context, c *native.Conn) (*layout, error) {
	l := newLayout()
	keyOf := map[string]string{}
	err := each(ctx, c, func(r *native.Result, row int) error {
		key, name := r.Texts(0).Copy(row), r.Texts(1).Copy(row)
		l.columns[key] = name
		if name != "" {
			keyOf[name] = key
		}
		return nil
	}, `SELECT key, column_name FROM tag_columns`)
	if err != nil {
		return nil, err
	}
	err = each(ctx, c, func(r *native.Result, row int) error {
		name := r.Texts(0).Copy(row)
		if key, ok := keyOf[name]; ok || name == moreTags {
			l.add(column{key: key, name: name})
		}
		return nil
	}, `SELECT column_name FROM duckdb_columns() WHERE table_name = 'events' ORDER BY column_index`)
	l.sortTags()
	return l, err
}

// each calls f for every row of a query's result.
func each(ctx context.Context, c *native.Conn, f func(r *native.Result, row int) error, query string, args ...any) error {
	r, err := c.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer r.Close()
	for n := r.Next(); n > 0; n = r.Next() {
		for row := range n {
			if err := f(r, row); err != nil {
				return err
			}
		}
	}
	return nil
}

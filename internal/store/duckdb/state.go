package duckdb

import (
	"context"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// stateRow is what the table has of a state: the value, or the file with it.
type stateRow struct {
	data []byte
	file stateFile
}

// State gives back what the last commits saved under name, nil if nothing.
func (s *Store) State(name string) ([]byte, error) {
	for failed := (stateFile{}); ; {
		row, err := s.stateRow(name)
		if err != nil || row.file == (stateFile{}) {
			return row.data, err
		}
		data, err := s.files.read(row.file)
		if err == nil {
			return data, nil
		}
		if row.file == failed {
			return nil, fmt.Errorf("the state %q cannot be read; restore the data directory as a whole: %w", name, err)
		}
		failed = row.file // unless a commit replaced it between the two
	}
}

func (s *Store) stateRow(name string) (row stateRow, err error) {
	ctx := context.Background()
	err = s.readers.do(ctx, func(c *native.Conn) error {
		return each(ctx, c, func(r *native.Result, i int) error {
			if r.Has(1, i) {
				row.file = stateFile{number: r.Int64s(1)[i], hash: uint64(r.Int64s(2)[i])}
			} else {
				row.data = []byte(r.Texts(0).Borrow(i))
			}
			return nil
		}, `SELECT data, file, hash FROM state WHERE name = ?`, name)
	})
	return row, err
}

// States lists the names under which something is saved, ordered.
func (s *Store) States() (names []string, err error) {
	ctx := context.Background()
	err = s.readers.do(ctx, func(c *native.Conn) error {
		return each(ctx, c, func(r *native.Result, i int) error {
			names = append(names, r.Texts(0).Copy(i))
			return nil
		}, `SELECT name FROM state ORDER BY name`)
	})
	return names, err
}

// saveStates replaces the rows of states; files has those that are not to be in
// the table.
func saveStates(ctx context.Context, w *native.Conn, states map[string][]byte, files map[string]stateFile) error {
	for name, data := range states {
		if err := w.Exec(ctx, `DELETE FROM state WHERE name = ?`, name); err != nil {
			return err
		}
		var err error
		switch file, large := files[name]; {
		case large:
			err = w.Exec(ctx, `INSERT INTO state VALUES (?, NULL, ?, ?)`, name, file.number, file.hash)
		case data != nil:
			err = w.Exec(ctx, `INSERT INTO state VALUES (?, ?, NULL, NULL)`, name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// State gives back what the last commits saved under name, nil if nothing.
func (s *Store) State(name string) ([]byte, error) {
	var data []byte
	ctx := context.Background()
	err := s.readers.do(ctx, func(c *native.Conn) error {
		return each(ctx, c, func(r *native.Result, row int) error {
			data = []byte(r.Texts(0).Borrow(row))
			return nil
		}, `SELECT data FROM state WHERE name = ?`, name)
	})
	return data, err
}

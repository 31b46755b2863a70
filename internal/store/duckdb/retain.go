package duckdb

import (
	"context"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Retain deletes events older than before and keys received before keysBefore.
// DuckDB gives the room of whole row groups to later commits.
func (s *Store) Retain(ctx context.Context, before, keysBefore int64) (uint64, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.ready(ctx); err != nil {
		return 0, err
	}
	l := s.view.Load().layout
	remaining := s.catalogue.copied()
	deleted := int64(0)
	err := s.transact(ctx, func(w *native.Conn) error {
		if err := w.Exec(ctx, `DELETE FROM request_keys WHERE received < ?`, native.Millis(keysBefore)); err != nil {
			return err
		}
		gone, err := count(ctx, w, l, `time < ?`, native.Millis(before))
		if err != nil || len(gone) == 0 {
			return err
		}
		for _, m := range gone {
			deleted += m.events
		}
		if err := w.Exec(ctx, `DELETE FROM events WHERE time < ?`, native.Millis(before)); err != nil {
			return err
		}
		remaining.subtract(gone)
		err = each(ctx, w, func(r *native.Result, row int) error {
			remaining.of(r.Texts(0).Copy(row)).first = r.Int64s(1)[row]
			return nil
		}, `SELECT metric, min(time) FROM events GROUP BY metric`)
		if err != nil {
			return err
		}
		return saveTally(ctx, w, remaining)
	})
	if err != nil {
		return 0, err
	}
	if deleted > 0 {
		s.catalogue.set(remaining)
		s.counted = s.Position().Seq
	}
	s.dirty = true
	return uint64(deleted), nil
}

// Checkpoint moves what was committed out of the write-ahead log into columns.
func (s *Store) Checkpoint(ctx context.Context) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.checkpoint(ctx)
}

func (s *Store) checkpoint(ctx context.Context) error {
	if !s.dirty {
		return nil
	}
	t := s.catalogue.copied()
	err := s.transact(ctx, func(w *native.Conn) error { return saveTally(ctx, w, t) })
	if err != nil {
		return err
	}
	s.counted = s.Position().Seq
	// Not to be refused while reads come and go; it does not wait for them to end.
	if err := s.writer.Exec(ctx, `FORCE CHECKPOINT`); err != nil {
		return s.repaired(ctx, err)
	}
	s.dirty = false
	return nil
}

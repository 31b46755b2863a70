package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// open opens the file and reads what is kept in memory of it. first: nothing in
// this process may have it open yet.
func (s *Store) open(ctx context.Context, first bool) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o750); err != nil {
		return fmt.Errorf("the store's directory cannot be made: %w", err)
	}
	db, err := native.Open(s.path, s.options.settings())
	if err != nil {
		return fmt.Errorf("the store %s cannot be opened: %w", s.path, explain(err))
	}
	err = s.load(ctx, db, first)
	if err != nil {
		if s.writer != nil {
			s.writer.Close()
			s.writer = nil
		}
		db.Close()
		return fmt.Errorf("the store %s cannot be read: %w", s.path, explain(err))
	}
	s.readers.use(db)
	return nil
}

func (s *Store) load(ctx context.Context, db *native.Database, first bool) (err error) {
	c, err := db.Connect()
	if err != nil {
		return err
	}
	s.writer = c
	if first {
		open, err := one(ctx, c, `SELECT count FROM duckdb_connection_count()`)
		if err != nil {
			return err
		}
		if open > 1 {
			return fmt.Errorf("%w: this process has it open already", store.ErrHeld)
		}
	}
	if err := prepareSchema(ctx, c); err != nil {
		return err
	}
	v := &view{}
	err = each(ctx, c, func(r *native.Result, row int) error {
		v.position = store.Position{LogSeq: uint64(r.Int64s(0)[row]), Seq: uint64(r.Int64s(1)[row])}
		s.counted = uint64(r.Int64s(2)[row])
		return nil
	}, `SELECT log_seq, event_seq, counted_seq FROM position`)
	if err != nil {
		return err
	}
	if v.layout, err = loadLayout(ctx, c); err != nil {
		return err
	}
	if s.keys, err = one(ctx, c, `SELECT max(n) FROM request_keys`); err != nil {
		return err
	}
	t, err := loadTally(ctx, c)
	if err != nil {
		return err
	}
	rest, err := count(ctx, c, v.layout, `seq > ?`, int64(s.counted))
	if err != nil {
		return err
	}
	t.add(rest)
	if err := s.files.load(ctx, c); err != nil {
		return err
	}
	s.swept(s.files.sweep())
	s.catalogue.set(t)
	s.view.Store(v)
	s.dirty = s.walSize() > 0
	return nil
}

// shut closes the database; reads fail until it is opened again.
func (s *Store) shut() {
	if s.writer != nil {
		s.writer.Close()
		s.writer = nil
	}
	s.readers.retire()
}

// ready opens the database again if a failure closed it.
func (s *Store) ready(ctx context.Context) error {
	if s.writer != nil {
		return nil
	}
	return s.open(ctx, false)
}

// walSize is the size of the write-ahead log, 0 where there is none.
func (s *Store) walSize() int64 {
	info, err := os.Stat(s.path + ".wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// explain puts the port's error before the cause where there is one for it.
func explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: make room, and it goes on by itself (%w)", store.ErrNoSpace, err)
	}
	var failed *native.Error
	if !errors.As(err, &failed) {
		return err
	}
	switch {
	case mentions(failed, "No space left on device", "Disk quota exceeded", "File too large"):
		return fmt.Errorf("%w: make room, and it goes on by itself (%w)", store.ErrNoSpace, err)
	case mentions(failed, "Could not set lock on file", "Conflicting lock is held"):
		return fmt.Errorf("%w: end the other process first (%w)", store.ErrHeld, err)
	case mentions(failed, "database file with version number", "storage version"):
		return fmt.Errorf("%w: run the program that wrote it, or a later one (%w)", store.ErrNewer, err)
	}
	return err
}

func mentions(err *native.Error, texts ...string) bool {
	for _, text := range texts {
		if strings.Contains(err.Message, text) {
			return true
		}
	}
	return false
}

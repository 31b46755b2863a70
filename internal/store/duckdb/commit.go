package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// uncountedLimit is how many events may follow the catalogue that the file has
// before a checkpoint renews it: opening counts them.
const uncountedLimit = 2_000_000

// Commit applies c in one transaction, or changes nothing and says why.
func (s *Store) Commit(ctx context.Context, c store.Commit) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	before := s.view.Load()
	if err := follows(before.position, c); err != nil {
		return err
	}
	next, err := s.apply(ctx, before.layout, c)
	if err != nil {
		// A failure while the transaction ends leaves it open whether it was
		// applied. The file knows, once it has been opened again.
		if s.writer != nil && s.Position() != before.position && s.Position() == c.Position {
			return nil
		}
		return fmt.Errorf("nothing was stored: %w", err)
	}
	s.catalogue.count(c.Events)
	s.keys += int64(len(c.Keys))
	s.view.Store(next)
	s.dirty = true
	if s.walSize() > s.options.WALLimit || c.Position.Seq-s.counted > uncountedLimit {
		if err := s.checkpoint(ctx); err != nil {
			s.log.Warn("the store's checkpoint failed; the commit before it stands", "error", err)
		}
	}
	return nil
}

// apply stores c and gives the view that shows it.
func (s *Store) apply(ctx context.Context, l *layout, c store.Commit) (*view, error) {
	next := &view{position: c.Position}
	files, err := s.files.write(c.State)
	if err != nil {
		s.swept(s.files.sweep())
		return nil, explain(err)
	}
	err = s.transact(ctx, func(w *native.Conn) (err error) {
		if next.layout, err = s.insert(ctx, w, l, c); err != nil {
			return err
		}
		return saveStates(ctx, w, c.State, files)
	})
	switch {
	case err == nil:
		s.swept(s.files.committed(c.State, files))
	case s.writer != nil: // else nobody knows yet which files the table refers to
		s.swept(s.files.sweep())
	}
	return next, err
}

// swept tells of files that could not be removed.
func (s *Store) swept(err error) {
	if err != nil {
		s.log.Warn("files of states that are no longer used could not be removed; the next such commit tries again", "error", err)
	}
}

// follows checks that c comes next, so that nothing is ever applied twice.
func follows(at store.Position, c store.Commit) error {
	rows := 0
	if c.Events != nil {
		rows = c.Events.Len()
	}
	switch {
	case c.Position.Seq != at.Seq+uint64(rows):
		return fmt.Errorf("a commit of %d events up to number %d does not follow number %d", rows, c.Position.Seq, at.Seq)
	case c.Position.LogSeq < at.LogSeq:
		return fmt.Errorf("a commit up to log message %d comes before message %d, which is stored", c.Position.LogSeq, at.LogSeq)
	case len(c.Received) != rows:
		return fmt.Errorf("a commit of %d events has %d times of receipt", rows, len(c.Received))
	}
	return nil
}

// transact runs f in a transaction of the writer. If it fails in a way that
// leaves DuckDB unusable, the database is opened again.
func (s *Store) transact(ctx context.Context, f func(*native.Conn) error) error {
	err := s.writer.Exec(ctx, `BEGIN`)
	if err == nil {
		err = f(s.writer)
		if err == nil {
			// Not to be interrupted: it is over in a moment, and done or not.
			err = s.writer.Exec(context.WithoutCancel(ctx), `COMMIT`)
		}
		if err != nil {
			err = errors.Join(err, ignoreNoTransaction(s.writer.Exec(context.WithoutCancel(ctx), `ROLLBACK`)))
		}
	}
	if err == nil {
		return nil
	}
	return s.repaired(ctx, err)
}

// ignoreNoTransaction drops the error of rolling back what a failed COMMIT has
// rolled back already.
func ignoreNoTransaction(err error) error {
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

// repaired opens the database again after an error that DuckDB does not survive
// and gives the error in the port's terms.
func (s *Store) repaired(ctx context.Context, err error) error {
	told := explain(err)
	var failed *native.Error
	if errors.As(err, &failed) && (failed.Fatal() || errors.Is(told, store.ErrNoSpace)) {
		s.shut()
		if again := s.open(context.WithoutCancel(ctx), false); again != nil {
			return errors.Join(told, again)
		}
		s.log.Warn("the store was opened again after a failure", "error", told)
	}
	return told
}

// insert writes all of c but its states, and gives the layout that its tags lead to.
func (s *Store) insert(ctx context.Context, w *native.Conn, l *layout, c store.Commit) (*layout, error) {
	if c.Events != nil && c.Events.Len() > 0 {
		keys := make([]string, len(c.Events.Tags))
		for i := range c.Events.Tags {
			keys[i] = c.Events.Tags[i].Key
		}
		var changes []statement
		l, changes = l.with(keys, s.options.TagColumns)
		for _, change := range changes {
			if err := w.Exec(ctx, change.sql, change.args...); err != nil {
				return nil, err
			}
		}
		first := c.Position.Seq - uint64(c.Events.Len()) + 1
		if err := w.Append(ctx, "events", c.Events.Len(), eventColumns(l, c.Events, first, c.Received)); err != nil {
			return nil, err
		}
	}
	if err := w.Append(ctx, "request_keys", len(c.Keys), keyColumns(c.Keys, s.keys)); err != nil {
		return nil, err
	}
	if err := w.Append(ctx, "alerts", len(c.Alerts), alertColumns(c.Alerts)); err != nil {
		return nil, err
	}
	return l, w.Exec(ctx, fmt.Sprintf(`UPDATE position SET log_seq = %d, event_seq = %d`, c.Position.LogSeq, c.Position.Seq))
}

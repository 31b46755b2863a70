// Package duckdb keeps events in one DuckDB file: the adapter of store.Store for
// a single machine, and the only place with cgo in it. It knows nothing of HTTP,
// the log or KPIs; app opens it, the pipeline commits to it, the HTTP API reads.
//
// docs/formats/store.md describes the tables and the files beside them,
// docs/adr/0003-store.md why they are so.
package duckdb

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/sandbox"
)

// Store is a store.Store in a DuckDB file.
type Store struct {
	path    string
	options Options
	log     *slog.Logger

	// write is held by whoever changes the database: Commit, Retain, Checkpoint
	// and Close.
	write sync.Mutex
	// writer is the connection that changes it; nil while the database could
	// not be opened again after a failure.
	writer *native.Conn
	// keys is the number of the last idempotency key.
	keys int64
	// counted is the number of the last event in the file's catalogue.
	counted uint64
	// dirty: something was committed since the last checkpoint.
	dirty bool

	// files has the states that are too large for the database.
	files stateFiles

	readers readers
	// queries runs the SQL of others.
	queries *sandbox.Sandbox
	// view is what readers go by: it changes after a commit, never within.
	view atomic.Pointer[view]
	// catalogue counts the events of view per metric.
	catalogue catalogue
}

// view is the committed state that reads are bound to.
type view struct {
	position store.Position
	layout   *layout
}

var _ store.Store = (*Store)(nil)

// Open opens the store in a directory, or makes one there.
func Open(ctx context.Context, options Options) (*Store, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Store{
		path:    filepath.Join(options.Dir, FileName),
		options: options,
		log:     options.Logger,
		queries: sandbox.New(options.Queries),
	}
	s.files.dir = s.path + ".state"
	s.readers.init(options.Threads)
	if err := s.open(ctx, true); err != nil {
		return nil, err
	}
	return s, nil
}

// Position is that of the last commit.
func (s *Store) Position() store.Position { return s.view.Load().position }

// TagKeys lists every tag key ever stored, ordered.
func (s *Store) TagKeys() []string { return s.view.Load().layout.allKeys() }

// Close moves everything into its final form and closes the file. What cannot
// be moved stays in the write-ahead log, which the next opening reads.
func (s *Store) Close() error {
	s.write.Lock()
	defer s.write.Unlock()
	if s.writer == nil {
		return nil
	}
	if err := s.checkpoint(context.Background()); err != nil {
		s.log.Warn("the store is closed without a checkpoint", "error", err)
	}
	s.shut()
	return nil
}

package duckdb

import (
	"context"
	"errors"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// errClosed is what reads get between a failure and its repair.
var errClosed = errors.New("the store is closed; it is opened again by the next commit")

// readers lends connections to reads, and keeps the database open while one is
// out.
type readers struct {
	open sync.RWMutex // held for reading while a connection is lent
	db   *native.Database
	// slots bounds the reads that run at a time; those beyond it wait.
	slots chan struct{}
	mu    sync.Mutex
	idle  []*native.Conn
}

func (r *readers) init(threads int) { r.slots = make(chan struct{}, max(4, 2*threads)) }

// use makes a database the one that is read.
func (r *readers) use(db *native.Database) {
	r.open.Lock()
	defer r.open.Unlock()
	r.db = db
}

// retire waits for reads to end and closes the database.
func (r *readers) retire() {
	r.open.Lock()
	defer r.open.Unlock()
	for _, c := range r.idle {
		c.Close()
	}
	r.idle = nil
	if r.db != nil {
		r.db.Close()
		r.db = nil
	}
}

// do runs f on a connection of its own.
func (r *readers) do(ctx context.Context, f func(*native.Conn) error) error {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.slots }()
	r.open.RLock()
	defer r.open.RUnlock()
	if r.db == nil {
		return errClosed
	}
	c, err := r.take()
	if err != nil {
		return err
	}
	if err := f(c); err != nil {
		c.Close() // whatever state the error left it in
		return explain(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = append(r.idle, c)
	return nil
}

func (r *readers) take() (*native.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		c := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return c, nil
	}
	return r.db.Connect()
}

package native

import (
	"context"
	"errors"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Conn is a connection, for one goroutine at a time.
type Conn struct{ conn mapping.Connection }

// Close gives the connection back; an open transaction is rolled back.
func (c *Conn) Close() { mapping.Disconnect(&c.conn) }

// Exec runs statements for their effect. Several may be given, separated by
// semicolons, where there are no arguments.
func (c *Conn) Exec(ctx context.Context, query string, args ...any) error {
	result, err := c.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	result.Close()
	return nil
}

// Query runs a statement and keeps its whole result until that is closed.
func (c *Conn) Query(ctx context.Context, query string, args ...any) (*Result, error) {
	result := &Result{}
	err := c.interruptible(ctx, func() error {
		if len(args) == 0 {
			return result.done(mapping.Query(c.conn, query, &result.result))
		}
		var stmt mapping.PreparedStatement
		defer func() { mapping.DestroyPrepare(&stmt) }()
		if mapping.Prepare(c.conn, query, &stmt) == mapping.StateError {
			return errorOf(mapping.ErrorTypeInvalid, mapping.PrepareError(stmt))
		}
		if err := bind(stmt, args); err != nil {
			return err
		}
		return result.done(mapping.ExecutePrepared(stmt, &result.result))
	})
	if err != nil {
		result.Close()
		return nil, err
	}
	return result, nil
}

// interruptEvery repeats the interruption, because DuckDB forgets one that
// arrives before the statement has begun.
const interruptEvery = 20 * time.Millisecond

// interruptible runs f and interrupts it once ctx ends.
func (c *Conn) interruptible(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Done() == nil {
		return f()
	}
	done, stopped := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		for {
			mapping.Interrupt(c.conn)
			select {
			case <-done:
				return
			case <-time.After(interruptEvery):
			}
		}
	})
	err := f()
	close(done)
	if !stop() {
		<-stopped // or it would interrupt the next statement
	}
	var failed *Error
	if ctx.Err() != nil && errors.As(err, &failed) && failed.Kind == mapping.ErrorTypeInterrupt {
		return ctx.Err()
	}
	return err
}

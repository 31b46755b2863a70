package eventlog

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart.
var (
	// ErrNoSpace: the disk is full, or nearly. Appends succeed again, without
	// a restart, once there is room.
	ErrNoSpace = errors.New("no space left for the event log")
	// ErrUnavailable: the log cannot be reached, or is being restarted. An
	// Append that ends with it, with ErrNoSpace, or with the error of its
	// context may have been stored all the same: it is never repeated here,
	// the sender does so under the same idempotency key.
	ErrUnavailable = errors.New("the event log is not available")
	// ErrTooLarge: the payload is above MaxPayload.
	ErrTooLarge = errors.New("too large for the event log")
	// ErrGap: messages that the reader asked for are no longer, or not, there.
	ErrGap = errors.New("gap in the event log")
	// ErrHeld: another process has the directory open.
	ErrHeld = errors.New("event log held by another process")
)

var errClosed = fmt.Errorf("%w: it was closed", ErrUnavailable)

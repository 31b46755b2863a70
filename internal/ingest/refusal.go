package ingest

import (
	"errors"
	"fmt"
)

// Reason is why a request was refused as a whole.
type Reason int

// The reasons; the HTTP API gives each its status.
const (
	Malformed Reason = iota
	TooLarge
	WrongType
	Overloaded
	Unavailable
	NoSpace
)

// FieldError is one fault of one event. Index counts events from 0; -1 when
// the fault is the body's and not an event's.
type FieldError struct {
	Index  int
	Field  string
	Detail string
}

// Refusal says why nothing of a request was stored.
type Refusal struct {
	Reason Reason
	Detail string
	Errors []FieldError
}

func (r *Refusal) Error() string {
	if len(r.Errors) == 0 {
		return r.Detail
	}
	e := r.Errors[0]
	return fmt.Sprintf("%s: event %d, %s: %s", r.Detail, e.Index, e.Field, e.Detail)
}

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// What an Appender's errors wrap, so that a refusal can name the cause.
var (
	ErrNoSpace     = errors.New("no space left for the event log")
	ErrUnavailable = errors.New("the event log cannot be reached")
	ErrTooLarge    = errors.New("more than the event log takes in one piece")
)

// maxReported is how many faults of a request are listed; decoding stops there.
const maxReported = 20

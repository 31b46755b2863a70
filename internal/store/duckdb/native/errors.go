package native

import (
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Error is what DuckDB said, and of what kind it was.
type Error struct {
	Kind    mapping.ErrorType
	Message string
}

func (e *Error) Error() string { return e.Message }

// Fatal reports that the database must be closed and opened anew before it
// does anything else.
func (e *Error) Fatal() bool {
	return e.Kind == mapping.ErrorTypeFatal || e.Kind == mapping.ErrorTypeInternal ||
		strings.Contains(e.Message, "database has been invalidated")
}

// errorOf names the kind by the message's beginning where the C interface hands
// over nothing but the message.
func errorOf(kind mapping.ErrorType, message string) *Error {
	if kind == mapping.ErrorTypeInvalid {
		switch {
		case strings.HasPrefix(message, "FATAL Error"):
			kind = mapping.ErrorTypeFatal
		case strings.HasPrefix(message, "INTERNAL Error"):
			kind = mapping.ErrorTypeInternal
		case strings.HasPrefix(message, "IO Error"):
			kind = mapping.ErrorTypeErrorIO
		case strings.HasPrefix(message, "INTERRUPT Error"):
			kind = mapping.ErrorTypeInterrupt
		}
	}
	return &Error{Kind: kind, Message: message}
}

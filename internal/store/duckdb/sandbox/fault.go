package sandbox

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// said is an error of DuckDB's as it writes it with errors_as_json.
type said struct {
	Kind     string `json:"exception_type"`
	Message  string `json:"exception_message"`
	Position string `json:"position"`
}

func read(err error) (s said) {
	var failed *native.Error
	if !errors.As(err, &failed) {
		return said{Message: err.Error()}
	}
	// Some come with their kind before the JSON.
	if begin := strings.IndexByte(failed.Message, '{'); begin >= 0 && json.Unmarshal([]byte(failed.Message[begin:]), &s) == nil {
		return s
	}
	return said{Message: failed.Message}
}

// faultOf is an error of DuckDB's as the fault of a query.
func faultOf(err error) *store.SQLFault {
	s := read(err)
	f := &store.SQLFault{Reason: store.SQLInvalid, Detail: s.Message}
	switch {
	case s.Kind == "Out of Memory":
		return noMemory()
	case strings.HasPrefix(s.Message, "memory exhausted"), strings.HasPrefix(s.Message, "Max expression depth"):
		f.Reason = store.SQLTooMuch
		f.Detail = "is nested too deeply: take it apart by WITH"
	case s.Kind == "Binder" && strings.HasPrefix(s.Message, "Referenced column"):
		f.Detail += "\nA tag is a column once an event has it."
	case s.Kind == "Permission" || s.Kind == "IO":
		f.Reason = store.SQLForbidden
	}
	return f
}

func noMemory() *store.SQLFault {
	return &store.SQLFault{Reason: store.SQLTooMuch, Detail: "needs more memory than a query may use: narrow it down, or let it keep less at a time"}
}

// parseFault is faultOf with the place in the text of the query, which DuckDB
// gives in bytes.
func parseFault(sql string, err error) *store.SQLFault {
	f := faultOf(err)
	if at, err := strconv.Atoi(read(err).Position); err == nil {
		f.Line, f.Column = place(sql, at)
	}
	return f
}

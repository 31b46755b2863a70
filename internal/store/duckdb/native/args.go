package native

import (
	"fmt"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Millis is a moment in milliseconds since 1970 UTC, as an argument of type
// TIMESTAMP_MS: another type of timestamp would have the column cast instead,
// and the scan lose its zone maps.
type Millis int64

func bind(stmt mapping.PreparedStatement, args []any) error {
	for i, arg := range args {
		if bindOne(stmt, mapping.IdxT(i+1), arg) == mapping.StateError {
			return errorOf(mapping.ErrorTypeInvalid, fmt.Sprintf("argument %d (%T) is refused: %s", i+1, arg, mapping.PrepareError(stmt)))
		}
	}
	return nil
}

func bindOne(stmt mapping.PreparedStatement, i mapping.IdxT, arg any) mapping.State {
	switch v := arg.(type) {
	case nil:
		return mapping.BindNull(stmt, i)
	case int:
		return mapping.BindInt64(stmt, i, int64(v))
	case int64:
		return mapping.BindInt64(stmt, i, v)
	case uint64:
		return mapping.BindUInt64(stmt, i, v)
	case string:
		return mapping.BindVarchar(stmt, i, v)
	case []byte:
		return mapping.BindBlob(stmt, i, v)
	case Millis:
		value := mapping.CreateTimestampMS(mapping.NewTimestampMS(int64(v)))
		defer mapping.DestroyValue(&value)
		return mapping.BindValue(stmt, i, value)
	}
	return mapping.StateError
}

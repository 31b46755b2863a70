package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// form is how a column's values go into JSON.
type form int

const (
	formText form = iota
	formNumber
	formWhole
	formTruth
	formJSON
)

// fetch runs the query and puts its rows as JSON, as many as may be answered.
func fetch(ctx context.Context, c *native.Conn, q query, columns []native.ResultColumn) (*answer, error) {
	a := &answer{Columns: make([]column, len(columns))}
	forms, names, picked := make([]form, len(columns)), make([]string, len(columns)), make([]string, len(columns))
	for i, col := range columns {
		names[i] = "c" + strconv.Itoa(i)
		forms[i], picked[i] = pick(col, names[i])
		a.Columns[i] = column{Name: col.Name, Type: typeName(col)}
	}
	// The line breaks keep a comment at the query's end from taking the rest in.
	sql := withoutEnd(c, q.SQL)
	r, err := c.Query(ctx, fmt.Sprintf("SELECT %s FROM (\n%s\n) AS answer(%s) LIMIT %d",
		strings.Join(picked, ", "), sql, strings.Join(names, ", "), q.Limit+1))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows, count, chunks := []byte{'['}, 0, 0
	for n := r.Next(); n > 0; n = r.Next() {
		chunks++
		for row := range n {
			before := len(rows)
			if count > 0 {
				rows = append(rows, ',')
			}
			rows = appendRow(rows, r, row, forms)
			if count == q.Limit || len(rows) >= q.Answer {
				if count == 0 {
					return nil, &store.SQLFault{Reason: store.SQLTooMuch,
						Detail: fmt.Sprintf("the first row alone is longer than the %d MiB that an answer may have", q.Answer>>20)}
				}
				a.Truncated, a.Rows = true, append(rows[:before], ']')
				return a, nil
			}
			count++
		}
	}
	if chunks < r.Chunks() {
		return nil, noMemory()
	}
	a.Rows = append(rows, ']')
	return a, nil
}

// withoutEnd cuts off the semicolon that ends a statement, and what follows it.
// DuckDB tells which one it is: others may stand in texts and comments.
func withoutEnd(c *native.Conn, sql string) string {
	for end, sign := range sql {
		if sign != ';' {
			continue
		}
		if n, err := c.Statements(sql[end+1:]); n > 0 || err != nil {
			continue
		}
		if n, err := c.Statements(sql[:end]); n == 1 && err == nil {
			return sql[:end]
		}
	}
	return sql
}

// pick says how a column is read, so that four types of DuckDB's are enough here.
func pick(c native.ResultColumn, name string) (form, string) {
	switch c.Type {
	case mapping.TypeVarchar:
		if c.Alias == "JSON" {
			return formJSON, name
		}
		return formText, name
	case mapping.TypeBoolean:
		return formTruth, name + `::BIGINT`
	case mapping.TypeTinyInt, mapping.TypeSmallInt, mapping.TypeInteger, mapping.TypeBigInt,
		mapping.TypeUTinyInt, mapping.TypeUSmallInt, mapping.TypeUInteger:
		return formWhole, name + `::BIGINT`
	case mapping.TypeFloat, mapping.TypeDouble, mapping.TypeDecimal:
		return formNumber, name + `::DOUBLE`
	case mapping.TypeHugeInt, mapping.TypeUBigInt, mapping.TypeUHugeInt:
		return formNumber, name + `::DOUBLE`
	case mapping.TypeTimestamp, mapping.TypeTimestampS, mapping.TypeTimestampMS, mapping.TypeTimestampNS, mapping.TypeTimestampTZ:
		return formText, `CASE WHEN isfinite(` + name + `::TIMESTAMP) THEN strftime(` + name + `::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ') ELSE ` + name + `::VARCHAR END`
	case mapping.TypeList, mapping.TypeArray, mapping.TypeStruct, mapping.TypeMap, mapping.TypeUnion, mapping.TypeVariant:
		return formJSON, `to_json(` + name + `)::VARCHAR`
	}
	return formText, name + `::VARCHAR`
}

// largestWhole is up to where every whole number is exact in a reader of JSON
// that has doubles alone; those beyond are texts.
const largestWhole = 1 << 53

func appendRow(rows []byte, r *native.Result, row int, forms []form) []byte {
	rows = append(rows, '[')
	for i, form := range forms {
		if i > 0 {
			rows = append(rows, ',')
		}
		if !r.Has(i, row) {
			rows = append(rows, "null"...)
			continue
		}
		switch form {
		case formTruth:
			rows = strconv.AppendBool(rows, r.Int64s(i)[row] != 0)
		case formWhole:
			v := r.Int64s(i)[row]
			if v > largestWhole || v < -largestWhole {
				rows = strconv.AppendQuote(rows, strconv.FormatInt(v, 10))
			} else {
				rows = strconv.AppendInt(rows, v, 10)
			}
		case formNumber:
			rows = appendNumber(rows, r.Doubles(i)[row])
		default:
			rows = appendText(rows, r.Texts(i).Borrow(row), form == formJSON)
		}
	}
	return append(rows, ']')
}

// appendNumber writes what is no number in JSON as a text.
func appendNumber(rows []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.AppendQuote(rows, strconv.FormatFloat(v, 'g', -1, 64))
	}
	text, _ := json.Marshal(v) // it is finite
	return append(rows, text...)
}

func appendText(rows []byte, v string, isJSON bool) []byte {
	if isJSON && json.Valid([]byte(v)) {
		return append(rows, v...)
	}
	text, _ := json.Marshal(v) // any text can be
	return append(rows, text...)
}

func typeName(c native.ResultColumn) string {
	if c.Alias != "" {
		return c.Alias
	}
	if name, ok := typeNames[c.Type]; ok {
		return name
	}
	return "OTHER"
}

var typeNames = map[mapping.Type]string{
	mapping.TypeBoolean: "BOOLEAN", mapping.TypeTinyInt: "TINYINT", mapping.TypeSmallInt: "SMALLINT", mapping.TypeInteger: "INTEGER",
	mapping.TypeBigInt: "BIGINT", mapping.TypeUTinyInt: "UTINYINT", mapping.TypeUSmallInt: "USMALLINT", mapping.TypeUInteger: "UINTEGER",
	mapping.TypeUBigInt: "UBIGINT", mapping.TypeFloat: "FLOAT", mapping.TypeDouble: "DOUBLE", mapping.TypeTimestamp: "TIMESTAMP",
	mapping.TypeDate: "DATE", mapping.TypeTime: "TIME", mapping.TypeInterval: "INTERVAL", mapping.TypeHugeInt: "HUGEINT",
	mapping.TypeUHugeInt: "UHUGEINT", mapping.TypeVarchar: "VARCHAR", mapping.TypeBlob: "BLOB", mapping.TypeDecimal: "DECIMAL",
	mapping.TypeTimestampS: "TIMESTAMP_S", mapping.TypeTimestampMS: "TIMESTAMP_MS", mapping.TypeTimestampNS: "TIMESTAMP_NS",
	mapping.TypeEnum: "ENUM", mapping.TypeList: "LIST", mapping.TypeStruct: "STRUCT", mapping.TypeMap: "MAP", mapping.TypeArray: "ARRAY",
	mapping.TypeUUID: "UUID", mapping.TypeUnion: "UNION", mapping.TypeBit: "BIT", mapping.TypeTimeTZ: "TIME WITH TIME ZONE",
	mapping.TypeTimestampTZ: "TIMESTAMP WITH TIME ZONE", mapping.TypeSQLNull: "NULL", mapping.TypeBigNum: "BIGNUM", mapping.TypeVariant: "VARIANT",
}

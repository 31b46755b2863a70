package native

import "github.com/duckdb/duckdb-go/v2/mapping"

type kind int

const (
	kindInts kind = iota
	kindMillis
	kindDoubles
	kindTexts
	kindMaps
	kindAbsent
)

// Column is one column of the rows given to Append.
type Column struct {
	kind       kind
	ints       []int64
	doubles    []float64
	codes      []uint32
	words      []string
	zeroIsNull bool
	maps       [][]Pair
	absentType mapping.Type
}

// Pair is one entry of a map.
type Pair struct{ Key, Text string }

// Ints is a column of BIGINT.
func Ints(v []int64) Column { return Column{kind: kindInts, ints: v} }

// Moments is a column of TIMESTAMP_MS, in milliseconds since 1970 UTC.
func Moments(v []int64) Column { return Column{kind: kindMillis, ints: v} }

// Doubles is a column of DOUBLE.
func Doubles(v []float64) Column { return Column{kind: kindDoubles, doubles: v} }

// Text is a column of VARCHAR: row i holds words[codes[i]], and words[0] is "".
func Text(codes []uint32, words []string) Column {
	return Column{kind: kindTexts, codes: codes, words: words}
}

// NullableText is Text where code 0 stands for NULL.
func NullableText(codes []uint32, words []string) Column {
	return Column{kind: kindTexts, codes: codes, words: words, zeroIsNull: true}
}

// Plain is a column of VARCHAR given row by row.
func Plain(rows []string) Column {
	codes, words := make([]uint32, len(rows)), make([]string, 1, len(rows)+1)
	for i := range rows {
		codes[i] = uint32(i + 1)
	}
	return Text(codes, append(words, rows...))
}

// MapsOf is a column of MAP(VARCHAR, VARCHAR); nil is NULL.
func MapsOf(rows [][]Pair) Column { return Column{kind: kindMaps, maps: rows} }

// NoText is a column of VARCHAR that is NULL in every row.
func NoText() Column { return absent(mapping.TypeVarchar) }

// NoMaps is a column of MAP(VARCHAR, VARCHAR) that is NULL in every row.
func NoMaps() Column { return absent(mapping.TypeMap) }

func absent(t mapping.Type) Column {
	return Column{kind: kindAbsent, absentType: t, words: []string{""}, zeroIsNull: true}
}

func (c Column) logicalType() mapping.LogicalType {
	switch c.kind {
	case kindInts:
		return mapping.CreateLogicalType(mapping.TypeBigInt)
	case kindMillis:
		return mapping.CreateLogicalType(mapping.TypeTimestampMS)
	case kindDoubles:
		return mapping.CreateLogicalType(mapping.TypeDouble)
	case kindMaps:
		return mapType()
	case kindAbsent:
		if c.absentType == mapping.TypeMap {
			return mapType()
		}
	}
	return mapping.CreateLogicalType(mapping.TypeVarchar)
}

func mapType() mapping.LogicalType {
	varchar := mapping.CreateLogicalType(mapping.TypeVarchar)
	defer mapping.DestroyLogicalType(&varchar)
	return mapping.CreateMapType(varchar, varchar)
}

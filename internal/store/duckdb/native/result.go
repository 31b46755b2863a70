package native

import (
	"strings"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Result is a statement's result, read chunk by chunk.
type Result struct {
	result mapping.Result
	chunk  mapping.DataChunk
}

func (r *Result) done(state mapping.State) error {
	if state == mapping.StateError {
		return errorOf(mapping.ResultErrorType(&r.result), mapping.ResultError(&r.result))
	}
	return nil
}

// Close frees the result and whatever was borrowed from it.
func (r *Result) Close() {
	mapping.DestroyDataChunk(&r.chunk)
	mapping.DestroyResult(&r.result)
}

// Next moves to the next chunk and gives its number of rows, 0 at the end.
func (r *Result) Next() int {
	mapping.DestroyDataChunk(&r.chunk)
	r.chunk = mapping.FetchChunk(r.result)
	if r.chunk.Ptr == nil {
		return 0
	}
	return int(mapping.DataChunkGetSize(r.chunk))
}

// Chunks is how many chunks the whole result has. Next cannot tell its end from
// memory that ran out; who could meet that compares.
func (r *Result) Chunks() int {
	return int(mapping.ResultChunkCount(r.result)) //nolint:staticcheck // nothing else tells it
}

func (r *Result) vector(column int) mapping.Vector {
	return mapping.DataChunkGetVector(r.chunk, mapping.IdxT(column))
}

// Int64s borrows a column of BIGINT, UBIGINT below 2^63 or TIMESTAMP_MS until
// the next chunk.
func (r *Result) Int64s(column int) []int64 {
	return borrow[int64](r.vector(column), mapping.DataChunkGetSize(r.chunk))
}

// Doubles borrows a column of DOUBLE until the next chunk.
func (r *Result) Doubles(column int) []float64 {
	return borrow[float64](r.vector(column), mapping.DataChunkGetSize(r.chunk))
}

// Texts borrows a column of VARCHAR or BLOB until the next chunk.
func (r *Result) Texts(column int) Texts {
	return texts(r.vector(column), mapping.DataChunkGetSize(r.chunk))
}

// Maps borrows a column of MAP(VARCHAR, VARCHAR) until the next chunk.
func (r *Result) Maps(column int) Maps {
	v := r.vector(column)
	entries := mapping.ListVectorGetChild(v)
	size := mapping.ListVectorGetSize(v)
	return Maps{
		Keys:  texts(mapping.StructVectorGetChild(entries, 0), size),
		Texts: texts(mapping.StructVectorGetChild(entries, 1), size),
		lists: borrow[listEntry](v, mapping.DataChunkGetSize(r.chunk)),
		valid: validity(v),
	}
}

func borrow[T any](v mapping.Vector, n mapping.IdxT) []T {
	return unsafe.Slice((*T)(mapping.VectorGetData(v)), int(n))
}

// mask tells which rows are present: a bit each, all of them where it is nil.
type mask struct{ bits *uint64 }

func validity(v mapping.Vector) mask { return mask{(*uint64)(mapping.VectorGetValidity(v))} }

func (m mask) has(row int) bool {
	if m.bits == nil {
		return true
	}
	word := *(*uint64)(unsafe.Add(unsafe.Pointer(m.bits), row/64*8))
	return word>>(row%64)&1 == 1
}

// Texts is a borrowed column of text.
type Texts struct {
	rows  []stringT
	valid mask
}

func texts(v mapping.Vector, n mapping.IdxT) Texts {
	return Texts{rows: borrow[stringT](v, n), valid: validity(v)}
}

// Len is the number of rows.
func (t Texts) Len() int { return len(t.rows) }

// Has reports whether a row is not NULL.
func (t Texts) Has(row int) bool { return t.valid.has(row) }

// Borrow gives a row's text, which lasts until the next chunk.
func (t Texts) Borrow(row int) string {
	if !t.Has(row) {
		return ""
	}
	return t.rows[row].text()
}

// Copy gives a row's text to keep, "" where it is NULL.
func (t Texts) Copy(row int) string { return strings.Clone(t.Borrow(row)) }

// CopyAll gives every row's text to keep; they share one allocation.
func (t Texts) CopyAll() []string {
	total := 0
	for row := range t.rows {
		total += len(t.Borrow(row))
	}
	var all strings.Builder
	all.Grow(total)
	copied := make([]string, len(t.rows))
	for row := range t.rows {
		from := all.Len()
		all.WriteString(t.Borrow(row))
		copied[row] = all.String()[from:]
	}
	return copied
}

// stringT is duckdb_string_t as duckdb.h lays it out: the length, and up to
// twelve bytes in place; where there are more, four of them and a pointer.
type stringT struct {
	length uint32
	prefix [4]byte
	data   *byte
}

const inlined = 12

func (s *stringT) text() string {
	if s.length <= inlined {
		return unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(s), 4)), int(s.length))
	}
	return unsafe.String(s.data, int(s.length))
}

func (s *stringT) raw() key { return *(*key)(unsafe.Pointer(s)) }

type listEntry struct{ offset, length uint64 }

// Maps is a borrowed column of maps of text to text: the entries of all rows,
// one behind the other.
type Maps struct {
	Keys, Texts Texts
	lists       []listEntry
	valid       mask
}

// Entries are those of a row: from the first up to before the second.
func (m Maps) Entries(row int) (from, to int) {
	if !m.valid.has(row) {
		return 0, 0
	}
	list := m.lists[row]
	return int(list.offset), int(list.offset + list.length)
}

// Has reports whether a value of the chunk is not NULL.
func (r *Result) Has(column, row int) bool { return validity(r.vector(column)).has(row) }

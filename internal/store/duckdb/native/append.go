package native

import (
	"context"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Append adds rows to a table through DuckDB's appender, within the transaction
// that is open. columns are all of the table's, in its order.
//
// Text goes in as dictionary vectors: a dictionary is handed over once, and each
// chunk of rows refers to it by its codes, so that no text is touched row by row.
func (c *Conn) Append(ctx context.Context, table string, rows int, columns []Column) error {
	if rows == 0 {
		return nil
	}
	return c.interruptible(ctx, func() error {
		var appender mapping.Appender
		defer func() { mapping.AppenderDestroy(&appender) }()
		if mapping.AppenderCreateExt(c.conn, "", "", table, &appender) == mapping.StateError {
			return appenderError(appender)
		}
		w := newWriter(columns)
		defer w.close()
		for from := 0; from < rows; from += w.capacity {
			w.fill(from, min(rows, from+w.capacity))
			if mapping.AppendDataChunk(appender, w.chunk) == mapping.StateError {
				return appenderError(appender)
			}
		}
		if mapping.AppenderFlush(appender) == mapping.StateError {
			err := appenderError(appender)
			// Otherwise destroying the appender would flush once more.
			mapping.AppenderClear(appender)
			return err
		}
		return nil
	})
}

func appenderError(a mapping.Appender) error {
	data := mapping.AppenderErrorData(a)
	defer mapping.DestroyErrorData(&data)
	return errorOf(mapping.ErrorDataErrorType(data), mapping.ErrorDataMessage(data))
}

// writer moves columns into a chunk, a vector's length of rows at a time.
type writer struct {
	columns  []Column
	capacity int
	chunk    mapping.DataChunk
	prepared []prepared
}

// prepared is what a text column keeps from chunk to chunk. A column without
// codes is NULL throughout: a dictionary of NULL alone, and a selection of zeros.
type prepared struct {
	dictionary mapping.Vector
	selection  mapping.SelectionVector
	codes      []uint32
}

func newWriter(columns []Column) *writer {
	w := prepareColumns(columns)
	types := make([]mapping.LogicalType, len(columns))
	for i, column := range columns {
		types[i] = column.logicalType()
	}
	w.chunk = mapping.CreateDataChunk(types)
	for i := range types {
		mapping.DestroyLogicalType(&types[i])
	}
	return w
}

// prepareColumns is a writer that fills vectors of other chunks than its own.
func prepareColumns(columns []Column) *writer {
	w := &writer{columns: columns, capacity: int(mapping.VectorSize()), prepared: make([]prepared, len(columns))}
	for i, column := range columns {
		if p := &w.prepared[i]; column.kind == kindTexts || column.kind == kindAbsent {
			t := column.logicalType()
			p.dictionary = dictionary(t, column)
			mapping.DestroyLogicalType(&t)
			p.selection = mapping.CreateSelectionVector(mapping.IdxT(w.capacity))
			p.codes = unsafe.Slice((*uint32)(unsafe.Pointer(mapping.SelectionVectorGetDataPtr(p.selection))), w.capacity)
			clear(p.codes)
		}
	}
	return w
}

func dictionary(t mapping.LogicalType, c Column) mapping.Vector {
	v := mapping.CreateVector(t, mapping.IdxT(len(c.words)))
	if c.zeroIsNull {
		mapping.VectorEnsureValidityWritable(v)
		mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(v), 0)
	} else {
		mapping.VectorAssignStringElement(v, 0, "")
	}
	for code := 1; code < len(c.words); code++ {
		mapping.VectorAssignStringElement(v, mapping.IdxT(code), c.words[code])
	}
	return v
}

func (w *writer) close() {
	mapping.DestroyDataChunk(&w.chunk)
	for i := range w.prepared {
		mapping.DestroyVector(&w.prepared[i].dictionary)
		mapping.DestroySelectionVector(&w.prepared[i].selection)
	}
}

func (w *writer) fill(from, to int) {
	mapping.DataChunkReset(w.chunk)
	for i := range w.columns {
		w.fillVector(mapping.DataChunkGetVector(w.chunk, mapping.IdxT(i)), i, from, to)
	}
	mapping.DataChunkSetSize(w.chunk, mapping.IdxT(to-from))
}

// fillVector writes rows of a column.
func (w *writer) fillVector(v mapping.Vector, column, from, to int) {
	n := mapping.IdxT(to - from)
	switch c, p := &w.columns[column], &w.prepared[column]; c.kind {
	case kindInts, kindMillis:
		copy(borrow[int64](v, n), c.ints[from:to])
	case kindDoubles:
		copy(borrow[float64](v, n), c.doubles[from:to])
	case kindTexts, kindAbsent:
		if c.codes != nil {
			copy(p.codes, c.codes[from:to])
		}
		mapping.VectorReferenceVector(v, p.dictionary)
		mapping.SliceVector(v, p.selection, n)
	case kindMaps:
		fillMaps(v, c.maps[from:to])
	}
}

// fillMaps writes a column of maps, which DuckDB keeps as lists of pairs.
func fillMaps(v mapping.Vector, rows [][]Pair) {
	total := 0
	for _, pairs := range rows {
		total += len(pairs)
	}
	mapping.ListVectorReserve(v, mapping.IdxT(total))
	mapping.ListVectorSetSize(v, mapping.IdxT(total))
	entries := mapping.ListVectorGetChild(v)
	keys, values := mapping.StructVectorGetChild(entries, 0), mapping.StructVectorGetChild(entries, 1)
	lists := borrow[listEntry](v, mapping.IdxT(len(rows)))
	mapping.VectorEnsureValidityWritable(v)
	valid := mapping.VectorGetValidity(v)
	at := 0
	for row, pairs := range rows {
		lists[row] = listEntry{offset: uint64(at), length: uint64(len(pairs))}
		if pairs == nil {
			mapping.ValiditySetRowInvalid(valid, mapping.IdxT(row))
		}
		for _, pair := range pairs {
			mapping.VectorAssignStringElement(keys, mapping.IdxT(at), pair.Key)
			mapping.VectorAssignStringElement(values, mapping.IdxT(at), pair.Text)
			at++
		}
	}
}

package native

/*
void hmsTableBind(void *);
void hmsTableInit(void *);
void hmsTableFill(void *, void *);
void hmsTableFree(void *);
typedef void (*hms_table_call)(void *);
typedef void (*hms_table_fill)(void *, void *);
*/
import "C"

import (
	"runtime"
	"runtime/cgo"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Table is one whose rows Go hands over while a statement runs.
type Table interface {
	Columns() []TableColumn
	// Rows is about how many there are.
	Rows() uint64
	// Open begins a scan of columns, by their places.
	Open(columns []int) (Scan, error)
}

// TableColumn is a column of a Table.
type TableColumn struct {
	Name string
	Type TableType
}

// TableType is what the columns of a Table may hold.
type TableType = mapping.Type

// The types of columns; a moment is in microseconds since 1970 UTC.
const (
	TableInt    TableType = mapping.TypeBigInt
	TableMoment TableType = mapping.TypeTimestamp
	TableDouble TableType = mapping.TypeDouble
	TableText   TableType = mapping.TypeVarchar
)

// Scan hands over rows, for one thread at a time.
type Scan interface {
	// Next gives the next rows, as many as it likes; nil at the end.
	Next() (*Rows, error)
}

// Rows are columns of the same length, in the order that Open was asked for.
type Rows struct {
	Len     int
	Columns []Column
}

// Register makes a table known to this connection's database as a table
// function without arguments.
func (c *Conn) Register(name string, table Table) error {
	f := mapping.CreateTableFunction()
	defer mapping.DestroyTableFunction(&f)
	mapping.TableFunctionSetName(f, name)
	mapping.TableFunctionSetExtraInfo(f, hold(table), unsafe.Pointer(C.hms_table_call(C.hmsTableFree)))
	mapping.TableFunctionSupportsProjectionPushdown(f, true)
	mapping.TableFunctionSetBind(f, unsafe.Pointer(C.hms_table_call(C.hmsTableBind)))
	mapping.TableFunctionSetInit(f, unsafe.Pointer(C.hms_table_call(C.hmsTableInit)))
	mapping.TableFunctionSetFunction(f, unsafe.Pointer(C.hms_table_fill(C.hmsTableFill)))
	if mapping.RegisterTableFunction(c.conn, f) == mapping.StateError {
		return &Error{Kind: mapping.ErrorTypeCatalog, Message: "DuckDB does not take the table " + name}
	}
	return nil
}

// held is a Go value that DuckDB refers to, until it frees it.
type held struct {
	handle *cgo.Handle // pinned, and alone in its memory, as cgo demands
	pin    runtime.Pinner
	value  any
}

func hold(value any) unsafe.Pointer {
	h := &held{handle: new(cgo.Handle), value: value}
	*h.handle = cgo.NewHandle(h)
	h.pin.Pin(h.handle)
	return unsafe.Pointer(h.handle)
}

func heldBy(p unsafe.Pointer) *held { return (*cgo.Handle)(p).Value().(*held) }

//export hmsTableFree
func hmsTableFree(p unsafe.Pointer) {
	h := heldBy(p)
	if s, ok := h.value.(*tableScan); ok {
		s.release()
	}
	h.handle.Delete()
	h.pin.Unpin()
}

//export hmsTableBind
func hmsTableBind(p unsafe.Pointer) {
	info := mapping.BindInfo{Ptr: p}
	table := heldBy(mapping.BindGetExtraInfo(info)).value.(Table)
	for _, column := range table.Columns() {
		t := mapping.CreateLogicalType(column.Type)
		mapping.BindAddResultColumn(info, column.Name, t)
		mapping.DestroyLogicalType(&t)
	}
	mapping.BindSetCardinality(info, mapping.IdxT(table.Rows()), false)
}

//export hmsTableInit
func hmsTableInit(p unsafe.Pointer) {
	info := mapping.InitInfo{Ptr: p}
	table := heldBy(mapping.InitGetExtraInfo(info)).value.(Table)
	s := &tableScan{}
	var wanted []int
	for i := range mapping.InitGetColumnCount(info) {
		// Beyond the columns is what DuckDB asks for to count rows alone.
		if column := mapping.InitGetColumnIndex(info, i); column < mapping.IdxT(len(table.Columns())) {
			wanted = append(wanted, int(column))
			s.places = append(s.places, int(i))
		}
	}
	var err error
	if s.source, err = table.Open(wanted); err != nil {
		mapping.InitSetError(info, err.Error())
		return
	}
	mapping.InitSetInitData(info, hold(s), unsafe.Pointer(C.hms_table_call(C.hmsTableFree)))
	mapping.InitSetMaxThreads(info, 1)
}

//export hmsTableFill
func hmsTableFill(p, out unsafe.Pointer) {
	info := mapping.FunctionInfo{Ptr: p}
	s := heldBy(mapping.FunctionGetInitData(info)).value.(*tableScan)
	if err := s.fill(mapping.DataChunk{Ptr: out}); err != nil {
		mapping.FunctionSetError(info, err.Error())
	}
}

// tableScan is a scan that DuckDB pulls at.
type tableScan struct {
	source Scan
	// places says which vector of a chunk takes each column.
	places []int
	rows   *Rows
	at     int
	writer *writer
}

func (s *tableScan) fill(chunk mapping.DataChunk) error {
	for s.rows == nil || s.at == s.rows.Len {
		s.release()
		rows, err := s.source.Next()
		if err != nil || rows == nil {
			mapping.DataChunkSetSize(chunk, 0)
			return err
		}
		s.rows, s.at, s.writer = rows, 0, prepareColumns(rows.Columns)
	}
	to := min(s.rows.Len, s.at+s.writer.capacity)
	for i, place := range s.places {
		s.writer.fillVector(mapping.DataChunkGetVector(chunk, mapping.IdxT(place)), i, s.at, to)
	}
	mapping.DataChunkSetSize(chunk, mapping.IdxT(to-s.at))
	s.at = to
	return nil
}

func (s *tableScan) release() {
	if s.writer != nil {
		s.writer.close()
		s.writer = nil
	}
}

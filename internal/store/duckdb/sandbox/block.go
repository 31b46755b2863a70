package sandbox

import (
	"encoding/binary"
	"errors"
	"math"
	"unsafe"

	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// Block is rows of some columns, on their way to a query.
type Block struct {
	rows int
	body []byte
}

// NewBlock begins a block of so many rows; all columns are added to it in the
// order they were asked for.
func NewBlock(rows int) *Block {
	b := &Block{rows: rows}
	b.uint32(uint32(rows))
	return b
}

func (b *Block) uint32(v uint32) { b.body = binary.LittleEndian.AppendUint32(b.body, v) }

// Ints adds a column of type Int or Moment.
func (b *Block) Ints(v []int64) { b.words(unsafe.Pointer(unsafe.SliceData(v)), len(v)) }

// Doubles adds a column of type Double.
func (b *Block) Doubles(v []float64) { b.words(unsafe.Pointer(unsafe.SliceData(v)), len(v)) }

// words adds values of eight bytes as they lie in memory: the other side runs
// on the same machine.
func (b *Block) words(p unsafe.Pointer, n int) {
	b.body = append(b.body, 'w')
	b.body = append(b.body, unsafe.Slice((*byte)(p), 8*n)...)
}

// Texts adds a column of type Text or Map: row i holds words[codes[i]], and code
// 0 is NULL.
func (b *Block) Texts(codes []uint32, words []string) {
	b.body = append(b.body, 't')
	b.body = append(b.body, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(codes))), 4*len(codes))...)
	b.uint32(uint32(len(words)))
	for _, word := range words {
		b.uint32(uint32(len(word)))
	}
	for _, word := range words {
		b.body = append(b.body, word...)
	}
}

var errBlock = errors.New("a block of rows came broken")

// readBlock is the inverse, for columns of these types.
func readBlock(body []byte, columns []Column) (rows *native.Rows, err error) {
	r := blockReader{body}
	rows = &native.Rows{Len: int(r.uint32())}
	for _, c := range columns {
		var kind byte
		if b := r.take(1); b != nil {
			kind = b[0]
		}
		switch {
		case kind == 'w' && c.Type == Double:
			rows.Columns = append(rows.Columns, native.Doubles(r.doubles(rows.Len)))
		case kind == 'w' && c.Type == Int:
			rows.Columns = append(rows.Columns, native.Ints(r.ints(rows.Len, 1)))
		case kind == 'w' && c.Type == Moment:
			rows.Columns = append(rows.Columns, native.Ints(r.ints(rows.Len, 1000)))
		case kind == 't' && (c.Type == Text || c.Type == Map):
			codes, words := r.texts(rows.Len)
			if codes == nil && rows.Len > 0 {
				return nil, errBlock
			}
			rows.Columns = append(rows.Columns, native.NullableText(codes, words))
		default:
			return nil, errBlock
		}
	}
	if r.body == nil || len(r.body) > 0 {
		return nil, errBlock
	}
	return rows, nil
}

// blockReader takes a body apart; once it ran out, it is nil.
type blockReader struct{ body []byte }

func (r *blockReader) take(n int) []byte {
	if n < 0 || n > len(r.body) {
		r.body = nil
		return nil
	}
	taken := r.body[:n]
	r.body = r.body[n:]
	return taken
}

func (r *blockReader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *blockReader) ints(n int, scale int64) []int64 {
	b := r.take(8 * n)
	all := make([]int64, len(b)/8)
	for i := range all {
		all[i] = int64(binary.NativeEndian.Uint64(b[8*i:])) * scale
	}
	return all
}

func (r *blockReader) doubles(n int) []float64 {
	b := r.take(8 * n)
	all := make([]float64, len(b)/8)
	for i := range all {
		all[i] = math.Float64frombits(binary.NativeEndian.Uint64(b[8*i:]))
	}
	return all
}

func (r *blockReader) texts(n int) (codes []uint32, words []string) {
	b := r.take(4 * n)
	lengths := r.take(4 * int(r.uint32()))
	if b == nil || len(lengths) == 0 {
		return nil, nil
	}
	codes, words = make([]uint32, n), make([]string, len(lengths)/4)
	for i := range codes {
		codes[i] = binary.NativeEndian.Uint32(b[4*i:])
		if int(codes[i]) >= len(words) {
			return nil, nil
		}
	}
	for i := range words {
		words[i] = string(r.take(int(binary.LittleEndian.Uint32(lengths[4*i:]))))
	}
	return codes, words
}

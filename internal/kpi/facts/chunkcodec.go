package facts

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// The numbers of a chunk are near where all are whole and none is further from
// the least than four bytes can say.
const (
	numbersApart = 0
	numbersNear  = 1

	largestWhole = 1 << 53
	// chunksAtOnce bounds what is reserved on the word of a checkpoint.
	chunksAtOnce = 1 << 10
)

func (c *chunk) append(dst []byte, wide bool) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(c.lo)) //nolint:gosec // the same bits
	dst = appendWords(dst, c.off, func(o uint32) uint32 { return o })
	if !wide {
		return dst
	}
	if least, ok := near(c.x); ok {
		dst = binary.AppendVarint(append(dst, numbersNear), least)
		return appendWords(dst, c.x, func(x float64) uint32 { return uint32(int64(x) - least) }) //nolint:gosec // near
	}
	dst = bin.AppendUint(append(dst, numbersApart), 8*len(c.x))
	for _, x := range c.x {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
	}
	return dst
}

func appendWords[T any](dst []byte, all []T, word func(T) uint32) []byte {
	dst = slices.Grow(bin.AppendUint(dst, 4*len(all)), 4*len(all))
	n := len(dst)
	dst = dst[:n+4*len(all)]
	for i, v := range all {
		binary.LittleEndian.PutUint32(dst[n+4*i:], word(v))
	}
	return dst
}

// near is the least of the numbers; false where they are not near.
func near(all []float64) (least int64, ok bool) {
	low, high := all[0], all[0]
	for _, x := range all {
		if x != math.Trunc(x) || math.Abs(x) >= largestWhole || x == 0 && math.Signbit(x) {
			return 0, false
		}
		low, high = min(low, x), max(high, x)
	}
	return int64(low), high-low <= math.MaxUint32
}

// readChunk reads what append wrote.
func readChunk(r *bin.Reader, wide bool) (c chunk) {
	c.lo, c.max = int64(r.Uint64()), math.Inf(-1) //nolint:gosec // the same bits
	data := r.Bytes()
	n := len(data) / 4
	if n == 0 || n > chunkRows {
		r.Fail("a chunk of no possible size")
		return c
	}
	c.off = make([]uint32, n)
	last, ordered := uint32(0), true
	for i := range c.off {
		o := binary.LittleEndian.Uint32(data[4*i:])
		ordered = ordered && last <= o
		c.off[i], last = o, o
	}
	if wide {
		c.x = readNumbers(r, n)
		for i, x := range c.x {
			ordered = ordered && x == x && (i == 0 || c.off[i-1] < c.off[i] || c.x[i-1] <= x)
			c.max = max(c.max, x)
		}
	}
	if !ordered || c.at(n-1) < c.lo {
		r.Fail("facts out of order")
	}
	return c
}

func readNumbers(r *bin.Reader, n int) []float64 {
	form, size, least := r.Byte(), 8, int64(0)
	if form == numbersNear {
		size, least = 4, r.Varint()
	}
	data := r.Bytes()
	if form > numbersNear || len(data) != size*n {
		r.Fail("facts without their numbers")
		return nil
	}
	all := make([]float64, n)
	for i := range all {
		if form == numbersNear {
			all[i] = float64(least + int64(binary.LittleEndian.Uint32(data[4*i:])))
		} else {
			all[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
	}
	return all
}

// precedes reports whether a chunk may stand before another: see Series.chunks.
func (c *chunk) precedes(next *chunk, wide bool) bool {
	n := len(c.off) - 1
	end := c.at(n)
	return end <= next.lo && !(wide && end == next.at(0) && next.x[0] < c.x[n])
}

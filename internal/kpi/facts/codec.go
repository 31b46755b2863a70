package facts

import (
	"encoding/binary"
	"math"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// The numbers of a wide series are written as whole numbers where all are.
const (
	numbersNone  = 0
	numbersWhole = 1
	numbersFloat = 2
)

// AppendBinary appends what Restore reads.
func (s *Series) AppendBinary(dst []byte) []byte {
	form := numbersNone
	if s.wide {
		form = s.form()
	}
	dst = append(dst, byte(form))
	dst = binary.AppendUvarint(dst, uint64(s.n)) //nolint:gosec // a count
	var previous int64
	for t, x := range s.Range(math.MinInt64, math.MaxInt64) {
		dst = binary.AppendVarint(dst, t-previous)
		previous = t
		switch form {
		case numbersWhole:
			dst = binary.AppendVarint(dst, int64(x))
		case numbersFloat:
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		}
	}
	return dst
}

func (s *Series) form() int {
	for _, x := range s.Range(math.MinInt64, math.MaxInt64) {
		if x != math.Trunc(x) || math.Abs(x) >= 1<<53 || x == 0 && math.Signbit(x) {
			return numbersFloat
		}
	}
	return numbersWhole
}

// Restore replaces what the series holds.
func (s *Series) Restore(r *bin.Reader) {
	form := r.Byte()
	if form > numbersFloat || (form != numbersNone) != s.wide {
		r.Fail("a series of another shape")
	}
	n := r.Len()
	*s = Series{wide: s.wide}
	var t int64
	for range n {
		t += r.Varint()
		var x float64
		switch form {
		case numbersWhole:
			x = float64(r.Varint())
		case numbersFloat:
			x = math.Float64frombits(r.Uint64())
		}
		if r.Err() != nil {
			return
		}
		s.Add(t, x)
	}
}

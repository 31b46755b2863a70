package facts

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// The numbers of a wide series are written as whole numbers where all are;
// endless stands for +Inf among them.
const (
	numbersNone  = 0
	numbersWhole = 1
	numbersFloat = 2

	endless = 1 << 53
)

// AppendBinary appends what Restore reads.
func (s *Series) AppendBinary(dst []byte) []byte {
	form := numbersNone
	if s.wide {
		form = s.form()
	}
	dst = s.horizon.append(append(dst, byte(form)))
	dst = bin.AppendUint(dst, s.n)
	var previous int64
	for t, x := range s.Range(math.MinInt64, math.MaxInt64) {
		dst = binary.AppendVarint(dst, t-previous)
		previous = t
		switch {
		case form == numbersFloat:
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		case form == numbersWhole && x == math.Inf(1):
			dst = binary.AppendVarint(dst, endless)
		case form == numbersWhole:
			dst = binary.AppendVarint(dst, int64(x))
		}
	}
	return dst
}

func (s *Series) form() int {
	for _, x := range s.Range(math.MinInt64, math.MaxInt64) {
		if x == math.Inf(1) {
			continue
		}
		if x != math.Trunc(x) || math.Abs(x) >= endless || x == 0 && math.Signbit(x) {
			return numbersFloat
		}
	}
	return numbersWhole
}

// Restore replaces what the series holds.
func (s *Series) Restore(r *bin.Reader) {
	*s = Series{wide: s.wide}
	form := r.Byte()
	if form > numbersFloat || (form != numbersNone) != s.wide {
		r.Fail("a series of another shape")
	}
	var h horizon
	h.restore(r)
	var t int64
	for range r.Len() {
		t += r.Varint()
		var x float64
		switch form {
		case numbersWhole:
			if x = float64(r.Varint()); x == endless {
				x = math.Inf(1)
			}
		case numbersFloat:
			x = math.Float64frombits(r.Uint64())
		}
		if r.Err() != nil {
			return
		}
		s.Add(t, x)
	}
	s.horizon = h
}

func (h *horizon) append(dst []byte) []byte {
	switch {
	case !h.set:
		return append(dst, 0)
	case h.ended:
		dst = append(dst, 2)
	default:
		dst = append(dst, 1)
	}
	dst = binary.AppendVarint(dst, h.t)
	return binary.AppendVarint(dst, int64(h.below))
}

func (h *horizon) restore(r *bin.Reader) {
	if form := r.Byte(); form > 0 {
		*h = horizon{set: true, ended: form == 2, t: r.Varint(), below: int(r.Varint())}
	}
}

// AppendBinary appends what Restore reads.
func (x *Index) AppendBinary(dst []byte) []byte {
	dst = appendKinds(dst, x.total)
	dst = bin.AppendUint(dst, len(x.groups))
	for _, g := range x.groups {
		if g == nil {
			dst = append(dst, 0)
			continue
		}
		dst = appendKinds(append(dst, 1), g)
	}
	return dst
}

func appendKinds(dst []byte, kinds []Series) []byte {
	for i := range kinds {
		dst = kinds[i].AppendBinary(dst)
	}
	return dst
}

// Restore replaces the facts.
func (x *Index) Restore(r *bin.Reader) {
	x.total = x.kinds()
	restoreKinds(x.total, r)
	n := r.Len()
	if n > 0 && !x.grouped && !slices.Contains(x.apart, true) {
		r.Fail("groups where there should be none")
		return
	}
	x.groups = make([][]Series, n)
	for g := range x.groups {
		if r.Byte() == 1 {
			x.groups[g] = x.kinds()
			restoreKinds(x.groups[g], r)
		}
	}
}

func restoreKinds(kinds []Series, r *bin.Reader) {
	for i := range kinds {
		kinds[i].Restore(r)
	}
}

package facts

import (
	"encoding/binary"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// A series is written as it lies in memory, so that a start reads it at the pace
// of memory: there are tens of millions of facts in a year of cases.
const (
	shapeNarrow = 0
	shapeWide   = 1
)

// AppendBinary appends what Restore reads.
func (s *Series) AppendBinary(dst []byte) []byte {
	s.settle()
	shape := byte(shapeNarrow)
	if s.wide {
		shape = shapeWide
	}
	dst = bin.AppendUint(s.horizon.append(append(dst, shape)), len(s.chunks))
	for i := range s.chunks {
		dst = s.chunks[i].append(dst, s.wide)
	}
	return dst
}

// Restore replaces what the series holds.
func (s *Series) Restore(r *bin.Reader) {
	*s = Series{wide: s.wide}
	if (r.Byte() == shapeWide) != s.wide {
		r.Fail("a series of another shape")
	}
	s.horizon.restore(r)
	n := r.Len()
	s.chunks = make([]chunk, 0, min(n, chunksAtOnce))
	for range n {
		c := readChunk(r, s.wide)
		if last := len(s.chunks) - 1; r.Err() == nil && last >= 0 && !s.chunks[last].precedes(&c, s.wide) {
			r.Fail("facts out of order")
		}
		if r.Err() != nil {
			*s = Series{wide: s.wide}
			return
		}
		s.n += len(c.off)
		s.end = c.at(len(c.off) - 1)
		s.chunks = append(s.chunks, c)
	}
	s.before = make([]int, len(s.chunks))
}

func (h *horizon) append(dst []byte) []byte {
	if !h.set {
		return append(dst, 0)
	}
	dst = binary.AppendVarint(append(dst, 1), h.t)
	return binary.AppendVarint(dst, int64(h.below))
}

func (h *horizon) restore(r *bin.Reader) {
	if r.Byte() > 0 {
		*h = horizon{set: true, t: r.Varint(), below: int(r.Varint())}
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

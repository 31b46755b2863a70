package fold

import "encoding/binary"

const (
	unit      = 8       // bytes
	pageUnits = 1 << 13 // units to a page
	maxUnits  = 8       // units of the largest piece
	maxShort  = maxUnits * unit
)

// arena holds many short pieces of bytes, each in as many units as it needs, in
// a few large allocations that the garbage collector need not look into.
type arena struct {
	pages [][]byte
	used  uint32 // units given out of the last page
	// free leads by size to a piece given back, which begins with the place of
	// the next one; places are counted from 1.
	free [maxUnits + 1]uint32
}

// piece is where some bytes are; the zero value is where none are.
type piece struct {
	place uint32
	size  uint8
}

func units(size int) int { return (size + unit - 1) / unit }

// at is the memory of a piece of this size.
func (a *arena) at(place uint32, size int) []byte {
	page, first := (place-1)/pageUnits, int((place-1)%pageUnits)*unit
	return a.pages[page][first : first+size : first+units(size)*unit]
}

// bytes is what a piece holds. It is good until the piece changes.
func (a *arena) bytes(p piece) []byte {
	if p.size == 0 {
		return nil
	}
	return a.at(p.place, int(p.size))
}

// put makes a piece hold data, which must be no longer than maxShort and may
// begin with what it holds.
func (a *arena) put(p *piece, data []byte) {
	if old, need := units(int(p.size)), units(len(data)); old != need {
		fresh := a.take(need)
		if fresh > 0 {
			copy(a.at(fresh, len(data)), data)
		}
		a.give(p.place, old)
		p.place = fresh
	} else if need > 0 {
		copy(a.at(p.place, len(data)), data)
	}
	p.size = uint8(len(data)) //nolint:gosec // at most maxShort
}

// take finds a place for some units.
func (a *arena) take(n int) uint32 {
	if n == 0 {
		return 0
	}
	if place := a.free[n]; place > 0 {
		a.free[n] = binary.LittleEndian.Uint32(a.at(place, unit))
		return place
	}
	if len(a.pages) == 0 || a.used+uint32(n) > pageUnits {
		a.pages = append(a.pages, make([]byte, pageUnits*unit))
		a.used = 0
	}
	place := uint32(len(a.pages)-1)*pageUnits + a.used + 1
	a.used += uint32(n)
	return place
}

func (a *arena) give(place uint32, n int) {
	if n == 0 {
		return
	}
	binary.LittleEndian.PutUint32(a.at(place, unit), a.free[n])
	a.free[n] = place
}

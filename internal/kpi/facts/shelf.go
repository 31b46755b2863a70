package facts

import (
	"encoding/binary"
	"unsafe"
)

// shelf holds texts, each with its code before it, one behind the other in a few
// large allocations. A place is counted in units, from 1.
type shelf struct {
	pages [][]byte
	free  int // units of the last page that are in use
}

const (
	textUnit  = 8 // bytes: the code and the length take one
	pageUnits = 1 << 13
	firstPage = 256 // bytes: most dictionaries are small
)

// keep copies a text to where it stays; what is there is never changed.
func (t *shelf) keep(code uint32, text string) (place uint32) {
	need := 1 + (len(text)+textUnit-1)/textUnit
	last := len(t.pages) - 1
	if last < 0 || t.free+need > len(t.pages[last])/textUnit {
		size := pageUnits
		if last < 0 {
			size = firstPage / textUnit
		}
		t.pages, t.free = append(t.pages, make([]byte, max(size, need)*textUnit)), 0
		last++
	}
	to := t.pages[last][t.free*textUnit:]
	binary.LittleEndian.PutUint32(to, code)
	binary.LittleEndian.PutUint32(to[4:], uint32(len(text))) //nolint:gosec // memory ends before
	copy(to[textUnit:], text)
	place = uint32(last*pageUnits + t.free + 1) //nolint:gosec // 32 GB
	t.free += need
	return place
}

// at is the text at a place, and its code.
func (t *shelf) at(place uint32) (code uint32, text string) {
	from := t.pages[(place-1)/pageUnits][(place-1)%pageUnits*textUnit:]
	code, n := binary.LittleEndian.Uint32(from), binary.LittleEndian.Uint32(from[4:])
	bytes := from[textUnit : textUnit+n]
	return code, unsafe.String(unsafe.SliceData(bytes), len(bytes))
}

package native

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"strings"
)

// Dictionary gives the texts of borrowed columns codes, in the order of their
// first appearance: 1, 2, 3 ... NULL is 0. The zero value is empty.
//
// It is a hash table of its own because reading events spends its time here: a
// text of up to twelve bytes is found and compared as DuckDB holds it, without
// looking at its bytes, and what is kept of a block shares a few allocations.
type Dictionary struct {
	words []string // by code; words[0] is ""
	slots []slot   // a power of two of them, at most half in use
	room  strings.Builder
	// last is how many words there were before Take, as a guess at the next.
	last int
	seed key
	long maphash.Seed
}

// slot is a place of the table; its code is 0 while it is free.
type slot struct {
	key  key
	code uint32
}

// key is a text of up to twelve bytes as it lies in memory. Of a longer one it
// is the length, the first four bytes and a hash of them all: texts that differ
// may share it.
type key struct{ head, tail uint64 }

// Append appends the codes of a column's rows.
func (d *Dictionary) Append(codes []uint32, t Texts) []uint32 {
	if d.words == nil {
		d.begin()
	}
	n := len(codes)
	codes = append(codes, make([]uint32, len(t.rows))...)
	fresh := codes[n:]
	slots, seed := d.slots, d.seed
	for row := range fresh {
		if !t.valid.has(row) {
			continue
		}
		s := &t.rows[row]
		if s.length <= inlined {
			k := s.raw()
			at := &slots[k.place(seed)&(len(slots)-1)]
			if at.key == k && at.code != 0 {
				fresh[row] = at.code
				continue
			}
		}
		fresh[row] = d.code(s)
		slots = d.slots
	}
	return codes
}

// Code is the code of a row's text.
func (d *Dictionary) Code(t Texts, row int) uint32 {
	if !t.Has(row) {
		return 0
	}
	if d.words == nil {
		d.begin()
	}
	return d.code(&t.rows[row])
}

// Take hands over the words by their codes, and forgets them.
func (d *Dictionary) Take() []string {
	words := d.words
	if words == nil {
		return []string{""}
	}
	d.words, d.last = nil, len(words)
	clear(d.slots)
	d.room = strings.Builder{}
	return words
}

func (d *Dictionary) code(s *stringT) uint32 {
	k := s.raw()
	if s.length > inlined {
		k.tail = maphash.String(d.long, s.text())
	}
	for i := k.place(d.seed); ; i++ {
		at := &d.slots[i&(len(d.slots)-1)]
		switch {
		case at.code == 0:
			return d.add(k, s.text())
		case at.key == k && (s.length <= inlined || d.words[at.code] == s.text()):
			return at.code
		}
	}
}

func (d *Dictionary) begin() {
	if d.slots == nil {
		d.slots = make([]slot, 16)
		d.seed = key{rand.Uint64(), rand.Uint64()} // so that no sender can choose texts that collide
		d.long = maphash.MakeSeed()
	}
	d.words = make([]string, 1, max(8, d.last+d.last/8))
}

// place is where a key is looked for first, once it is cut to the table's size.
func (k key) place(seed key) int {
	high, low := bits.Mul64(k.head^seed.head, k.tail^seed.tail)
	return int(high ^ low)
}

func (d *Dictionary) add(k key, text string) uint32 {
	if len(d.words)*2 > len(d.slots) {
		before := d.slots
		d.slots = make([]slot, 2*len(before))
		for _, s := range before {
			if s.code != 0 {
				*d.free(s.key) = s
			}
		}
	}
	code := uint32(len(d.words))
	d.words = append(d.words, d.keep(text))
	*d.free(k) = slot{k, code}
	return code
}

// free finds a place for a key that the table lacks.
func (d *Dictionary) free(k key) *slot {
	for i := k.place(d.seed); ; i++ {
		if at := &d.slots[i&(len(d.slots)-1)]; at.code == 0 {
			return at
		}
	}
}

const (
	smallRoom = 1 << 8
	largeRoom = 1 << 16
)

// keep copies a borrowed text to where many are together.
func (d *Dictionary) keep(text string) string {
	if d.room.Cap()-d.room.Len() < len(text) {
		size := min(largeRoom, max(smallRoom, 2*d.room.Cap()))
		d.room = strings.Builder{}
		d.room.Grow(max(size, len(text)))
	}
	from := d.room.Len()
	d.room.WriteString(text)
	return d.room.String()[from:]
}

package facts

import (
	"math/rand/v2"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// Dict gives texts codes from 1 on; 0 is "absent". Codes are given in order of
// arrival, so nothing that is answered may depend on their order.
//
// Millions of case ids are looked up here, each once in a block, so it is a hash
// table of eight bytes a slot beside the texts: of a text that is known, the
// slot and the text itself are the only memory touched. There are no pointers to
// texts, which the garbage collector would follow.
type Dict struct {
	texts  shelf
	places []uint32 // of texts, by code
	slots  []slot   // a power of two of them
	// seed is this process's own, so that nobody can prepare texts that meet.
	seed uint64
}

// slot is free where place is 0.
type slot struct{ hash, place uint32 }

const (
	fewSlots = 16
	// restoredAtOnce bounds what is reserved on the word of a checkpoint.
	restoredAtOnce = 1 << 20
)

func (d *Dict) hash(text string) uint32 {
	return uint32(xxh3.HashStringSeed(text, d.seed)) //nolint:gosec // half of it will do
}

// find is the code of a text, or 0 and the free slot where it belongs.
func (d *Dict) find(text string, hash uint32) (code uint32, free *slot) {
	mask := uint32(len(d.slots) - 1) //nolint:gosec // a power of two
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &d.slots[i]
		if s.place == 0 {
			return 0, s
		}
		if s.hash == hash {
			if code, known := d.texts.at(s.place); known == text {
				return code, nil
			}
		}
	}
}

// Code gives a text's code.
func (d *Dict) Code(text string) uint32 {
	if d.slots == nil {
		d.reserve(1)
	}
	return d.code(text, d.hash(text))
}

func (d *Dict) code(text string, hash uint32) uint32 {
	code, free := d.find(text, hash)
	if free == nil {
		return code
	}
	code = uint32(len(d.places)) //nolint:gosec // memory ends before
	*free = slot{hash, d.texts.keep(code, text)}
	d.places = append(d.places, free.place)
	if len(d.places) > len(d.slots)*5/8 {
		d.grow()
	}
	return code
}

func (d *Dict) grow() {
	old := d.slots
	d.slots = make([]slot, 2*len(old))
	mask := uint32(len(d.slots) - 1) //nolint:gosec // a power of two
	for _, s := range old {
		if s.place == 0 {
			continue
		}
		i := s.hash & mask
		for d.slots[i].place != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = s
	}
}

// Find is the code of a text that has one.
func (d *Dict) Find(text string) (uint32, bool) {
	if d.slots == nil {
		return 0, false
	}
	code, _ := d.find(text, d.hash(text))
	return code, code != 0
}

// Text is the text of a code, "" for 0.
func (d *Dict) Text(code uint32) string {
	if code == 0 {
		return ""
	}
	_, text := d.texts.at(d.places[code])
	return text
}

// Len is how many codes there are, 0 included.
func (d *Dict) Len() int { return max(1, len(d.places)) }

// Column gives the codes of a column's words, by the block's own codes, appended
// to scratch[:0]. A nil column has no words but "absent".
func (d *Dict) Column(c *event.TagColumn, scratch []uint32) []uint32 {
	scratch = append(scratch[:0], 0)
	if c == nil || len(c.Words) == 1 {
		return scratch
	}
	words := c.Words[1:]
	scratch = append(scratch, d.Code(words[0]))
	// All hashes first: the look-ups then wait for memory side by side.
	for _, word := range words[1:] {
		scratch = append(scratch, d.hash(word))
	}
	for i, word := range words[1:] {
		scratch[i+2] = d.code(word, scratch[i+2])
	}
	return scratch
}

// AppendBinary appends what Restore reads.
func (d *Dict) AppendBinary(dst []byte) []byte {
	dst = bin.AppendUint(dst, d.Len()-1)
	for code := 1; code < d.Len(); code++ {
		dst = bin.AppendText(dst, d.Text(uint32(code))) //nolint:gosec // a code
	}
	return dst
}

// Restore replaces the texts; codes are as they were.
func (d *Dict) Restore(r *bin.Reader) {
	*d = Dict{}
	n := r.Len()
	if n > 0 {
		d.reserve(min(n, restoredAtOnce))
	}
	for i := range n {
		text := r.Bytes()
		if r.Err() != nil {
			return
		}
		// What is kept is a copy.
		if int(d.Code(unsafe.String(unsafe.SliceData(text), len(text)))) != i+1 {
			r.Fail("a text that is there twice")
			return
		}
	}
}

// reserve makes an empty dictionary with room for n texts.
func (d *Dict) reserve(n int) {
	size := fewSlots
	for n+1 > size*5/8 {
		size *= 2
	}
	*d = Dict{slots: make([]slot, size), places: make([]uint32, 1, n+1), seed: rand.Uint64()} //nolint:gosec // not a secret
}

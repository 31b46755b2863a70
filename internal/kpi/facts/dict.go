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
// slot and the text itself are the only memory touched.
type Dict struct {
	texts []string
	slots []slot // a power of two of them
	// seed is this process's own, so that nobody can prepare texts that meet.
	seed uint64
	// room is where the next texts are put, one behind the other.
	room []byte
}

// slot is free where code is 0.
type slot struct{ hash, code uint32 }

const (
	fewSlots  = 16
	roomBytes = 16 << 10
)

func (d *Dict) hash(text string) uint32 {
	return uint32(xxh3.HashStringSeed(text, d.seed)) //nolint:gosec // half of it will do
}

// find is the slot of a text, or the free one where it belongs.
func (d *Dict) find(text string, hash uint32) *slot {
	mask := uint32(len(d.slots) - 1) //nolint:gosec // a power of two
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &d.slots[i]
		if s.code == 0 || s.hash == hash && d.texts[s.code] == text {
			return s
		}
	}
}

// Code gives a text's code.
func (d *Dict) Code(text string) uint32 {
	if d.slots == nil {
		*d = Dict{slots: make([]slot, fewSlots), texts: []string{""}, seed: rand.Uint64()} //nolint:gosec // not a secret
	}
	return d.code(text, d.hash(text))
}

func (d *Dict) code(text string, hash uint32) uint32 {
	s := d.find(text, hash)
	if s.code != 0 {
		return s.code
	}
	code := uint32(len(d.texts)) //nolint:gosec // memory ends before
	d.texts = append(d.texts, d.keep(text))
	*s = slot{hash, code}
	if len(d.texts) > len(d.slots)*5/8 {
		d.grow()
	}
	return code
}

func (d *Dict) grow() {
	old := d.slots
	d.slots = make([]slot, 2*len(old))
	mask := uint32(len(d.slots) - 1) //nolint:gosec // a power of two
	for _, s := range old {
		if s.code == 0 {
			continue
		}
		i := s.hash & mask
		for d.slots[i].code != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = s
	}
}

// keep copies a text to where many lie together; what is there is never changed.
func (d *Dict) keep(text string) string {
	if len(text) == 0 {
		return ""
	}
	if len(d.room)+len(text) > cap(d.room) {
		size := roomBytes
		if len(d.texts) < 2*fewSlots {
			size = 256 // most dictionaries are small
		}
		d.room = make([]byte, 0, max(size, len(text)))
	}
	from := len(d.room)
	d.room = append(d.room, text...)
	return unsafe.String(&d.room[from], len(text))
}

// Find is the code of a text that has one.
func (d *Dict) Find(text string) (uint32, bool) {
	if d.slots == nil {
		return 0, false
	}
	code := d.find(text, d.hash(text)).code
	return code, code != 0
}

// Text is the text of a code, "" for 0.
func (d *Dict) Text(code uint32) string {
	if code == 0 {
		return ""
	}
	return d.texts[code]
}

// Len is how many codes there are, 0 included.
func (d *Dict) Len() int { return max(1, len(d.texts)) }

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
		dst = bin.AppendText(dst, d.texts[code])
	}
	return dst
}

// Restore replaces the texts; codes are as they were.
func (d *Dict) Restore(r *bin.Reader) {
	*d = Dict{}
	n := r.Len()
	for i := range n {
		text := r.Text()
		if r.Err() != nil {
			return
		}
		if int(d.Code(text)) != i+1 {
			r.Fail("a text that is there twice")
			return
		}
	}
}

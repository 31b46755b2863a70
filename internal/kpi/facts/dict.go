package facts

import (
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// Dict gives texts codes from 1 on; 0 is "absent". Codes are given in order of
// arrival, so nothing that is answered may depend on their order.
type Dict struct {
	texts []string
	codes map[string]uint32
}

// Code gives a text's code.
func (d *Dict) Code(text string) uint32 {
	if code, ok := d.codes[text]; ok {
		return code
	}
	if d.codes == nil {
		d.codes = make(map[string]uint32)
		d.texts = []string{""}
	}
	code := uint32(len(d.texts)) //nolint:gosec // memory ends before
	text = strings.Clone(text)
	d.texts = append(d.texts, text)
	d.codes[text] = code
	return code
}

// Find is the code of a text that has one.
func (d *Dict) Find(text string) (uint32, bool) {
	code, ok := d.codes[text]
	return code, ok
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
	if c == nil {
		return scratch
	}
	for _, word := range c.Words[1:] {
		scratch = append(scratch, d.Code(word))
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

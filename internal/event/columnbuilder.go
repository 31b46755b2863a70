package event

import (
	"slices"
	"strings"
)

// columnBuilder leaves out trailing absent rows: codes may be shorter than the
// block until it is sealed.
type columnBuilder struct {
	codes []uint32
	words []string
	index map[string]uint32
}

func (c *columnBuilder) intern(text string) uint32 {
	if code, ok := c.index[text]; ok {
		return code
	}
	return c.add(strings.Clone(text))
}

// internBytes looks text up without allocating when it is known. Neighbouring
// rows often repeat a text, so the last one is tried first.
func (c *columnBuilder) internBytes(text []byte) uint32 {
	if n := len(c.codes); n > 0 {
		if last := c.codes[n-1]; last != Absent && c.words[last] == string(text) {
			return last
		}
	}
	if code, ok := c.index[string(text)]; ok {
		return code
	}
	return c.add(string(text))
}

func (c *columnBuilder) add(text string) uint32 {
	if c.index == nil {
		c.index = make(map[string]uint32)
		c.words = append(c.words[:0], "")
	}
	code := uint32(len(c.words))
	c.words = append(c.words, text)
	c.index[text] = code
	return code
}

// set writes the code of a row, filling the rows before it with Absent.
// It reports false where the row already has a text.
func (c *columnBuilder) set(row int, code uint32) bool {
	if len(c.codes) > row {
		return false
	}
	for len(c.codes) < row {
		c.codes = append(c.codes, Absent)
	}
	c.codes = append(c.codes, code)
	return true
}

func (c *columnBuilder) seal(rows int) Column {
	for len(c.codes) < rows {
		c.codes = append(c.codes, Absent)
	}
	if len(c.words) == 0 {
		c.words = []string{""}
	}
	return Column{Codes: c.codes, Words: c.words}
}

func (c *columnBuilder) appendColumn(first int, o *Column, keep []bool) {
	if len(o.Words) == 1 { // nothing but absent rows
		return
	}
	remap := make([]uint32, len(o.Words))
	for i := 1; i < len(o.Words); i++ {
		if keep == nil {
			remap[i] = c.intern(o.Words[i])
		}
	}
	for len(c.codes) < first {
		c.codes = append(c.codes, Absent)
	}
	c.codes = slices.Grow(c.codes, len(o.Codes))
	for i, code := range o.Codes {
		if keep != nil {
			if !keep[i] {
				continue
			}
			// Only the words of kept rows enter the dictionary.
			if code != Absent && remap[code] == Absent {
				remap[code] = c.intern(o.Words[code])
			}
		}
		c.codes = append(c.codes, remap[code])
	}
}

func (c *columnBuilder) reset() {
	c.codes = c.codes[:0]
	clear(c.index)
	if len(c.words) > 1 {
		c.words = c.words[:1]
	}
}

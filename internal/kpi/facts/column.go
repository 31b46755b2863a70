package facts

import "github.com/hms-ops/hms-monitor/internal/event"

// column gives the texts of a block their codes as they are met: of a block with
// many texts few rows may concern a KPI.
type column struct {
	*event.TagColumn
	codes []uint32 // by the block's code, 0 until it is met
}

func (c *column) use(t *event.TagColumn) {
	c.TagColumn, c.codes = t, c.codes[:0]
	if t != nil {
		c.codes = append(c.codes, make([]uint32, len(t.Words))...)
	}
}

// row is the code of a row's text, 0 where it has none.
func (c *column) row(row int, d *Dict) uint32 {
	if c.TagColumn == nil {
		return 0
	}
	word := c.Codes[row]
	if word == event.Absent {
		return 0
	}
	if c.codes[word] == 0 {
		c.codes[word] = d.Code(c.Words[word])
	}
	return c.codes[word]
}

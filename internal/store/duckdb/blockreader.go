package duckdb

import (
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// blockReader makes a block of the rows of a query that selectEvents began,
// column by column.
type blockReader struct {
	layout             *layout
	times              []int64
	values             []float64
	metric, source, id columnReader
	tags               []columnReader
	more               map[string]*columnReader
}

func newBlockReader(l *layout) *blockReader {
	return &blockReader{layout: l, tags: make([]columnReader, len(l.tags))}
}

// read appends a chunk.
func (b *blockReader) read(r *native.Result, rows int) {
	before := len(b.times)
	b.times = append(b.times, r.Int64s(1)...)
	b.metric.read(r.Texts(2))
	b.values = append(b.values, r.Doubles(3)...)
	b.source.read(r.Texts(4))
	b.id.read(r.Texts(5))
	for i := range b.tags {
		b.tags[i].read(r.Texts(tagsFrom + i))
	}
	if !b.layout.hasMore {
		return
	}
	maps := r.Maps(tagsFrom + len(b.tags))
	for row := range rows {
		maps.Each(row, func(key, text string) { b.keyed(key).set(before+row, text) })
	}
}

// keyed is the column of a key out of more_tags.
func (b *blockReader) keyed(key string) *columnReader {
	c := b.more[key]
	if c == nil {
		if b.more == nil {
			b.more = map[string]*columnReader{}
		}
		c = &columnReader{}
		b.more[strings.Clone(key)] = c
	}
	return c
}

func (b *blockReader) block() *event.Block {
	rows := len(b.times)
	block := &event.Block{
		Times: b.times, Values: b.values,
		Metric: b.metric.column(rows), ID: b.id.column(rows), Source: b.source.column(rows),
	}
	for i := range b.tags {
		if b.tags[i].words != nil {
			block.Tags = append(block.Tags, event.TagColumn{Key: b.layout.tags[i].key, Column: b.tags[i].column(rows)})
		}
	}
	if len(b.more) == 0 {
		return block
	}
	for key, c := range b.more {
		block.Tags = append(block.Tags, event.TagColumn{Key: key, Column: c.column(rows)})
	}
	slices.SortFunc(block.Tags, func(x, y event.TagColumn) int { return strings.Compare(x.Key, y.Key) })
	return block
}

// columnReader encodes texts by a dictionary. It leaves out what is absent at
// the end, until column fills it up.
type columnReader struct {
	codes []uint32
	words []string
	// short and long find a text's code: those of up to twelve bytes by how
	// DuckDB holds them, which is quicker to hash.
	short map[native.Short]uint32
	long  map[string]uint32
}

func (c *columnReader) read(t native.Texts) {
	n := t.Len()
	c.codes = slices.Grow(c.codes, n)
	for row := range n {
		code := uint32(event.Absent)
		if t.Has(row) {
			code = c.code(t, row)
		}
		c.codes = append(c.codes, code)
	}
}

func (c *columnReader) code(t native.Texts, row int) uint32 {
	short, is := t.Short(row)
	if !is {
		return c.codeOf(t.Borrow(row))
	}
	code, known := c.short[short]
	if !known {
		if c.short == nil {
			c.short = map[native.Short]uint32{}
		}
		code = c.add(t.Borrow(row))
		c.short[short] = code
	}
	return code
}

func (c *columnReader) codeOf(text string) uint32 {
	code, known := c.long[text]
	if !known {
		if c.long == nil {
			c.long = map[string]uint32{}
		}
		code = c.add(text)
		c.long[c.words[code]] = code
	}
	return code
}

func (c *columnReader) add(text string) uint32 {
	if c.words == nil {
		c.words = []string{""}
	}
	c.words = append(c.words, strings.Clone(text))
	return uint32(len(c.words) - 1)
}

// set sets a row behind those set before.
func (c *columnReader) set(row int, text string) {
	c.fill(row)
	c.codes = append(c.codes, c.codeOf(text))
}

func (c *columnReader) fill(rows int) {
	for len(c.codes) < rows {
		c.codes = append(c.codes, event.Absent)
	}
}

func (c *columnReader) column(rows int) event.Column {
	c.fill(rows)
	if c.words == nil {
		c.words = []string{""}
	}
	return event.Column{Codes: c.codes, Words: c.words}
}

package duckdb

import (
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb/native"
)

// blockReader makes blocks of the rows of queries for a selection, column by
// column.
type blockReader struct {
	selection          selection
	seqs               []uint64
	times              []int64
	values             []float64
	metric, source, id textReader
	tags               []textReader
	more               map[string]*textReader
	// last is how many rows the block before had, as a guess at the next.
	last int
}

func newBlockReader(s selection) *blockReader {
	return &blockReader{selection: s, tags: make([]textReader, len(s.tags))}
}

func (b *blockReader) rows() int { return len(b.times) }

// read appends a chunk.
func (b *blockReader) read(r *native.Result, rows int) {
	before := b.rows()
	if before == 0 {
		b.begin(max(rows, b.last))
	}
	for _, seq := range r.Int64s(columnSeq) {
		b.seqs = append(b.seqs, uint64(seq))
	}
	b.times = append(b.times, r.Int64s(columnTime)...)
	b.values = append(b.values, r.Doubles(columnValue)...)
	b.metric.read(r.Texts(columnMetric))
	column := columnRest
	if b.selection.whole {
		b.source.read(r.Texts(column))
		b.id.read(r.Texts(column + 1))
		column += 2
	}
	for i := range b.tags {
		b.tags[i].read(r.Texts(column))
		column++
	}
	if b.selection.maps {
		b.readMaps(r.Maps(column), before, rows)
	}
}

func (b *blockReader) begin(rows int) {
	b.seqs, b.times, b.values = make([]uint64, 0, rows), make([]int64, 0, rows), make([]float64, 0, rows)
	b.metric.begin(rows)
	b.source.begin(rows)
	b.id.begin(rows)
	for i := range b.tags {
		b.tags[i].begin(rows)
	}
}

func (b *blockReader) readMaps(maps native.Maps, before, rows int) {
	for row := range rows {
		for i, to := maps.Entries(row); i < to; i++ {
			b.keyed(maps.Keys.Borrow(i)).set(before+row, maps.Texts, i)
		}
	}
}

// keyed is the column of a key out of more_tags.
func (b *blockReader) keyed(key string) *textReader {
	c := b.more[key]
	if c == nil {
		if b.more == nil {
			b.more = map[string]*textReader{}
		}
		c = &textReader{}
		b.more[strings.Clone(key)] = c
	}
	return c
}

// take gives the rows read as a block, and begins the next.
func (b *blockReader) take() store.Numbered {
	rows := b.rows()
	block := &event.Block{
		Times: b.times, Values: b.values,
		Metric: b.metric.take(rows), ID: b.id.take(rows), Source: b.source.take(rows),
	}
	addTag := func(key string, c *textReader) {
		if column := c.take(rows); len(column.Words) > 1 {
			block.Tags = append(block.Tags, event.TagColumn{Key: key, Column: column})
		}
	}
	for i := range b.tags {
		addTag(b.selection.tags[i].key, &b.tags[i])
	}
	if len(b.more) > 0 {
		for key, c := range b.more {
			addTag(key, c)
		}
		slices.SortFunc(block.Tags, func(x, y event.TagColumn) int { return strings.Compare(x.Key, y.Key) })
	}
	n := store.Numbered{Seqs: b.seqs, Block: block}
	b.seqs, b.times, b.values, b.last = nil, nil, nil, rows
	return n
}

// textReader encodes texts by a dictionary. It leaves out what is absent at the
// end, until take fills it up.
type textReader struct {
	codes      []uint32
	dictionary native.Dictionary
}

func (c *textReader) begin(rows int) { c.codes = make([]uint32, 0, rows) }

func (c *textReader) read(t native.Texts) { c.codes = c.dictionary.Append(c.codes, t) }

// set sets a row behind those set before.
func (c *textReader) set(row int, t native.Texts, i int) {
	c.fill(row)
	c.codes = append(c.codes, c.dictionary.Code(t, i))
}

func (c *textReader) fill(rows int) {
	if missing := rows - len(c.codes); missing > 0 {
		c.codes = append(c.codes, make([]uint32, missing)...)
	}
}

func (c *textReader) take(rows int) event.Column {
	c.fill(rows)
	column := event.Column{Codes: c.codes, Words: c.dictionary.Take()}
	c.codes = nil
	return column
}

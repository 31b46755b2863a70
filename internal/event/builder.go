package event

import (
	"slices"
	"strings"
)

// Builder collects events into a Block. A row is set field by field after
// Start. The zero value is ready. A Builder is for one goroutine.
type Builder struct {
	times    []int64
	values   []float64
	metric   columnBuilder
	id       columnBuilder
	source   columnBuilder
	tags     []tagBuilder
	byKey    map[string]int
	next     int // the tag column used last
	requests []Request
}

type tagBuilder struct {
	key string
	columnBuilder
}

// Len is the number of rows so far.
func (b *Builder) Len() int { return len(b.times) }

// Start begins a row.
func (b *Builder) Start() {
	b.times = append(b.times, 0)
	b.values = append(b.values, 0)
}

func (b *Builder) row() int { return len(b.times) - 1 }

// SetTime sets the current row's time, in milliseconds since 1970 UTC.
func (b *Builder) SetTime(ms int64) { b.times[b.row()] = ms }

// SetValue sets the current row's value.
func (b *Builder) SetValue(v float64) { b.values[b.row()] = v }

// SetMetric names the current row.
func (b *Builder) SetMetric(name []byte) { b.metric.set(b.row(), b.metric.internBytes(name)) }

// SetID sets the current row's id.
func (b *Builder) SetID(id []byte) { b.id.set(b.row(), b.id.internBytes(id)) }

// SetSource sets the current row's source.
func (b *Builder) SetSource(s []byte) { b.source.set(b.row(), b.source.internBytes(s)) }

// SetTag sets a tag of the current row; false when the row has the key already.
func (b *Builder) SetTag(key, value []byte) bool {
	c := &b.tags[b.tagColumn(key)]
	if len(c.codes) > b.row() {
		return false
	}
	return c.set(b.row(), c.internBytes(value))
}

// tagColumn finds the column of a key. Events of one sender mostly have the
// same keys in the same order, so the column after the last one is tried first.
func (b *Builder) tagColumn(key []byte) int {
	if b.next++; b.next >= len(b.tags) {
		b.next = 0
	}
	if b.next < len(b.tags) && b.tags[b.next].key == string(key) {
		return b.next
	}
	i, ok := b.byKey[string(key)]
	if !ok {
		i = b.addTag(string(key))
	}
	b.next = i
	return i
}

func (b *Builder) addTag(key string) int {
	if b.byKey == nil {
		b.byKey = make(map[string]int)
	}
	// A column left over from before a Reset is reused, so that a pooled
	// Builder stops allocating once it has seen its traffic.
	if n := len(b.tags); n < cap(b.tags) {
		b.tags = b.tags[:n+1]
		b.tags[n].key = key
	} else {
		b.tags = append(b.tags, tagBuilder{key: key})
	}
	b.byKey[key] = len(b.tags) - 1
	return len(b.tags) - 1
}

// Append adds one event given as a row.
func (b *Builder) Append(e Event) {
	b.Start()
	row := b.row()
	b.times[row], b.values[row] = e.Time, e.Value
	b.metric.set(row, b.metric.intern(e.Metric))
	if e.ID != "" {
		b.id.set(row, b.id.intern(e.ID))
	}
	if e.Source != "" {
		b.source.set(row, b.source.intern(e.Source))
	}
	for _, t := range e.Tags {
		b.SetTag([]byte(t.Key), []byte(t.Value))
	}
}

// AppendRequest records that the rows from first on came under an idempotency key.
func (b *Builder) AppendRequest(key string, first int) {
	b.requests = append(b.requests, Request{Key: key, First: first, Count: b.Len() - first})
}

// AppendBlock adds another block, its request keys included.
func (b *Builder) AppendBlock(o *Block) {
	for _, r := range o.Requests {
		b.requests = append(b.requests, Request{Key: r.Key, First: r.First + b.Len(), Count: r.Count})
	}
	b.AppendRows(o, nil)
}

// AppendRows adds the rows of o for which keep is true, all where keep is nil.
// Request keys are left behind.
func (b *Builder) AppendRows(o *Block, keep []bool) {
	first := b.Len()
	if keep == nil {
		b.times = append(b.times, o.Times...)
		b.values = append(b.values, o.Values...)
	} else {
		for i, k := range keep {
			if k {
				b.times = append(b.times, o.Times[i])
				b.values = append(b.values, o.Values[i])
			}
		}
	}
	b.metric.appendColumn(first, &o.Metric, keep)
	b.id.appendColumn(first, &o.ID, keep)
	b.source.appendColumn(first, &o.Source, keep)
	for k := range o.Tags {
		c := &o.Tags[k]
		i, ok := b.byKey[c.Key]
		if !ok {
			i = b.addTag(c.Key)
		}
		b.tags[i].appendColumn(first, &c.Column, keep)
	}
}

// Block seals what was collected and hands it over. Before the Builder is used
// again it must be replaced (the block lives on) or reset (the block is done).
func (b *Builder) Block() *Block {
	rows := b.Len()
	block := &Block{
		Times: b.times, Values: b.values,
		Metric: b.metric.seal(rows), ID: b.id.seal(rows), Source: b.source.seal(rows),
		Requests: b.requests,
		Tags:     make([]TagColumn, 0, len(b.tags)),
	}
	for i := range b.tags {
		if len(b.tags[i].words) <= 1 {
			continue // no row kept this key
		}
		block.Tags = append(block.Tags, TagColumn{Key: b.tags[i].key, Column: b.tags[i].seal(rows)})
	}
	slices.SortFunc(block.Tags, func(x, y TagColumn) int { return strings.Compare(x.Key, y.Key) })
	return block
}

// Reset empties the Builder but keeps its memory, for a Builder whose last
// block nobody holds any longer.
func (b *Builder) Reset() {
	b.times, b.values, b.requests = b.times[:0], b.values[:0], b.requests[:0]
	b.metric.reset()
	b.id.reset()
	b.source.reset()
	for i := range b.tags {
		b.tags[i].reset()
	}
	b.tags = b.tags[:0]
	clear(b.byKey)
}

// Of makes a block of rows; for tests and small batches.
func Of(events ...Event) *Block {
	var b Builder
	for _, e := range events {
		b.Append(e)
	}
	return b.Block()
}

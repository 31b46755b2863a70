package kpi

import (
	"maps"
	"slices"
	"sync"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// Keys gives the values of key tags (caseId, surveyId, ...) codes, shared by
// all KPIs, so that each can keep what it knows of a case in a slice. It may be
// used from several goroutines.
type Keys struct {
	mu    sync.Mutex
	byTag map[string]*facts.Dict
}

// NewKeys is empty.
func NewKeys() *Keys { return &Keys{byTag: map[string]*facts.Dict{}} }

// Find is the code of a value seen before.
func (k *Keys) Find(tag, text string) (uint32, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := k.byTag[tag]; d != nil {
		return d.Find(text)
	}
	return 0, false
}

// Text is the value of a code.
func (k *Keys) Text(tag string, code uint32) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.byTag[tag].Text(code)
}

func (k *Keys) column(tag string, c *event.TagColumn) []uint32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dict(tag).Column(c, nil)
}

func (k *Keys) code(tag, text string) uint32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dict(tag).Code(text)
}

func (k *Keys) dict(tag string) *facts.Dict {
	d := k.byTag[tag]
	if d == nil {
		d = &facts.Dict{}
		k.byTag[tag] = d
	}
	return d
}

// AppendBinary appends what Restore reads.
func (k *Keys) AppendBinary(dst []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	dst = bin.AppendUint(dst, len(k.byTag))
	for tag, d := range k.byTag {
		dst = d.AppendBinary(bin.AppendText(dst, tag))
	}
	return dst
}

// Restore replaces the codes.
func (k *Keys) Restore(r *bin.Reader) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byTag = map[string]*facts.Dict{}
	for range r.Len() {
		d := &facts.Dict{}
		tag := r.Text()
		d.Restore(r)
		k.byTag[tag] = d
	}
}

// Batch is a block on its way through the evaluators of KPIs, with what they
// look up in common. Several goroutines may use it.
type Batch struct {
	*event.Block
	keys *Keys

	mu    sync.Mutex
	codes map[string][]uint32
}

// NewBatch prepares a block.
func NewBatch(b *event.Block, keys *Keys) *Batch {
	return &Batch{Block: b, keys: keys}
}

// Codes gives the codes of a key tag, by the block's own codes, and the column;
// nil where no event of the block carries the tag.
func (b *Batch) Codes(tag string) (codes []uint32, column *event.TagColumn) {
	column = b.Tag(tag)
	if column == nil {
		return nil, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	codes, ok := b.codes[tag]
	if !ok {
		codes = b.keys.column(tag, column)
		if b.codes == nil {
			b.codes = map[string][]uint32{}
		}
		b.codes[tag] = codes
	}
	return codes, column
}

// LookUp looks the keys up that were asked for of another batch: the evaluators
// will ask for them of this one as well.
func (b *Batch) LookUp(like *Batch) {
	like.mu.Lock()
	tags := slices.Collect(maps.Keys(like.codes))
	like.mu.Unlock()
	for _, tag := range tags {
		b.Codes(tag)
	}
}

// Code is the code of a value of a key tag that an event names in another place.
func (b *Batch) Code(tag, text string) uint32 { return b.keys.code(tag, text) }

// Kinds is what each metric name means to an evaluator: a number from 1 on.
type Kinds map[string]uint8

// Rows gives, by the block's metric code, the kind that a metric means; nil
// where none of them means anything. It is appended to scratch[:0].
func (k Kinds) Rows(b *event.Block, scratch []uint8) []uint8 {
	scratch, found := append(scratch[:0], 0), false
	for _, name := range b.Metric.Words[1:] {
		kind := k[name]
		found = found || kind != 0
		scratch = append(scratch, kind)
	}
	if !found {
		return nil
	}
	return scratch
}

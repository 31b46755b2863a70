package facts

import (
	"slices"
	"strings"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// Labels gives tuples of tag values codes; code 0 is the tuple of absent values.
// A value that is absent is 0 in a tuple, an empty text is not.
type Labels struct {
	Keys   []string
	values []Dict     // one for each key
	tuples [][]uint32 // by code
	codes  map[string]uint32
	// one is the way from a value to its tuple where there is a single key.
	one []uint32
	key []byte

	columns []*event.TagColumn
	byWord  [][]uint32 // by key, by the block's code: the value's code
	tuple   []uint32
}

// NewLabels makes tuples of the values of keys.
func NewLabels(keys []string) *Labels {
	n := len(keys)
	return &Labels{
		Keys: keys, values: make([]Dict, n), tuples: [][]uint32{make([]uint32, n)}, codes: map[string]uint32{},
		columns: make([]*event.TagColumn, n), byWord: make([][]uint32, n), tuple: make([]uint32, n), one: []uint32{0},
	}
}

// Len is how many codes there are.
func (l *Labels) Len() int { return len(l.tuples) }

// Use makes b the block whose rows Row is asked about.
func (l *Labels) Use(b *event.Block) {
	for i, key := range l.Keys {
		l.columns[i] = b.Tag(key)
		l.byWord[i] = l.values[i].Column(l.columns[i], l.byWord[i])
	}
}

// Row is the code of the tuple of a row of the block in use.
func (l *Labels) Row(row int) uint32 {
	for i, c := range l.columns {
		l.tuple[i] = 0
		if c != nil {
			l.tuple[i] = l.byWord[i][c.Codes[row]]
		}
	}
	return l.code(l.tuple)
}

func (l *Labels) code(tuple []uint32) uint32 {
	if len(tuple) == 1 {
		v := int(tuple[0])
		for len(l.one) <= v {
			l.one = append(l.one, l.add([]uint32{uint32(len(l.one))})) //nolint:gosec // a code
		}
		return l.one[v]
	}
	l.key = l.key[:0]
	absent := true
	for _, v := range tuple {
		absent = absent && v == 0
		l.key = append(l.key, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	if absent {
		return 0
	}
	if code, ok := l.codes[string(l.key)]; ok {
		return code
	}
	code := l.add(tuple)
	l.codes[string(l.key)] = code
	return code
}

func (l *Labels) add(tuple []uint32) uint32 {
	l.tuples = append(l.tuples, slices.Clone(tuple))
	return uint32(len(l.tuples) - 1) //nolint:gosec // memory ends before
}

// Of is the code of a tuple given as texts; present tells which are there.
func (l *Labels) Of(texts []string, present []bool) uint32 {
	tuple := make([]uint32, len(l.Keys))
	for i := range tuple {
		if present[i] {
			tuple[i] = l.values[i].Code(texts[i])
		}
	}
	return l.code(tuple)
}

// Fill is the tuple of code, its absent values taken from other.
func (l *Labels) Fill(code, other uint32) uint32 {
	if code == other || other == 0 {
		return code
	}
	changed := false
	for i, v := range l.tuples[code] {
		if v == 0 && l.tuples[other][i] != 0 {
			v, changed = l.tuples[other][i], true
		}
		l.tuple[i] = v
	}
	if !changed {
		return code
	}
	return l.code(l.tuple)
}

// With is the tuple of code with the i-th value replaced.
func (l *Labels) With(code uint32, i int, value uint32) uint32 {
	copy(l.tuple, l.tuples[code])
	l.tuple[i] = value
	return l.code(l.tuple)
}

// Value is the i-th value of a tuple as a code, 0 where absent.
func (l *Labels) Value(code uint32, i int) uint32 { return l.tuples[code][i] }

// Text is the i-th value of a tuple; false where it is absent.
func (l *Labels) Text(code uint32, i int) (string, bool) {
	v := l.tuples[code][i]
	return l.values[i].Text(v), v != 0
}

// Compare orders tuples by their texts, which no order of arrival changes.
func (l *Labels) Compare(a, b uint32) int {
	if a == b {
		return 0
	}
	for i := range l.Keys {
		x, y := l.tuples[a][i], l.tuples[b][i]
		if x == y {
			continue
		}
		if x == 0 || y == 0 {
			return int(x) - int(y)
		}
		return strings.Compare(l.values[i].Text(x), l.values[i].Text(y))
	}
	return 0
}

// Tags is a tuple as tags, absent ones left out.
func (l *Labels) Tags(code uint32, keys int) (tags []event.Tag) {
	for i := range keys {
		if text, ok := l.Text(code, i); ok {
			tags = append(tags, event.Tag{Key: l.Keys[i], Value: text})
		}
	}
	return tags
}

// AppendBinary appends what Restore reads.
func (l *Labels) AppendBinary(dst []byte) []byte {
	for i := range l.values {
		dst = l.values[i].AppendBinary(dst)
	}
	dst = bin.AppendUint(dst, len(l.tuples)-1)
	for _, tuple := range l.tuples[1:] {
		for _, v := range tuple {
			dst = bin.AppendUint(dst, int(v))
		}
		dst = append(dst, 0) // so that a tuple of no keys takes a byte
	}
	return dst
}

// Restore replaces the tuples of the same keys; codes are as they were.
func (l *Labels) Restore(r *bin.Reader) {
	*l = *NewLabels(l.Keys)
	for i := range l.values {
		l.values[i].Restore(r)
	}
	for range r.Len() {
		tuple := make([]uint32, len(l.Keys))
		for i := range tuple {
			if tuple[i] = r.Code(); int(tuple[i]) >= l.values[i].Len() {
				r.Fail("a tag value without a text")
			}
		}
		r.Byte()
		if r.Err() != nil {
			return
		}
		if got := l.code(tuple); int(got) != len(l.tuples)-1 {
			r.Fail("a group that is there twice")
			return
		}
	}
}

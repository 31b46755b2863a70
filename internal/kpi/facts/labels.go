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
	// first leads from a value of the first key to the tuple of it alone, next[i]
	// from a tuple of the keys before the i-th and a value of that to the two.
	first []uint32
	next  []map[uint64]uint32

	columns []column // of the block in use, by key
	// lately are the tuples that were last asked for: most are, again.
	lately [recent]struct {
		step  uint64
		key   int
		tuple uint32
	}
	tuple []uint32
}

// recent is a power of two.
const recent = 64

// NewLabels makes tuples of the values of keys.
func NewLabels(keys []string) *Labels {
	n := len(keys)
	l := &Labels{
		Keys: keys, values: make([]Dict, n), tuples: [][]uint32{make([]uint32, n)}, next: make([]map[uint64]uint32, n),
		columns: make([]column, n), tuple: make([]uint32, n),
	}
	for i := range l.next {
		l.next[i] = map[uint64]uint32{}
	}
	return l
}

// Len is how many codes there are.
func (l *Labels) Len() int { return len(l.tuples) }

// Use makes b the block whose rows Row is asked about.
func (l *Labels) Use(b *event.Block) {
	for i, key := range l.Keys {
		l.columns[i].use(b.Tag(key))
	}
}

// Row is the code of the tuple of a row of the block in use.
func (l *Labels) Row(row int) uint32 {
	for i := range l.columns {
		l.tuple[i] = l.columns[i].row(row, &l.values[i])
	}
	return l.code(l.tuple)
}

func (l *Labels) code(tuple []uint32) (code uint32) {
	for i, v := range tuple {
		switch {
		case v == 0:
		case i == 0:
			code = l.alone(v)
		default:
			code = l.extended(code, i, v)
		}
	}
	return code
}

// alone is the tuple of a value of the first key.
func (l *Labels) alone(v uint32) uint32 {
	for len(l.first) <= int(v) {
		l.first = append(l.first, 0)
	}
	if l.first[v] == 0 {
		l.first[v] = l.fresh(0, 0, v)
	}
	return l.first[v]
}

// extended is the tuple of a code with one value more.
func (l *Labels) extended(code uint32, i int, v uint32) uint32 {
	step := uint64(code)<<32 | uint64(v)
	lately := &l.lately[(code*31+v)%recent]
	if lately.step == step && lately.key == i {
		return lately.tuple
	}
	known, ok := l.next[i][step]
	if !ok {
		known = l.fresh(code, i, v)
		l.next[i][step] = known
	}
	lately.step, lately.key, lately.tuple = step, i, known
	return known
}

// fresh makes the tuple of a code with one value more.
func (l *Labels) fresh(code uint32, i int, v uint32) uint32 {
	tuple := slices.Clone(l.tuples[code])
	tuple[i] = v
	l.tuples = append(l.tuples, tuple)
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

// Head is the tuple of code with all values absent but the first n.
func (l *Labels) Head(code uint32, n int) uint32 {
	if n == len(l.Keys) {
		return code
	}
	copy(l.tuple, l.tuples[code])
	clear(l.tuple[n:])
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

package formula

import (
	"math/bits"
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Filter tells which events count. It is not changed by use; matchers are.
type Filter struct {
	tags []string
	// memos are the tags, by place, of the conditions that are looked up by word.
	memos []int
	holds func(*frame) Truth
	// key and conjuncts are those of its operand.
	key       string
	conjuncts []string
}

// place is that of a tag in tags.
func (f *Filter) place(key string) (int, bool) {
	i := slices.Index(f.tags, key)
	if i < 0 {
		i = len(f.tags)
		if i == MaxTags {
			return 0, false
		}
		f.tags = append(f.tags, key)
	}
	return i, true
}

// compileFilter cuts a filter out of an aggregate; nil where it has a fault.
func (c *compiler) compileFilter(node ast.Node) *Filter {
	f := &Filter{}
	c.filter = f
	o := c.part(node)
	if o.kind != truth {
		if o.kind != faulty {
			c.fault(node, `a filter is true or false, as in queue == "permits", but this is %v`, o.kind)
		}
		c.filter = nil
		return nil
	}
	o = c.remember(o)
	c.filter = nil
	f.holds, f.key, f.conjuncts = o.truth, o.key, o.joined()
	return f
}

// remember makes a condition on a single tag one that is asked once for each
// word of a block, however many rows hold the word.
func (c *compiler) remember(o operand) operand {
	if o.memo || !o.oneTag() {
		return o
	}
	tag := bits.TrailingZeros64(o.tags)
	memo, ask := len(c.filter.memos), o.truth
	c.filter.memos = append(c.filter.memos, tag)
	o.memo = true
	o.truth = func(f *frame) Truth {
		known := &f.memos[memo][f.word(tag)]
		if *known == unasked {
			*known = ask(f)
		}
		return *known
	}
	return o
}

// Matcher runs a filter over blocks. It is for one goroutine at a time.
type Matcher struct {
	filter *Filter
	frame  frame
}

// Matcher makes one.
func (f *Filter) Matcher() *Matcher {
	return &Matcher{filter: f, frame: frame{columns: make([]*event.TagColumn, len(f.tags)), memos: make([][]Truth, len(f.memos))}}
}

// Use makes b the block whose rows Match is asked about.
func (m *Matcher) Use(b *event.Block) {
	m.frame.values = b.Values
	for i, key := range m.filter.tags {
		m.frame.columns[i] = b.Tag(key)
	}
	for i, tag := range m.filter.memos {
		words := 1
		if c := m.frame.columns[tag]; c != nil {
			words = len(c.Words)
		}
		memo := slices.Grow(m.frame.memos[i][:0], words)[:words]
		clear(memo)
		m.frame.memos[i] = memo
	}
}

// Match reports whether a row's event counts.
func (m *Matcher) Match(row int) bool {
	m.frame.row = row
	return m.filter.holds(&m.frame) == Yes
}

package formula

import (
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Truth has three values. Unknown is what a comparison with no data gives; it
// spreads as in SQL: unknown and no is no, unknown or yes is yes.
type Truth uint8

// The values are in this order for `and` to be the least and `or` the greatest
// of two. The zero value is none of them.
const (
	unasked Truth = iota
	No
	Unknown
	Yes
)

func truthOf(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// kind is the type of an operand.
type kind uint8

const (
	faulty kind = iota // a fault has been found in it
	number
	text
	truth
)

func (k kind) String() string {
	return [...]string{"a fault", "a number", "text", "true or false"}[k]
}

// frame is what an operand is calculated from: the variables of a formula, or a
// row of a block where it is within a filter.
type frame struct {
	variables []float64
	hours     float64

	row     int
	values  []float64
	columns []*event.TagColumn // by place in the filter's tags
	memos   [][]Truth          // by memo, then by the block's code of the word
}

// word is the code of a tag's text in the row's block.
func (f *frame) word(tag int) uint32 {
	if c := f.columns[tag]; c != nil {
		return c.Codes[f.row]
	}
	return event.Absent
}

func (f *frame) text(tag int) string {
	if c := f.columns[tag]; c != nil {
		return c.Words[c.Codes[f.row]]
	}
	return ""
}

// operand is a part of an expression, ready to be calculated: the function of
// its kind is set.
type operand struct {
	kind   kind
	number func(*frame) float64 // NaN is no data
	text   func(*frame) string
	truth  func(*frame) Truth

	// key is equal for operands that calculate the same thing in the same way,
	// and different for all others.
	key string
	// literal operands are constants and take any frame.
	literal bool
	// memo: the answer is looked up by the word of the one tag it depends on.
	memo bool
	reads

	// conjuncts are the keys of what an `and` joins.
	conjuncts []string
	// count is the place, from 1 on, of the variable that the operand is, where
	// that is a count.
	count int
	share *Share
}

// reads is what an operand depends on.
type reads struct {
	tags  uint64 // of the filter, by place
	value bool
	// variables by place, and those of them that something is divided by.
	variables, below uint64
}

func (r reads) with(o reads) reads {
	return reads{r.tags | o.tags, r.value || o.value, r.variables | o.variables, r.below | o.below}
}

// oneTag reports whether nothing but one tag matters.
func (r reads) oneTag() bool { return !r.value && r.tags != 0 && r.tags&(r.tags-1) == 0 }

func constant(x float64) operand {
	return operand{kind: number, literal: true, key: strconv.FormatFloat(x, 'g', -1, 64), number: func(*frame) float64 { return x }}
}

func quoted(s string) operand {
	return operand{kind: text, literal: true, key: strconv.Quote(s), text: func(*frame) string { return s }}
}

func flag(b bool) operand {
	t := truthOf(b)
	return operand{kind: truth, literal: true, key: strconv.FormatBool(b), truth: func(*frame) Truth { return t }}
}

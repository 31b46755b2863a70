package alert

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Op is how a value is compared with a limit.
type Op string

// The operators that a threshold may use.
const (
	Below   Op = "<"
	AtMost  Op = "<="
	Above   Op = ">"
	AtLeast Op = ">="
)

// operators has the longer ones first, so that "<=" is not read as "<".
var operators = [...]Op{AtMost, AtLeast, Below, Above}

// falls reports whether small values are the bad ones.
func (o Op) falls() bool { return o == Below || o == AtMost }

func (o Op) words() string {
	switch o {
	case Below:
		return "below"
	case AtMost:
		return "at most"
	case Above:
		return "above"
	}
	return "at least"
}

// opposite is the operator that holds exactly where o does not.
func (o Op) opposite() Op {
	switch o {
	case Below:
		return AtLeast
	case AtMost:
		return Above
	case Above:
		return AtMost
	}
	return Below
}

// Bound is the condition under which a value is in a state: "< 2".
type Bound struct {
	Op    Op
	Limit float64
}

// Holds reports whether v meets the condition.
func (b Bound) Holds(v float64) bool {
	switch b.Op {
	case Below:
		return v < b.Limit
	case AtMost:
		return v <= b.Limit
	case Above:
		return v > b.Limit
	}
	return v >= b.Limit
}

// widened is the condition under which a state, once entered, is kept: the
// limit lies h further towards the good side.
func (b Bound) widened(h float64) Bound {
	if b.Op.falls() {
		return Bound{b.Op, b.Limit + h}
	}
	return Bound{b.Op, b.Limit - h}
}

// String says the condition in words: "below 2".
func (b Bound) String() string { return b.Op.words() + " " + number(b.Limit) }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Limit is a threshold as the configuration gives it: a number, or an operator
// and a number. What it means is settled by Threshold, which sees both limits.
type Limit struct{ text string }

// LimitOf is the limit that the configuration text gives; "" is no limit.
func LimitOf(text string) Limit { return Limit{text} }

func (l Limit) given() bool { return l.text != "" }

// UnmarshalYAML takes a number or text. It leaves what is wrong with the text
// to Validate, which reports all faults of the section at once.
func (l *Limit) UnmarshalYAML(unmarshal func(any) error) error {
	var v any
	if err := unmarshal(&v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		if l.text = strings.TrimSpace(v); l.text == "" {
			l.text = `""`
		}
	case int, int64, uint64, float64:
		l.text = fmt.Sprint(v)
	default:
		return fmt.Errorf("a threshold is a number or text like \"> 60\", not %v", v)
	}
	return nil
}

// parse reads the limit; op is "" where only a number is given.
func (l Limit) parse() (op Op, limit float64, err error) {
	text := l.text
	for _, o := range operators {
		if rest, ok := strings.CutPrefix(text, string(o)); ok {
			op, text = o, strings.TrimSpace(rest)
			break
		}
	}
	limit, err = strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(limit) || math.IsInf(limit, 0) {
		return "", 0, fmt.Errorf("%q is no threshold: write a number, or an operator (<, <=, >, >=) and a number, as in \"> 60\"", l.text)
	}
	return op, limit, nil
}

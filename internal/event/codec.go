package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The encoding of a Block, as the log keeps it. docs/formats/block.md describes
// it; change that page and blockVersion together.
const (
	blockMagic   = "HMB"
	blockVersion = 1

	valuesFloat = 0 // 8 bytes each, IEEE 754, little endian
	valuesInt   = 1 // zigzag varints: every value is a whole number below 2^31

	flagID       = 1 << 0
	flagSource   = 1 << 1
	flagRequests = 1 << 2
)

// MaxRows and MaxTagKeys bound a block, so that a few damaged bytes cannot make
// the decoder allocate without end. Ingest keeps its limits below them.
const (
	MaxRows    = 1 << 17
	MaxTagKeys = 400
)

// ErrCorrupt is wrapped by every error of DecodeBlock.
var ErrCorrupt = errors.New("not a block of events")

// AppendBinary appends the encoded block to dst.
func (b *Block) AppendBinary(dst []byte) []byte {
	rows := b.Len()
	dst = append(dst, blockMagic...)
	dst = append(dst, blockVersion, b.flags())
	dst = binary.AppendUvarint(dst, uint64(rows))
	var previous int64
	for _, t := range b.Times {
		dst = binary.AppendVarint(dst, t-previous)
		previous = t
	}
	dst = appendValues(dst, b.Values)
	dst = appendColumn(dst, &b.Metric)
	if b.flags()&flagID != 0 {
		dst = appendColumn(dst, &b.ID)
	}
	if b.flags()&flagSource != 0 {
		dst = appendColumn(dst, &b.Source)
	}
	dst = binary.AppendUvarint(dst, uint64(len(b.Tags)))
	for i := range b.Tags {
		dst = appendText(dst, b.Tags[i].Key)
		dst = appendColumn(dst, &b.Tags[i].Column)
	}
	if len(b.Requests) > 0 {
		dst = binary.AppendUvarint(dst, uint64(len(b.Requests)))
		for _, r := range b.Requests {
			dst = appendText(dst, r.Key)
			dst = binary.AppendUvarint(dst, uint64(r.First))
			dst = binary.AppendUvarint(dst, uint64(r.Count))
		}
	}
	return dst
}

func (b *Block) flags() (f byte) {
	if len(b.ID.Words) > 1 {
		f |= flagID
	}
	if len(b.Source.Words) > 1 {
		f |= flagSource
	}
	if len(b.Requests) > 0 {
		f |= flagRequests
	}
	return f
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

func appendValues(dst []byte, values []float64) []byte {
	whole := true
	for _, v := range values {
		if v != math.Trunc(v) || math.Abs(v) >= 1<<31 || (v == 0 && math.Signbit(v)) {
			whole = false
			break
		}
	}
	if whole {
		dst = append(dst, valuesInt)
		for _, v := range values {
			dst = binary.AppendVarint(dst, int64(v))
		}
		return dst
	}
	dst = append(dst, valuesFloat)
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}

// appendColumn writes the dictionary, all lengths before all text, and then the
// codes in the fewest whole bytes that hold the largest; none at all where
// every row has the same code.
func appendColumn(dst []byte, c *Column) []byte {
	words := c.Words[1:]
	dst = binary.AppendUvarint(dst, uint64(len(words)))
	for _, w := range words {
		dst = binary.AppendUvarint(dst, uint64(len(w)))
	}
	for _, w := range words {
		dst = append(dst, w...)
	}
	if code, same := constant(c.Codes); same {
		dst = append(dst, 0)
		return binary.AppendUvarint(dst, uint64(code))
	}
	width := codeWidth(len(c.Words))
	dst = append(dst, byte(width))
	switch width {
	case 1:
		for _, code := range c.Codes {
			dst = append(dst, byte(code))
		}
	case 2:
		for _, code := range c.Codes {
			dst = binary.LittleEndian.AppendUint16(dst, uint16(code))
		}
	default:
		for _, code := range c.Codes {
			dst = binary.LittleEndian.AppendUint32(dst, code)
		}
	}
	return dst
}

func constant(codes []uint32) (uint32, bool) {
	if len(codes) == 0 {
		return Absent, true
	}
	for _, c := range codes[1:] {
		if c != codes[0] {
			return 0, false
		}
	}
	return codes[0], true
}

func codeWidth(words int) int {
	switch {
	case words <= 1<<8:
		return 1
	case words <= 1<<16:
		return 2
	}
	return 4
}

// DecodeBlock reads what AppendBinary wrote. The block keeps nothing of data.
func DecodeBlock(data []byte) (*Block, error) {
	d := decoder{rest: data}
	b, err := d.block()
	if err != nil {
		return nil, fmt.Errorf("%w: %w at byte %d of %d", ErrCorrupt, err, len(data)-len(d.rest), len(data))
	}
	return b, nil
}

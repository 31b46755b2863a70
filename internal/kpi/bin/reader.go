// Package bin reads the checkpoints of the KPI engine, which are written with
// encoding/binary. Damaged bytes give an error, never a panic or an allocation
// larger than they are.
package bin

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// ErrCorrupt is wrapped by the error of a Reader.
var ErrCorrupt = errors.New("a damaged checkpoint")

// Reader takes values from the front of some bytes. After the first fault every
// value is zero, and Err says what it was.
type Reader struct {
	data []byte
	at   int // what is left begins here
	err  error
}

// NewReader reads data.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// Err is the first fault.
func (r *Reader) Err() error { return r.err }

// Fail makes why the reader's fault, unless it has one.
func (r *Reader) Fail(why string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrCorrupt, why)
	}
	r.at = len(r.data)
}

// End fails where something is left.
func (r *Reader) End() error {
	if r.More() {
		r.Fail(fmt.Sprintf("%d bytes follow its end", len(r.data)-r.at))
	}
	return r.err
}

func (r *Reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.data)-r.at {
		r.short()
		return nil
	}
	from := r.at
	r.at += n
	return r.data[from:r.at:r.at]
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if !r.More() {
		r.short()
		return 0
	}
	r.at++
	return r.data[r.at-1]
}

// Varint reads what binary.AppendVarint wrote.
func (r *Reader) Varint() int64 {
	v := r.Uvarint()
	return int64(v>>1) ^ -int64(v&1) //nolint:gosec // as binary.Varint does
}

// Uvarint reads what binary.AppendUvarint wrote.
func (r *Reader) Uvarint() uint64 {
	rest := r.data[r.at:]
	if len(rest) > 0 && rest[0] < 1<<7 {
		r.at++
		return uint64(rest[0])
	}
	if len(rest) >= 8 {
		// Up to eight bytes at once: no branch depends on how many they are.
		x := binary.LittleEndian.Uint64(rest)
		if last := ^x & 0x8080808080808080; last != 0 {
			n := bits.TrailingZeros64(last)/8 + 1
			x &= ^uint64(0) >> (64 - 8*n) & 0x7f7f7f7f7f7f7f7f
			x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
			x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
			x = x&0x000000000fffffff | x&0x0fffffff00000000>>4
			r.at += n
			return x
		}
	}
	v, n := binary.Uvarint(rest)
	if n <= 0 {
		r.short()
		return 0
	}
	r.at += n
	return v
}

func (r *Reader) short() { r.Fail("it ends too early") }

// Code reads a Uvarint of 32 bits.
func (r *Reader) Code() uint32 {
	v := r.Uvarint()
	if v > 1<<32-1 {
		r.Fail("a code is too large")
		return 0
	}
	return uint32(v)
}

// Uint64 reads eight bytes, little endian.
func (r *Reader) Uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Len reads a count of things that take a byte each at least.
func (r *Reader) Len() int {
	n := r.Uvarint()
	if n > uint64(len(r.data)-r.at) {
		r.Fail("a length beyond its end")
		return 0
	}
	return int(n) //nolint:gosec // checked above
}

// Bytes reads what AppendBytes wrote. It is a part of what the Reader was given.
func (r *Reader) Bytes() []byte { return r.take(r.Len()) }

// Text reads what AppendText wrote.
func (r *Reader) Text() string { return string(r.Bytes()) }

// AppendBytes writes a length and then the bytes.
func AppendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// AppendText writes a length and then the text.
func AppendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// AppendUint writes a count or a code.
func AppendUint(dst []byte, n int) []byte {
	return binary.AppendUvarint(dst, uint64(n)) //nolint:gosec // never negative
}

// More reports whether something is left.
func (r *Reader) More() bool { return r.at < len(r.data) }

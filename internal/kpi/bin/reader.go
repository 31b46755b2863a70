// Package bin reads the checkpoints of the KPI engine, which are written with
// encoding/binary. Damaged bytes give an error, never a panic or an allocation
// larger than they are.
package bin

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrCorrupt is wrapped by the error of a Reader.
var ErrCorrupt = errors.New("a damaged checkpoint")

// Reader takes values from the front of some bytes. After the first fault every
// value is zero, and Err says what it was.
type Reader struct {
	rest []byte
	err  error
}

// NewReader reads data.
func NewReader(data []byte) *Reader { return &Reader{rest: data} }

// Err is the first fault.
func (r *Reader) Err() error { return r.err }

// Fail makes why the reader's fault, unless it has one.
func (r *Reader) Fail(why string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrCorrupt, why)
	}
	r.rest = nil
}

// End fails where something is left.
func (r *Reader) End() error {
	if len(r.rest) > 0 {
		r.Fail(fmt.Sprintf("%d bytes follow its end", len(r.rest)))
	}
	return r.err
}

func (r *Reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.rest) {
		r.short()
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.rest) == 0 {
		r.short()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// Varint reads what binary.AppendVarint wrote.
func (r *Reader) Varint() int64 {
	v := r.Uvarint()
	return int64(v>>1) ^ -int64(v&1) //nolint:gosec // as binary.Varint does
}

// Uvarint reads what binary.AppendUvarint wrote.
func (r *Reader) Uvarint() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 1<<7 {
		v := r.rest[0]
		r.rest = r.rest[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.short()
		return 0
	}
	r.rest = r.rest[n:]
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
	if n > uint64(len(r.rest)) {
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
func (r *Reader) More() bool { return len(r.rest) > 0 }

package bin

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatWasWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type value struct {
			form int
			n    int64
			b    []byte
		}
		values := rapid.SliceOf(rapid.Custom(func(t *rapid.T) value {
			return value{rapid.IntRange(0, 6).Draw(t, "form"), rapid.Int64().Draw(t, "n"), rapid.SliceOf(rapid.Byte()).Draw(t, "b")}
		})).Draw(t, "values")
		var data []byte
		for _, v := range values {
			switch v.form {
			case 0:
				data = append(data, byte(v.n))
			case 1:
				data = binary.AppendVarint(data, v.n)
			case 2:
				data = binary.AppendUvarint(data, uint64(v.n))
			case 3:
				data = binary.LittleEndian.AppendUint64(data, uint64(v.n))
			case 4:
				data = AppendBytes(data, v.b)
			case 5:
				data = AppendText(data, string(v.b))
			case 6:
				data = AppendUint(data, int(uint32(v.n)))
			}
		}
		r := NewReader(data)
		for _, v := range values {
			if !r.More() {
				t.Fatal("it ends too early")
			}
			ok := false
			switch v.form {
			case 0:
				ok = r.Byte() == byte(v.n)
			case 1:
				ok = r.Varint() == v.n
			case 2:
				ok = r.Uvarint() == uint64(v.n)
			case 3:
				ok = r.Uint64() == uint64(v.n)
			case 4:
				ok = bytes.Equal(r.Bytes(), v.b)
			case 5:
				ok = r.Text() == string(v.b)
			case 6:
				ok = r.Code() == uint32(v.n)
			}
			if !ok {
				t.Fatalf("%+v was read as something else", v)
			}
		}
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheFirstFaultStays(t *testing.T) {
	for name, read := range map[string]func(*Reader){
		"a byte":           func(r *Reader) { r.Byte() },
		"a number":         func(r *Reader) { r.Varint() },
		"a count":          func(r *Reader) { r.Uvarint() },
		"a text":           func(r *Reader) { _ = r.Text() },
		"a length":         func(r *Reader) { *r = *NewReader([]byte{9, 1, 2}); r.Len() },
		"a code too large": func(r *Reader) { *r = *NewReader(binary.AppendUvarint(nil, 1<<32)); r.Code() },
		"an endless count": func(r *Reader) { *r = *NewReader(bytes.Repeat([]byte{0xff}, 11)); r.Uvarint() },
	} {
		r := NewReader(nil)
		read(r)
		first := r.Err()
		if !errors.Is(first, ErrCorrupt) {
			t.Errorf("%s: %v", name, first)
		}
		r.Fail("something else")
		if !errors.Is(r.Err(), first) || r.Byte() != 0 || r.Varint() != 0 || r.Uint64() != 0 || r.Len() != 0 || r.Text() != "" || r.More() || !errors.Is(r.End(), first) {
			t.Errorf("%s: the reader goes on after a fault", name)
		}
	}
	if r := NewReader([]byte{1}); r.End() == nil {
		t.Error("a byte is left")
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3}, []byte{0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, data, calls []byte) {
		r := NewReader(data)
		for _, c := range calls {
			failed := r.Err() != nil
			var got uint64
			switch c % 6 {
			case 0:
				got = uint64(r.Byte())
			case 1:
				got = uint64(r.Varint())
			case 2:
				got = r.Uvarint()
			case 3:
				got = uint64(r.Code())
			case 4:
				got = uint64(len(r.Bytes()))
			case 5:
				if got = uint64(r.Len()); got > uint64(len(data)) {
					t.Fatalf("a length of %d in %d bytes", got, len(data))
				}
			}
			if failed && got != 0 {
				t.Fatal("a value after a fault")
			}
		}
	})
}

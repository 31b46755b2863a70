//go:build linux

package load

import "fmt"

// dechunker takes HTTP's chunked encoding off a stream.
type dechunker struct {
	plain bool // there is none
	left  int  // of the present chunk, its line end included
	size  int  // read so far
}

func (d *dechunker) feed(b []byte, out func([]byte)) error {
	if d.plain {
		out(b)
		return nil
	}
	for len(b) > 0 {
		if d.left > 0 {
			n := min(d.left, len(b))
			if data := min(d.left-2, n); data > 0 {
				out(b[:data])
			}
			d.left -= n
			b = b[n:]
			continue
		}
		c := b[0]
		b = b[1:]
		switch {
		case c >= '0' && c <= '9':
			d.size = d.size<<4 | int(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			d.size = d.size<<4 | int(c|0x20-'a'+10)
		case c == '\r':
		case c == '\n':
			if d.size == 0 {
				return errClosed
			}
			d.left, d.size = d.size+2, 0
		default:
			return fmt.Errorf("not a chunk size: %q", c)
		}
	}
	return nil
}

package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// decoder walks over an encoded block; rest is what is still unread. Every
// length is checked against rest before anything of that size is allocated.
type decoder struct{ rest []byte }

var errShort = errors.New("it ends too early")

func (d *decoder) block() (*Block, error) {
	head, err := d.take(len(blockMagic) + 2)
	if err != nil || string(head[:len(blockMagic)]) != blockMagic {
		return nil, errors.New("the first bytes are not " + blockMagic)
	}
	if v := head[3]; v != blockVersion {
		return nil, fmt.Errorf("block version %d, this program reads %d", v, blockVersion)
	}
	flags := head[4]
	rows, err := d.length(MaxRows)
	if err != nil {
		return nil, err
	}
	if rows > len(d.rest) { // a row takes a byte at least: that of its time
		return nil, errShort
	}
	b := &Block{Times: make([]int64, rows)}
	var previous int64
	for i := range b.Times {
		delta, n := binary.Varint(d.rest)
		if n <= 0 {
			return nil, errShort
		}
		d.rest = d.rest[n:]
		previous += delta
		b.Times[i] = previous
	}
	if b.Values, err = d.values(rows); err != nil {
		return nil, err
	}
	if b.Metric, err = d.column(rows); err != nil {
		return nil, err
	}
	b.ID, b.Source = absentColumn(rows), absentColumn(rows)
	if flags&flagID != 0 {
		if b.ID, err = d.column(rows); err != nil {
			return nil, err
		}
	}
	if flags&flagSource != 0 {
		if b.Source, err = d.column(rows); err != nil {
			return nil, err
		}
	}
	if b.Tags, err = d.tags(rows); err != nil {
		return nil, err
	}
	if flags&flagRequests != 0 {
		if b.Requests, err = d.requests(rows); err != nil {
			return nil, err
		}
	}
	if len(d.rest) != 0 {
		return nil, fmt.Errorf("%d bytes follow its end", len(d.rest))
	}
	return b, nil
}

// absentColumn is shared by nobody and written by nobody: codes are all zero.
func absentColumn(rows int) Column {
	return Column{Codes: make([]uint32, rows), Words: []string{""}}
}

func (d *decoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.rest) {
		return nil, errShort
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken, nil
}

func (d *decoder) length(most int) (int, error) {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		return 0, errShort
	}
	d.rest = d.rest[n:]
	if v > uint64(most) {
		return 0, fmt.Errorf("a length of %d, at most %d fits", v, most)
	}
	return int(v), nil
}

func (d *decoder) text() (string, error) {
	n, err := d.length(len(d.rest))
	if err != nil {
		return "", err
	}
	t, err := d.take(n)
	return string(t), err
}

func (d *decoder) values(rows int) ([]float64, error) {
	kind, err := d.take(1)
	if err != nil {
		return nil, err
	}
	values := make([]float64, rows)
	switch kind[0] {
	case valuesFloat:
		raw, err := d.take(8 * rows)
		if err != nil {
			return nil, err
		}
		for i := range values {
			values[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	case valuesInt:
		for i := range values {
			v, n := binary.Varint(d.rest)
			if n <= 0 {
				return nil, errShort
			}
			d.rest = d.rest[n:]
			values[i] = float64(v)
		}
	default:
		return nil, fmt.Errorf("values of unknown kind %d", kind[0])
	}
	return values, nil
}

func (d *decoder) column(rows int) (Column, error) {
	words, err := d.words()
	if err != nil {
		return Column{}, err
	}
	width, err := d.take(1)
	if err != nil {
		return Column{}, err
	}
	c := Column{Codes: make([]uint32, rows), Words: words}
	w := int(width[0])
	if w == 0 {
		code, err := d.length(len(words) - 1)
		if err != nil {
			return c, err
		}
		for i := range c.Codes {
			c.Codes[i] = uint32(code)
		}
		return c, nil
	}
	if w != codeWidth(len(words)) {
		return c, fmt.Errorf("codes of %d bytes for %d words", w, len(words)-1)
	}
	raw, err := d.take(w * rows)
	if err != nil {
		return c, err
	}
	for i := range c.Codes {
		switch w {
		case 1:
			c.Codes[i] = uint32(raw[i])
		case 2:
			c.Codes[i] = uint32(binary.LittleEndian.Uint16(raw[2*i:]))
		default:
			c.Codes[i] = binary.LittleEndian.Uint32(raw[4*i:])
		}
		if int(c.Codes[i]) >= len(words) {
			return c, fmt.Errorf("code %d of %d words", c.Codes[i], len(words)-1)
		}
	}
	return c, nil
}

// words reads a dictionary; all its texts share one allocation.
func (d *decoder) words() ([]string, error) {
	count, err := d.length(min(MaxRows, len(d.rest)))
	if err != nil {
		return nil, err
	}
	lengths := d.rest
	total := 0
	for range count {
		n, err := d.length(len(d.rest))
		if err != nil {
			return nil, err
		}
		total += n
	}
	raw, err := d.take(total)
	if err != nil {
		return nil, err
	}
	all := string(raw)
	words := make([]string, count+1)
	for i := 1; i <= count; i++ {
		n, size := binary.Uvarint(lengths)
		lengths = lengths[size:]
		words[i], all = all[:n], all[n:]
	}
	return words, nil
}

func (d *decoder) tags(rows int) ([]TagColumn, error) {
	count, err := d.length(MaxTagKeys)
	if err != nil {
		return nil, err
	}
	var tags []TagColumn
	for range count {
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		if n := len(tags); n > 0 && tags[n-1].Key >= key {
			return nil, fmt.Errorf("tag keys out of order: %q after %q", key, tags[n-1].Key)
		}
		column, err := d.column(rows)
		if err != nil {
			return nil, err
		}
		tags = append(tags, TagColumn{Key: key, Column: column})
	}
	return tags, nil
}

func (d *decoder) requests(rows int) ([]Request, error) {
	count, err := d.length(len(d.rest))
	if err != nil {
		return nil, err
	}
	var requests []Request
	for range count {
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		first, err := d.length(rows)
		if err != nil {
			return nil, err
		}
		n, err := d.length(rows - first)
		if err != nil {
			return nil, err
		}
		requests = append(requests, Request{Key: key, First: first, Count: n})
	}
	return requests, nil
}

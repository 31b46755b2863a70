package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// mostDepth bounds how deep objects may lie in each other.
const mostDepth = 32

// ndjsonDecoder reads one JSON object a line. A field of an object within it
// is the column "outer.inner"; a list is its JSON text.
type ndjsonDecoder struct {
	sightings
	reader *bufio.Reader
	line   int
	row    int
	buffer []byte
	json   jsontext.Decoder
}

func newNDJSON(r *bufio.Reader, columns []string) *ndjsonDecoder {
	return &ndjsonDecoder{sightings: newSightings(columns), reader: r}
}

func (d *ndjsonDecoder) next(values []string) (place, error) {
	for {
		text, err := d.readLine()
		if err != nil {
			return place{}, err
		}
		text = bytes.TrimSpace(text)
		if len(text) == 0 {
			continue
		}
		d.row++
		at := place{d.row, d.line}
		clear(values)
		if d.row == 1 && text[0] == '[' {
			return at, errors.New("the file begins with a list; one object a line is expected (jq -c '.[]' makes that of it)")
		}
		if text[0] != '{' {
			return at, &badRow{"not a JSON object"}
		}
		d.json.Reset(bytes.NewReader(text))
		if err := d.object(values, "", 0); err != nil {
			return at, &badRow{"not valid JSON: " + strings.TrimPrefix(err.Error(), "jsontext: ")}
		}
		if _, err := d.json.ReadToken(); !errors.Is(err, io.EOF) {
			return at, &badRow{"not valid JSON: text follows the object"}
		}
		return at, nil
	}
}

// readLine gives the next line; its bytes hold until the next call.
func (d *ndjsonDecoder) readLine() ([]byte, error) {
	d.buffer = d.buffer[:0]
	for {
		chunk, err := d.reader.ReadSlice('\n')
		d.buffer = append(d.buffer, chunk...)
		switch {
		case len(d.buffer) > mostRowBytes:
			return nil, fmt.Errorf("line %d is longer than %d MiB", d.line+1, mostRowBytes>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(d.buffer) > 0, err == nil:
			d.line++
			return d.buffer, nil
		default:
			return nil, err
		}
	}
}

func (d *ndjsonDecoder) object(values []string, prefix string, depth int) error {
	if depth > mostDepth {
		return fmt.Errorf("objects lie more than %d deep", mostDepth)
	}
	if _, err := d.json.ReadToken(); err != nil { // the brace
		return err
	}
	for d.json.PeekKind() != '}' {
		name, err := d.json.ReadToken()
		if err != nil {
			return err
		}
		column := prefix + name.String()
		if err := d.field(values, column, depth); err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return err
}

func (d *ndjsonDecoder) field(values []string, column string, depth int) error {
	switch d.json.PeekKind() {
	case '{':
		return d.object(values, column+".", depth+1)
	case '"', 't', 'f':
		token, err := d.json.ReadToken()
		if err != nil {
			return err
		}
		d.put(values, column, token.String())
		return nil
	}
	value, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	text := string(value)
	if text == "null" {
		text = ""
	}
	d.put(values, column, text)
	return nil
}

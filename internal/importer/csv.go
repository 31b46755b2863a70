package importer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csvDecoder reads RFC 4180 files whose first line names the columns.
type csvDecoder struct {
	reader *csv.Reader
	limit  *rowLimit
	// from[i] is the field that gives column i.
	from []int
	row  int
}

func newCSV(r io.Reader, delimiter rune, columns []string) (*csvDecoder, error) {
	limit := &rowLimit{reader: r, left: mostRowBytes}
	d := &csvDecoder{reader: csv.NewReader(limit), limit: limit}
	d.reader.Comma = delimiter
	d.reader.ReuseRecord = true
	header, err := d.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first line must name the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("the first line must name the columns: %w", err)
	}
	var missing []string
	for _, name := range columns {
		i := slices.Index(header, name)
		if i < 0 {
			missing = append(missing, name)
		}
		d.from = append(d.from, i)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the map reads columns that the file does not have: %s; it has: %s",
			strings.Join(missing, ", "), strings.Join(header, ", "))
	}
	return d, nil
}

func (d *csvDecoder) next(values []string) (place, error) {
	d.limit.left = mostRowBytes
	fields, err := d.reader.Read()
	if errors.Is(err, io.EOF) {
		return place{}, io.EOF
	}
	d.row++
	if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
		return place{d.row, syntax.StartLine}, &badRow{csvReason(syntax, len(fields), d.reader.FieldsPerRecord)}
	}
	if err != nil {
		return place{}, fmt.Errorf("row %d: %w", d.row, err)
	}
	line, _ := d.reader.FieldPos(0)
	for i, from := range d.from {
		// The record's memory is one string shared by all fields: a copy keeps
		// a batch from holding whole rows.
		values[i] = strings.Clone(fields[from])
	}
	return place{d.row, line}, nil
}

func csvReason(err *csv.ParseError, got, want int) string {
	if errors.Is(err.Err, csv.ErrFieldCount) {
		return fmt.Sprintf("%d columns, the first line names %d", got, want)
	}
	return err.Err.Error()
}

func (d *csvDecoder) unseen() []string { return nil } // the header was checked

// rowLimit ends the reading when a single row, most likely one with an
// unclosed quote, swallows the file.
type rowLimit struct {
	reader io.Reader
	left   int
}

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("longer than %d MiB; is a quote left open?", mostRowBytes>>20)
	}
	n, err := l.reader.Read(p)
	l.left -= n
	return n, err
}

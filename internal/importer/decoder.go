package importer

import (
	"bufio"
	"fmt"
	"io"
)

// mostRowBytes bounds one row, so that a broken file cannot fill the memory.
const mostRowBytes = 4 << 20

// decoder reads a file row by row.
type decoder interface {
	// next fills in one text for each column asked for, empty where the row
	// has none. io.EOF ends the file; a *badRow is about this row only, and
	// the call after it goes on; any other error ends the reading.
	next(values []string) (place, error)
	// unseen lists the columns that no row has had so far.
	unseen() []string
}

// badRow is a row that cannot be read.
type badRow struct{ reason string }

func (b *badRow) Error() string { return b.reason }

func newDecoder(f Format, r io.Reader, m *Map, columns []string) (decoder, error) {
	buffered := bufio.NewReaderSize(r, 256<<10)
	if mark, _ := buffered.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		_, _ = buffered.Discard(3)
	}
	switch f {
	case CSV:
		return newCSV(buffered, m.Delimiter, columns)
	case NDJSON:
		return newNDJSON(buffered, columns), nil
	case XES:
		return newXES(buffered, columns), nil
	}
	return nil, fmt.Errorf("unknown format %q", f)
}

// sightings remembers which columns have occurred.
type sightings struct {
	columns []string
	index   map[string]int
	seen    []bool
}

func newSightings(columns []string) sightings {
	s := sightings{columns: columns, index: make(map[string]int, len(columns)), seen: make([]bool, len(columns))}
	for i, name := range columns {
		s.index[name] = i
	}
	return s
}

// put stores a text in its place, where anyone wants it.
func (s *sightings) put(values []string, column, text string) {
	if i, wanted := s.index[column]; wanted {
		values[i] = text
		s.seen[i] = true
	}
}

func (s *sightings) unseen() []string {
	var missing []string
	for i, name := range s.columns {
		if !s.seen[i] {
			missing = append(missing, name)
		}
	}
	return missing
}

package ingest

import (
	"bytes"
	"fmt"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Format is a wire format of POST /metrics.
type Format int

const (
	// JSON is one event, or an array of events.
	JSON Format = iota
	// NDJSON is one event a line.
	NDJSON
)

// decoder reads one request's body into a block. It is reused.
type decoder struct {
	builder event.Builder
	raw     raw
	parser  parser
	bounds  bounds
	most    int // events
	faults  []FieldError
}

// decode gives nil when every event of the body is good and in d.builder.
func (d *decoder) decode(body []byte, format Format) *Refusal {
	d.builder.Reset()
	d.faults = d.faults[:0]
	var broken error
	if format == NDJSON {
		broken = d.lines(body)
	} else {
		broken = d.document(body)
	}
	if d.builder.Len() > d.most {
		return refuse(TooLarge, "the request has more than %d events: send them in several requests", d.most)
	}
	if broken != nil {
		d.fault(d.builder.Len(), "", broken.Error())
	}
	if len(d.faults) == 0 {
		return nil
	}
	r := refuse(Malformed, "nothing of the request was stored")
	r.Errors = append(r.Errors, d.faults...)
	if len(r.Errors) >= maxReported {
		r.Detail += fmt.Sprintf("; these are its first %d faults", maxReported)
	}
	return r
}

func (d *decoder) full() bool { return len(d.faults) >= maxReported || d.builder.Len() > d.most }

func (d *decoder) fault(index int, field, detail string) {
	if len(d.faults) < maxReported {
		d.faults = append(d.faults, FieldError{Index: index, Field: field, Detail: detail})
	}
}

// event reads the event at body[i:] as the next row. A faulty event still takes
// its row, so that indexes count what was sent; the block is then thrown away.
func (d *decoder) event(body []byte, i int) (next int, err error) {
	d.raw.reset()
	index := d.builder.Len()
	before := len(d.faults)
	report := func(field, detail string) { d.fault(index, field, detail) }
	next, ok := scanEvent(body, i, &d.raw)
	if !ok {
		d.raw.reset()
		if next, err = d.parser.parseEvent(body, i, &d.raw, report); err != nil {
			return next, err
		}
	}
	if len(d.faults) == before {
		d.raw.check(&d.bounds, report)
	}
	if key := d.raw.appendTo(&d.builder, d.bounds.now); key != nil {
		report("tags."+string(key), "stands twice in one event")
	}
	return next, nil
}

func (d *decoder) document(body []byte) error {
	i := skipSpace(body, 0)
	switch {
	case i == len(body):
		return fmt.Errorf("the body is empty")
	case body[i] == '[':
		return d.array(body, i)
	}
	i, err := d.event(body, i)
	if err != nil {
		return err
	}
	return d.atEnd(body, i)
}

func (d *decoder) array(body []byte, i int) (err error) {
	i = skipSpace(body, i+1)
	if i < len(body) && body[i] == ']' {
		return d.atEnd(body, i+1)
	}
	for !d.full() {
		if i, err = d.event(body, i); err != nil {
			return err
		}
		i = skipSpace(body, i)
		switch {
		case i == len(body):
			return fmt.Errorf("malformed JSON: the array does not end")
		case body[i] == ']':
			return d.atEnd(body, i+1)
		case body[i] != ',':
			return fmt.Errorf("malformed JSON at byte %d: %q stands where , or ] is expected", i, body[i])
		}
		i = skipSpace(body, i+1)
	}
	return nil
}

func (d *decoder) atEnd(body []byte, i int) error {
	if i = skipSpace(body, i); i == len(body) {
		return nil
	}
	return fmt.Errorf("malformed JSON at byte %d: more follows the end; several events are an array, or lines of application/x-ndjson", i)
}

// lines reads on after a broken line, so that all of them are named.
func (d *decoder) lines(body []byte) error {
	offset := 0
	for offset < len(body) && !d.full() {
		line := body[offset:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		start := skipSpace(line, 0)
		if start < len(line) {
			index := d.builder.Len()
			next, err := d.event(line, start)
			if err == nil && skipSpace(line, next) != len(line) {
				err = fmt.Errorf("malformed JSON at byte %d of the line: more follows the event", next)
			}
			if err != nil {
				d.fault(index, "", err.Error())
				if d.builder.Len() == index {
					d.builder.Start()
				}
			}
		}
		offset += len(line)
	}
	if d.builder.Len() == 0 && len(d.faults) == 0 {
		return fmt.Errorf("the body is empty")
	}
	return nil
}

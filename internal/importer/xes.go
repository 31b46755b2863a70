package importer

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// mostTraceEvents bounds the one trace that is held in memory.
const mostTraceEvents = 1 << 20

// Columns that an XES trace gives beyond its attributes.
const (
	traceIndex = "case:index" // the event's number in its trace: 1, 2, 3 ...
	traceSize  = "case:size"  // how many events the trace has
)

// xesDecoder reads event logs of the XES standard (IEEE 1849). A row is an
// event; its attributes are columns by their keys, those of its trace have
// "case:" before the key. One trace is held at a time, because attributes of
// the trace may follow its events.
type xesDecoder struct {
	sightings
	xml   *xml.Decoder
	limit *rowLimit
	trace []xesEvent
	at    int // the next event of trace to hand out
	attrs []attribute
	row   int
	open  bool // a log element has begun
}

type xesEvent struct {
	line  int
	attrs []attribute
}

type attribute struct{ column, text string }

func newXES(r *bufio.Reader, columns []string) *xesDecoder {
	limit := &rowLimit{reader: r}
	return &xesDecoder{sightings: newSightings(columns), limit: limit, xml: xml.NewDecoder(limit)}
}

func (d *xesDecoder) next(values []string) (place, error) {
	for d.at == len(d.trace) {
		if err := d.readTrace(); err != nil {
			return place{}, err
		}
	}
	e := d.trace[d.at]
	d.at++
	d.row++
	clear(values)
	for _, a := range d.attrs {
		d.put(values, a.column, a.text)
	}
	for _, a := range e.attrs {
		d.put(values, a.column, a.text)
	}
	d.put(values, traceIndex, strconv.Itoa(d.at))
	d.put(values, traceSize, strconv.Itoa(len(d.trace)))
	return place{d.row, e.line}, nil
}

// readTrace finds the next trace and reads it whole.
func (d *xesDecoder) readTrace() error {
	d.trace, d.attrs, d.at = d.trace[:0], d.attrs[:0], 0
	for {
		start, err := d.startElement()
		if errors.Is(err, io.EOF) && !d.open {
			return errors.New("no log element: this is not an XES file")
		}
		if err != nil {
			return err
		}
		switch {
		case start.Name.Local == "log":
			d.open = true
		case !d.open:
			return fmt.Errorf("the outermost element is %s, not log: this is not an XES file", start.Name.Local)
		case start.Name.Local == "trace":
			return d.children(func(child xml.StartElement) error {
				if child.Name.Local != "event" {
					d.attrs = appendAttribute(d.attrs, "case:", child, d.wanted)
					return d.skip()
				}
				return d.readEvent()
			})
		case start.Name.Local == "event": // an event outside of any trace
			return d.readEvent()
		default:
			if err := d.skip(); err != nil {
				return err
			}
		}
	}
}

func (d *xesDecoder) readEvent() error {
	if len(d.trace) == mostTraceEvents {
		return fmt.Errorf("a trace of more than %d events", mostTraceEvents)
	}
	line, _ := d.xml.InputPos()
	e := xesEvent{line: line}
	err := d.children(func(child xml.StartElement) error {
		e.attrs = appendAttribute(e.attrs, "", child, d.wanted)
		return d.skip()
	})
	d.trace = append(d.trace, e)
	return err
}

func (d *xesDecoder) wanted(column string) bool {
	_, ok := d.index[column]
	return ok
}

// appendAttribute keeps what the map reads: <string key="org:group" value="x"/>.
func appendAttribute(attrs []attribute, prefix string, e xml.StartElement, wanted func(string) bool) []attribute {
	var key, value string
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "key":
			key = a.Value
		case "value":
			value = a.Value
		}
	}
	if column := prefix + key; wanted(column) {
		attrs = append(attrs, attribute{column, value})
	}
	return attrs
}

// children calls visit for each element within the one that was just begun;
// visit consumes it.
func (d *xesDecoder) children(visit func(xml.StartElement) error) error {
	for {
		token, err := d.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// skip leaves the element that was just begun, without growing the stack.
func (d *xesDecoder) skip() error {
	for depth := 1; depth > 0; {
		token, err := d.token()
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

func (d *xesDecoder) startElement() (xml.StartElement, error) {
	for {
		token, err := d.token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
}

func (d *xesDecoder) token() (xml.Token, error) {
	d.limit.left = mostRowBytes
	token, err := d.xml.Token()
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return nil, fmt.Errorf("line %d: not valid XML: %s", syntax.Line, syntax.Msg)
	}
	return token, err
}

package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// parser is the complete reader of an event, for whatever scanEvent leaves:
// escapes, unusual numbers, RFC 3339 times, and everything that is wrong.
type parser struct {
	dec jsontext.Decoder
	buf bytes.Buffer
}

// parseEvent reads one JSON value at body[i:] and reports what is wrong with it
// as an event. An error means that the JSON itself is broken, and that nothing
// behind it can be read.
func (p *parser) parseEvent(body []byte, i int, r *raw, report func(field, detail string)) (int, error) {
	p.buf = *bytes.NewBuffer(body[i:])
	p.dec.Reset(&p.buf)
	err := p.event(r, report)
	if err != nil {
		return i, explain(err, i)
	}
	return i + int(p.dec.InputOffset()), nil
}

func (p *parser) event(r *raw, report func(field, detail string)) error {
	if kind := p.dec.PeekKind(); kind != '{' {
		return p.refuse("", "is "+kindName(kind)+", an event is an object", report)
	}
	return p.members(func(name string) error { return p.member(name, r, report) })
}

// members calls each for the members of an object, in front of the value.
func (p *parser) members(each func(name string) error) error {
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	for p.dec.PeekKind() != '}' {
		name, err := p.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := each(name.String()); err != nil {
			return err
		}
	}
	_, err := p.dec.ReadToken()
	return err
}

// refuse passes over a value and reports it, unless the JSON itself is broken.
func (p *parser) refuse(field, detail string, report func(field, detail string)) error {
	if err := p.dec.SkipValue(); err != nil {
		return err
	}
	report(field, detail)
	return nil
}

func (p *parser) member(name string, r *raw, report func(field, detail string)) (err error) {
	switch name {
	case "metricName":
		r.seen |= fieldMetric
		r.metric, err = p.text(name, report)
	case "id":
		r.seen |= fieldID
		r.id, err = p.text(name, report)
	case "source":
		r.seen |= fieldSource
		r.source, err = p.text(name, report)
	case "value":
		r.seen |= fieldValue
		err = p.value(r, report)
	case "timestamp":
		r.seen |= fieldTime
		err = p.timestamp(r, report)
	case "tags":
		r.seen |= fieldTags
		err = p.tags(r, report)
	default:
		report(name, "is not a member of an event: there are metricName, value, tags, timestamp, id and source")
		err = p.dec.SkipValue()
	}
	return err
}

// text reads a string, or reports what stands there instead. What it gives
// then passes the later checks, so that one fault is told once.
func (p *parser) text(name string, report func(field, detail string)) ([]byte, error) {
	if kind := p.dec.PeekKind(); kind != '"' {
		return []byte("-"), p.refuse(name, "is "+kindName(kind)+", it must be text", report)
	}
	token, err := p.dec.ReadToken()
	return []byte(token.String()), err
}

func (p *parser) value(r *raw, report func(field, detail string)) error {
	if kind := p.dec.PeekKind(); kind != '0' {
		return p.refuse("value", "is "+kindName(kind)+", it must be a finite number", report)
	}
	token, err := p.dec.ReadToken()
	if err != nil {
		return err
	}
	literal := token.String()
	r.value, err = strconv.ParseFloat(literal, 64)
	if err != nil || math.IsInf(r.value, 0) {
		report("value", fmt.Sprintf("%.40s is beyond the range of a 64-bit number", literal))
	}
	return nil
}

func (p *parser) timestamp(r *raw, report func(field, detail string)) error {
	kind := p.dec.PeekKind()
	if kind != '0' && kind != '"' {
		r.seen &^= fieldTime
		return p.refuse("timestamp", "is "+kindName(kind)+", it must be milliseconds since 1970 or RFC 3339 text", report)
	}
	token, err := p.dec.ReadToken()
	if err != nil {
		return err
	}
	text := token.String()
	ms, detail := parseMillis(text, kind == '"')
	if detail != "" {
		r.seen &^= fieldTime
		report("timestamp", detail)
		return nil
	}
	r.time = ms
	return nil
}

func parseMillis(text string, quoted bool) (ms int64, detail string) {
	if quoted {
		t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
		if err != nil {
			return 0, fmt.Sprintf("%.40q is no RFC 3339 time: write it as 2026-01-31T09:30:00Z", text)
		}
		return t.UnixMilli(), ""
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms, ""
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, fmt.Sprintf("%.40s is no whole number of milliseconds since 1970", text)
	}
	return int64(f), ""
}

func (p *parser) tags(r *raw, report func(field, detail string)) error {
	if kind := p.dec.PeekKind(); kind != '{' {
		return p.refuse("tags", "is "+kindName(kind)+", it must be an object", report)
	}
	return p.members(func(key string) error {
		switch kind := p.dec.PeekKind(); kind {
		case '"', '0', 't', 'f':
			token, err := p.dec.ReadToken()
			if err == nil {
				r.tags = append(r.tags, rawTag{[]byte(key), []byte(token.String())})
			}
			return err
		default:
			return p.refuse("tags."+key, "is "+kindName(kind)+", a tag is text, a number, true or false", report)
		}
	})
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "text"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "no JSON value"
}

// explain puts the decoder's error into words, with the place in the body.
func explain(err error, offset int) error {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return fmt.Errorf("malformed JSON at byte %d: %w", offset, err)
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		path := slices.Collect(syntax.JSONPointer.Tokens())
		return fmt.Errorf("the member %q stands twice in one object (byte %d)", strings.Join(path, "."), offset+int(syntax.ByteOffset))
	}
	return fmt.Errorf("malformed JSON at byte %d: %w", offset+int(syntax.ByteOffset), syntax.Err)
}

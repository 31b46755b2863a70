// Package script runs behaviour tests of KPIs: text files with definitions, a
// sequence of events and the values expected at instants, in the manner of
// Prometheus' promqltest. docs/kpi-tests.md describes the grammar. The command
// `kpi test` and this project's own tests run them.
//
// Every expectation is checked four times: with the events applied as written,
// in order of their time, in a random order, and after a restart in the middle.
package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// script is a file read.
type script struct {
	steps []step
}

// step is one statement: the field that is not nil says which.
type step struct {
	line      int
	define    *block
	refuse    *refusal
	calendars *block
	names     []string
	event     *event.Event
	expect    *expectation
}

// block is the indented text below a statement, and where it starts.
type block struct {
	line int
	text string
}

type refusal struct {
	block
	reason string
}

type expectation struct {
	kpi    string
	at     int64
	window time.Duration
	by     []string
	rows   []row
}

// row is what is expected of one series.
type row struct {
	line  int
	tags  map[string]string
	value string
	want  []figure
}

type figure struct{ name, value string }

// reader reads the lines of a script.
type reader struct {
	lines []string
	next  int
	zone  *time.Location
	// last is the time written last, which relative times start from.
	last time.Time
}

func parse(text []byte) (*script, error) {
	r := &reader{lines: strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), zone: time.UTC}
	s := &script{}
	for r.next < len(r.lines) {
		at := r.next + 1
		words, err := split(r.lines[r.next])
		r.next++
		if err == nil && len(words) > 0 {
			err = r.statement(s, at, words)
		}
		if err != nil {
			return nil, fmt.Errorf("%d: %w", at, err)
		}
	}
	return s, nil
}

func (r *reader) statement(s *script, line int, words []string) error {
	add := func(st step) error {
		st.line = line
		s.steps = append(s.steps, st)
		return nil
	}
	switch words[0] {
	case "zone":
		if len(words) != 2 {
			return fmt.Errorf("a zone is written: zone America/New_York")
		}
		zone, err := time.LoadLocation(words[1])
		r.zone = zone
		return err
	case "events":
		return add(step{names: words[1:]})
	case "calendars":
		return add(step{calendars: r.block()})
	case "define":
		return add(step{define: r.block()})
	case "refuse":
		reason := strings.TrimSpace(strings.TrimPrefix(r.lines[line-1], "refuse"))
		return add(step{refuse: &refusal{*r.block(), reason}})
	case "expect":
		e, err := r.expectation(words[1:])
		if err != nil {
			return err
		}
		return add(step{expect: e})
	}
	e, err := r.event(words)
	if err != nil {
		return err
	}
	return add(step{event: e})
}

// block takes the indented lines that follow.
func (r *reader) block() *block {
	b := &block{line: r.next + 1}
	var lines []string
	for ; r.next < len(r.lines); r.next++ {
		l := r.lines[r.next]
		if strings.TrimSpace(l) != "" && !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "\t") {
			break
		}
		lines = append(lines, l)
	}
	b.text = strings.Join(lines, "\n")
	return b
}

func (r *reader) event(words []string) (*event.Event, error) {
	at, rest, err := r.time(words)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		return nil, fmt.Errorf("an event is missing behind the time: TIME NAME [VALUE] [key=value ...]")
	}
	e := &event.Event{Metric: rest[0], Value: 1, Time: at.UnixMilli()}
	for i, word := range rest[1:] {
		key, value, tag := strings.Cut(word, "=")
		if !tag && i == 0 {
			if e.Value, err = strconv.ParseFloat(word, 64); err != nil {
				return nil, fmt.Errorf("%q is neither a value nor a tag (key=value)", word)
			}
			continue
		}
		if !tag || key == "" {
			return nil, fmt.Errorf("%q is no tag: write key=value", word)
		}
		e.Tags = append(e.Tags, event.Tag{Key: key, Value: value})
	}
	return e, nil
}

func (r *reader) expectation(words []string) (*expectation, error) {
	const form = "an expectation is written: expect KPI at TIME [window DURATION] [by TAG,TAG]"
	if len(words) < 3 || words[1] != "at" {
		return nil, fmt.Errorf(form)
	}
	e := &expectation{kpi: words[0]}
	at, rest, err := r.time(words[2:])
	if err != nil {
		return nil, err
	}
	e.at = at.UnixMilli()
	for ; len(rest) >= 2; rest = rest[2:] {
		switch rest[0] {
		case "window":
			if e.window, err = duration(rest[1]); err != nil {
				return nil, err
			}
		case "by":
			e.by = strings.Split(rest[1], ",")
		default:
			return nil, fmt.Errorf(form)
		}
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf(form)
	}
	b := r.block()
	for i, l := range strings.Split(b.text, "\n") {
		words, err := split(l)
		if err != nil {
			return nil, err
		}
		if len(words) == 0 {
			continue
		}
		one, err := parseRow(b.line+i, words)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", b.line+i, err)
		}
		e.rows = append(e.rows, one)
	}
	if len(e.rows) == 0 {
		return nil, fmt.Errorf("nothing is expected: indent what is below it, as in {} 0.9 n=10")
	}
	return e, nil
}

// parseRow reads {tag="x"} VALUE name=value ...
func parseRow(line int, words []string) (row, error) {
	const form = `a series is written: {office=north} VALUE [n=10] [state=ok] [due.met=9] ...`
	o := row{line: line, tags: map[string]string{}}
	if len(words) < 2 || !strings.HasPrefix(words[0], "{") || !strings.HasSuffix(words[0], "}") {
		return o, fmt.Errorf(form)
	}
	if inner := strings.Trim(words[0], "{}"); inner != "" {
		for _, pair := range strings.Split(inner, ",") {
			key, value, ok := strings.Cut(pair, "=")
			if !ok {
				return o, fmt.Errorf(form)
			}
			o.tags[key] = value
		}
	}
	o.value = words[1]
	for _, w := range words[2:] {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return o, fmt.Errorf(form)
		}
		o.want = append(o.want, figure{name, value})
	}
	return o, nil
}

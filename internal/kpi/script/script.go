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
	events    []event.Event
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
	kpi     string
	at      int64
	window  time.Duration
	by      []string
	version int
	rows    []row
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
	// given counts the events so far.
	given int
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
		if words[1] == "Local" {
			return fmt.Errorf("zone Local would differ from machine to machine: name one, as in America/New_York")
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
	events, err := r.events(words)
	if err != nil {
		return err
	}
	if r.given += len(events); r.given > maxEvents {
		return fmt.Errorf("a script has %d events at most", maxEvents)
	}
	return add(step{events: events})
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

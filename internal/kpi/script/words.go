package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/units"
)

// split cuts a line into words; "double quotes" keep spaces, # begins a comment.
func split(line string) (words []string, err error) {
	var word strings.Builder
	quoted, open := false, false
	end := func() {
		if open {
			words = append(words, word.String())
		}
		word.Reset()
		open = false
	}
	for _, c := range line {
		switch {
		case c == '"':
			quoted, open = !quoted, true
		case quoted:
			word.WriteRune(c)
		case c == ' ' || c == '\t':
			end()
		case c == '#' && !open:
			end()
			return words, nil
		default:
			open = true
			word.WriteRune(c)
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed")
	}
	end()
	return words, nil
}

// layouts are the times that may be written without a zone, by how many words.
var layouts = map[int][]string{
	1: {"2006-01-02", "2006-01-02T15:04:05.999", "2006-01-02T15:04"},
	2: {"2006-01-02 15:04:05.999", "2006-01-02 15:04"},
}

// time reads the time that words begin with: RFC 3339, a local time in the zone
// of the script, or +DURATION after the time written last.
func (r *reader) time(words []string) (at time.Time, rest []string, err error) {
	if after, ok := strings.CutPrefix(words[0], "+"); ok {
		d, err := duration(after)
		if err != nil {
			return at, nil, err
		}
		if r.last.IsZero() {
			return at, nil, fmt.Errorf("%s: nothing is written before it to start from", words[0])
		}
		r.last = r.last.Add(d)
		return r.last, words[1:], nil
	}
	if at, err := time.Parse(time.RFC3339Nano, words[0]); err == nil {
		r.last = at
		return at, words[1:], nil
	}
	for n := 2; n > 0; n-- {
		if len(words) < n {
			continue
		}
		for _, layout := range layouts[n] {
			if at, err := time.ParseInLocation(layout, strings.Join(words[:n], " "), r.zone); err == nil {
				r.last = at
				return at, words[n:], nil
			}
		}
	}
	return at, nil, fmt.Errorf("%q begins no statement and is no time: there are define, refuse, calendars, events, zone, expect, and events as in 2026-03-02 09:00 case.opened caseId=C-1", words[0])
}

func duration(text string) (time.Duration, error) {
	d, err := units.ParseDuration(text)
	return time.Duration(d), err
}

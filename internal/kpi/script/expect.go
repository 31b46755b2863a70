package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func (r *reader) expectation(words []string) (*expectation, error) {
	const form = "an expectation is written: expect KPI at TIME [window DURATION] [by TAG,TAG] [version N]"
	if len(words) < 3 || words[1] != "at" {
		return nil, errors.New(form)
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
		case "version":
			if e.version, err = strconv.Atoi(rest[1]); err != nil || e.version < 1 {
				return nil, fmt.Errorf("%q is no version: they count from 1", rest[1])
			}
		default:
			return nil, errors.New(form)
		}
	}
	if len(rest) > 0 {
		return nil, errors.New(form)
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
	const form = `a series is written: {office=north} VALUE [n=10] [state=ok] [due.met=9] and more such`
	o := row{line: line, tags: map[string]string{}}
	if len(words) < 2 || !strings.HasPrefix(words[0], "{") || !strings.HasSuffix(words[0], "}") {
		return o, errors.New(form)
	}
	if inner := strings.Trim(words[0], "{}"); inner != "" {
		for pair := range strings.SplitSeq(inner, ",") {
			key, value, ok := strings.Cut(pair, "=")
			if !ok {
				return o, errors.New(form)
			}
			o.tags[key] = value
		}
	}
	o.value = words[1]
	for _, w := range words[2:] {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return o, errors.New(form)
		}
		o.want = append(o.want, figure{name, value})
	}
	return o, nil
}

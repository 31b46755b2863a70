package importer

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// layout reads a time out of text.
type layout struct {
	name  string
	naive bool // the text carries no offset
	parse func(string) (time.Time, error)
}

// parseLayout takes rfc3339, unix_ms, unix_s or a layout of Go's time package.
func parseLayout(name string) (*layout, error) {
	switch name {
	case "rfc3339":
		return &layout{name: name, parse: parseRFC3339}, nil
	case "unix_ms":
		return &layout{name: name, parse: func(s string) (time.Time, error) { return parseUnix(s, 1) }}, nil
	case "unix_s":
		return &layout{name: name, parse: func(s string) (time.Time, error) { return parseUnix(s, 1000) }}, nil
	}
	if strings.Contains(name, "MST") {
		return nil, errors.New(`a zone abbreviation ("MST") does not tell the offset; use time_zone, or an offset such as -07:00`)
	}
	// A layout without a year would put every event into the year 0.
	sample := time.Date(2017, 11, 23, 4, 58, 59, 0, time.FixedZone("", 3*3600))
	if !strings.Contains(sample.Format(name), "17") || !strings.Contains(name, "06") {
		return nil, fmt.Errorf("%q is none of rfc3339, unix_ms, unix_s, and no Go layout with a year, such as %q", name, "2006-01-02 15:04:05")
	}
	return &layout{name: name, naive: !hasOffset(name), parse: func(s string) (time.Time, error) {
		t, err := time.Parse(name, s)
		if err != nil {
			return t, fmt.Errorf("%q is not a time of the form %q", s, name)
		}
		return t, nil
	}}, nil
}

func hasOffset(name string) bool {
	return strings.Contains(name, "-07") || strings.Contains(name, "Z07")
}

// parseRFC3339 also takes a blank for the T, as that standard allows and
// databases write.
func parseRFC3339(s string) (time.Time, error) {
	form := time.RFC3339
	if len(s) > 10 && s[10] == ' ' {
		form = "2006-01-02 15:04:05Z07:00"
	}
	t, err := time.Parse(form, s)
	if err != nil {
		return t, fmt.Errorf("%q is not RFC 3339, such as 2011-07-01T01:32:33Z", s)
	}
	return t, nil
}

func parseUnix(s string, unit float64) (time.Time, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(v*unit) > 1<<53 || math.IsNaN(v) {
		return time.Time{}, fmt.Errorf("%q is not a number of seconds or milliseconds since 1970", s)
	}
	return time.UnixMilli(int64(math.Floor(v * unit))), nil
}

// read turns text into an instant; naive times are those of zone.
func (l *layout) read(s string, zone *time.Location) (time.Time, fold, error) {
	t, err := l.parse(strings.TrimSpace(s))
	if err != nil || !l.naive {
		return t, once, err
	}
	at, kind := resolve(t, zone)
	return at, kind, nil
}

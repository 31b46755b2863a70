package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// hours are open hours of a day: [from, to) in minutes after its midnight. A to
// of more than 24 hours is on the next day. They belong to the day they start.
type hours struct{ from, to int }

const (
	minutesOfDay = 24 * 60
	maxHours     = 24 // intervals a day
	closed       = "closed"
)

// parseHours reads the hours of a day: "08:00-12:00, 13:00-17:00", or "closed".
func parseHours(text string) ([]hours, error) {
	if strings.TrimSpace(text) == closed {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	if len(parts) > maxHours {
		return nil, fmt.Errorf("has %d intervals, at most %d a day", len(parts), maxHours)
	}
	var all []hours
	for _, part := range parts {
		h, err := parseInterval(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	slices.SortFunc(all, byStart)
	return all, nil
}

func parseInterval(text string) (hours, error) {
	opens, closes, _ := strings.Cut(text, "-")
	from, okFrom := parseClock(strings.TrimSpace(opens))
	to, okTo := parseClock(strings.TrimSpace(closes))
	switch {
	case !okFrom || !okTo || from == minutesOfDay:
		return hours{}, fmt.Errorf("%q is no interval: write it as 08:00-17:00, from 00:00 to 24:00, several separated by commas, or write closed", text)
	case from == to:
		return hours{}, fmt.Errorf("%q opens and closes at one time: write 00:00-24:00 for the whole day, or closed", text)
	case to < from:
		to += minutesOfDay
	}
	return hours{from, to}, nil
}

// parseClock reads 8:00 or 08:00 as minutes after midnight, 24:00 included.
func parseClock(text string) (int, bool) {
	h, m, ok := strings.Cut(text, ":")
	hour, okHour := digits(h)
	minute, okMinute := digits(m)
	at := 60*hour + minute
	return at, ok && okHour && okMinute && len(m) == 2 && minute < 60 && at <= minutesOfDay
}

func digits(text string) (int, bool) {
	if len(text) < 1 || len(text) > 2 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func byStart(a, b hours) int { return a.from - b.from }

func (h hours) String() string {
	to := h.to
	if to > minutesOfDay {
		to -= minutesOfDay
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/60, h.from%60, to/60, to%60)
}

// on is what the clock on the wall shows during the hours of a date.
func (h hours) on(d day) interval {
	return interval{d.wall() + int64(h.from)*msOfMinute, d.wall() + int64(h.to)*msOfMinute}
}

var weekdays = [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func nameOf(d time.Weekday) string { return weekdays[(int(d)+6)%7] }

// parseDays reads the days that hours are for: "mon-fri", "sat", "mon,wed",
// "sat-mon".
func parseDays(text string) ([]time.Weekday, error) {
	var days []time.Weekday
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := parseWeekday(first)
		if err != nil {
			return nil, err
		}
		to := from
		if isRange {
			if to, err = parseWeekday(last); err != nil {
				return nil, err
			}
			if to == from {
				return nil, fmt.Errorf("%q starts and ends on one day: write %s, or mon-sun for every day", strings.TrimSpace(part), nameOf(from))
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			if slices.Contains(days, d) {
				return nil, fmt.Errorf("%q names %s twice", text, nameOf(d))
			}
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func parseWeekday(text string) (time.Weekday, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	for i, d := range weekdays {
		if d == name {
			return time.Weekday((i + 1) % 7), nil
		}
	}
	return 0, fmt.Errorf("%q is no day: write mon-fri, sat or mon,wed%s", strings.TrimSpace(text), suggest.Near(name, weekdays[:]))
}

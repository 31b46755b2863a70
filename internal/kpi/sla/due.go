package sla

import (
	"strconv"
	"strings"
	"time"
)

// century is how far ahead a deadline may be: beyond it stands a "no deadline",
// such as the year 9999.
const century = int64(100*365.25*24) * 3_600_000

// parseDue reads a deadline: ms since 1970 UTC, or RFC 3339 with a T or a blank
// between date and time.
func parseDue(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, false
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms, ms > -1<<52 && ms < 1<<52
	}
	form := time.RFC3339
	if len(text) > 10 && text[10] == ' ' {
		form = "2006-01-02 15:04:05Z07:00"
	}
	t, err := time.Parse(form, text)
	return t.UnixMilli(), err == nil
}

// packDue keeps a deadline beside an event at t: how far off it is, and that it
// is there; 0 for none.
func packDue(t int64, text string) int64 {
	deadline, ok := parseDue(text)
	if !ok || deadline-t > century {
		return 0
	}
	return (deadline-t)<<1 | 1
}

func unpackDue(t, packed int64) (deadline int64, ok bool) {
	return t + packed>>1, packed&1 == 1
}

// Package calendar turns business hours into instants: the open intervals of
// each local day in an IANA zone, holidays left out, exact over changes of the
// clock. The configuration describes calendars; KPIs count time by them. It
// knows no KPI, and never asks what time it is.
//
// The one rule from which all others follow: a calendar is open at an instant
// if and only if a clock on the wall there, at that instant, shows a time that
// is inside its hours. An hour that a change of the clock skips is therefore
// lost, an opening inside it takes place at the first instant after it, and an
// hour that is repeated counts twice.
package calendar

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/zeebo/xxh3"
)

// Never is the instant of what cannot happen within the years that a calendar
// covers (1900 to 2199): it is after every other instant.
const Never int64 = math.MaxInt64

// Calendar is a set of business hours. It is immutable. A nil Calendar is open
// always.
type Calendar struct {
	name  string
	plan  *plan
	table table
}

// Name is what the configuration calls it; empty for the nil Calendar.
func (c *Calendar) Name() string {
	if c == nil {
		return ""
	}
	return c.name
}

// Location is the zone whose days the calendar has; UTC for the nil Calendar.
func (c *Calendar) Location() *time.Location {
	if c == nil {
		return time.UTC
	}
	return c.plan.zone.location
}

// Add is the instant (ms since 1970 UTC) at which d of open time has passed
// since from: the earliest one, so it never lies after a closing that was
// reached. It is from itself if d is 0, and Never if there is not that much open
// time before 2200. Parts of a millisecond count as a whole one.
//
// A negative d counts back: the latest instant from which there is that much
// open time up to from, or the smallest integer if there is none.
func (c *Calendar) Add(from int64, d time.Duration) int64 {
	ms := d.Milliseconds()
	if extra := d % time.Millisecond; extra > 0 {
		ms++
	} else if extra < 0 {
		ms--
	}
	switch {
	case ms == 0:
		return from
	case c == nil:
		return saturatingAdd(from, ms)
	case ms > 0:
		return c.table.after(from, ms)
	}
	return c.table.before(from, -ms)
}

// Between is the open time between two instants, 0 where to is not after from.
func (c *Calendar) Between(from, to int64) time.Duration {
	switch {
	case to <= from:
		return 0
	case c == nil:
		return duration(saturatingSub(to, from))
	}
	return duration(c.table.until(to) - c.table.until(from))
}

// Open tells whether the calendar is open at an instant.
func (c *Calendar) Open(at int64) bool {
	return c == nil || at < Never && c.table.until(at+1) > c.table.until(at)
}

// Digest differs between two calendars whose hours differ at any instant, for
// whatever reason: edited hours, another holiday file, new rules of a zone.
func (c *Calendar) Digest() uint64 {
	if c == nil {
		return 0
	}
	text := make([]byte, 0, 16*len(c.table.slots))
	for _, s := range c.table.slots {
		text = binary.LittleEndian.AppendUint64(text, uint64(s.at))
		text = binary.LittleEndian.AppendUint64(text, uint64(s.open))
	}
	return xxh3.Hash(text)
}

// duration is exact up to 292 years and stays there beyond.
func duration(ms int64) time.Duration {
	return time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

func saturatingAdd(a, b int64) int64 {
	switch sum := a + b; {
	case b > 0 && sum < a:
		return math.MaxInt64
	case b < 0 && sum > a:
		return math.MinInt64
	default:
		return sum
	}
}

// saturatingSub is a - b for a >= b.
func saturatingSub(a, b int64) int64 {
	if d := a - b; d >= 0 {
		return d
	}
	return math.MaxInt64
}

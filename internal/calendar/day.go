package calendar

import "time"

// day is a date, counted from 1970-01-01. It has no zone.
type day int

// interval is [from, to): of instants in ms since 1970 UTC, or of what the clock
// on the wall shows, as if that were UTC.
type interval struct{ from, to int64 }

const (
	msOfMinute int64 = 60_000
	msOfHour         = 60 * msOfMinute
	msOfDay          = 24 * msOfHour
)

// dayOf is the date that a clock on the wall shows.
func dayOf(wall int64) day {
	d := wall / msOfDay
	if wall%msOfDay < 0 {
		d--
	}
	return day(d)
}

// dateOf is the date of a moment in its own zone.
func dateOf(t time.Time) day {
	year, month, d := t.Date()
	return dayOf(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).UnixMilli())
}

func parseDay(text string) (day, bool) {
	t, err := time.Parse(time.DateOnly, text)
	return dateOf(t), err == nil
}

func (d day) wall() int64 { return int64(d) * msOfDay }

func (d day) weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

func (d day) String() string { return time.UnixMilli(d.wall()).UTC().Format(time.DateOnly) }

// covered tells whether the date may matter to the covered years in any zone.
func (d day) covered() bool {
	return d.wall() >= horizonFrom-2*msOfDay && d.wall() < horizonTo+2*msOfDay
}

package schedule

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/hashicorp/cronexpr"
)

// Timetable is when a report is due: a cron expression, read by the clock of a
// zone. What a clock that is put forward skips is due when it is put forward;
// what a clock that is put back shows twice is due the first time.
type Timetable struct {
	cron *cronexpr.Expression
	zone *time.Location
}

// NewTimetable reads the five fields of a cron expression: minute, hour, day of
// the month, month, day of the week.
func NewTimetable(cron string, zone *time.Location) (Timetable, error) {
	if n := len(strings.Fields(cron)); n != 5 {
		return Timetable{}, fmt.Errorf("%q has %d fields, a schedule has five: minute, hour, day of the month, month, day of the week, as in \"0 7 * * MON\"", cron, n)
	}
	parsed, err := cronexpr.Parse(cron)
	if err != nil {
		return Timetable{}, fmt.Errorf("%q is no schedule: %w; write minute, hour, day of the month, month and day of the week, as in \"0 7 * * MON\"", cron, err)
	}
	return Timetable{parsed, zone}, nil
}

// errNever is for a timetable without any instant.
var errNever = errors.New("never comes: no such day is in the calendar")

// horizon is how far ahead something must be due: a leap year may be eight away.
const horizon = 9 * 366 * 24 * time.Hour

// lead is by how much clocks differ at most before and after they are changed,
// and more.
const lead = 25 * time.Hour

// Next is the first instant after t; zero where there is none.
func (t Timetable) Next(after time.Time) time.Time {
	for at := range t.since(after) {
		return at
	}
	return time.Time{}
}

// Last is the newest instant that is not after t; zero where there is none.
func (t Timetable) Last(until time.Time) (last time.Time) {
	for back := 24 * time.Hour; last.IsZero() && back < horizon; back *= 4 {
		for at := range t.since(until.Add(-back)) {
			if at.After(until) {
				break
			}
			last = at
		}
	}
	return last
}

// since are the instants after t, in order.
func (t Timetable) since(after time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		clock := t.tick(asUTC(after.In(t.zone)).Add(-lead))
		for ; !clock.IsZero(); clock = t.tick(clock) {
			at := t.instant(clock)
			if !at.After(after) {
				continue
			}
			if !yield(at) {
				return
			}
			after = at
		}
	}
}

// tick is the next time of the day that a clock shows, its date and time written
// as if they were UTC, where clocks never change.
func (t Timetable) tick(clock time.Time) time.Time {
	own := *t.cron // Next keeps notes in it
	next := own.Next(clock)
	if next.Sub(clock) > horizon {
		return time.Time{}
	}
	return next
}

func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// instant is when the zone's clock first shows that time, or skips it.
func (t Timetable) instant(clock time.Time) time.Time {
	offset := func(at time.Time) time.Duration {
		_, seconds := at.In(t.zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := offset(clock.Add(-lead)), offset(clock.Add(lead))
	early, late := clock.Add(-before), clock.Add(-after)
	switch {
	case offset(early) == before:
		return early
	case offset(late) == after:
		return late
	}
	_, end := late.In(t.zone).ZoneBounds()
	return end.UTC()
}

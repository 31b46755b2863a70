package calendar

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// shift is the hours of a weekday, and the key of the configuration that gives
// them.
type shift struct {
	hours
	day time.Weekday
	key string
}

func (s shift) String() string { return nameOf(s.day) + " " + s.hours.String() }

// week adds up the hours of all keys; a day may be in several, as long as they
// do not overlap.
func (e Entry) week(faults *fault.List) (week [7][]hours) {
	var shifts []shift
	closedBy := map[time.Weekday]string{}
	for _, key := range slices.Sorted(maps.Keys(e.Hours)) {
		days, err := parseDays(key)
		if err != nil {
			faults.Add(err.Error(), "hours", key)
			continue
		}
		all, err := parseHours(e.Hours[key])
		if err != nil {
			faults.Add(err.Error(), "hours", key)
			continue
		}
		for _, d := range days {
			if len(all) == 0 {
				closedBy[d] = key
			}
			for _, h := range all {
				shifts = append(shifts, shift{h, d, key})
			}
		}
	}
	for _, s := range shifts {
		if by, ok := closedBy[s.day]; ok {
			faults.Add(fmt.Sprintf("gives %s hours, and %q says that it is closed: keep one", nameOf(s.day), by), "hours", s.key)
			return week
		}
		week[s.day] = append(week[s.day], s.hours)
	}
	if key, err := overlap(shifts); err != nil {
		faults.Add(err.Error(), "hours", key)
	}
	for d, all := range week {
		slices.SortFunc(all, byStart)
		if len(all) > maxHours {
			faults.Add(fmt.Sprintf("give %s %d intervals, at most %d a day", nameOf(time.Weekday(d)), len(all), maxHours), "hours")
		}
	}
	return week
}

// overlap names the first two shifts of the week that overlap, and the key of
// the later one.
func overlap(shifts []shift) (key string, err error) {
	if len(shifts) == 0 {
		return "", nil
	}
	// Monday first, as a week is read.
	start := func(s shift) int { return (int(s.day)+6)%7*minutesOfDay + s.from }
	slices.SortStableFunc(shifts, func(a, b shift) int { return start(a) - start(b) })
	for i, s := range shifts {
		next, from := shifts[(i+1)%len(shifts)], 0
		if i+1 == len(shifts) {
			from = 7 * minutesOfDay // the week after
		}
		if from += start(next); from < start(s)+s.to-s.from {
			return next.key, fmt.Errorf("%s and %s overlap: give each time of day once", s, next)
		}
	}
	return "", nil
}

// specialDates are the dates with hours of their own.
func (e Entry) specialDates(faults *fault.List) map[day][]hours {
	dates := map[day][]hours{}
	for _, key := range slices.Sorted(maps.Keys(e.Special)) {
		d, ok := parseDay(key)
		if !ok {
			faults.Add(fmt.Sprintf("%q is no date: write it as 2026-12-24", key), "special", key)
			continue
		}
		if !d.covered() {
			faults.Add(fmt.Sprintf("is outside the years %d to %d", firstYear, lastYear), "special", key)
			continue
		}
		all, err := parseHours(e.Special[key])
		if err == nil {
			err = overlapWithin(all)
		}
		if err != nil {
			faults.Add(err.Error(), "special", key)
			continue
		}
		dates[d] = all
	}
	return dates
}

func overlapWithin(all []hours) error {
	for i := 1; i < len(all); i++ {
		if all[i].from < all[i-1].to {
			return fmt.Errorf("%s and %s overlap: give each time of day once", all[i-1], all[i])
		}
	}
	return nil
}

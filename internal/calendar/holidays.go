package calendar

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rickar/cal/v2"

	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// addHolidays adds what one entry of a calendar's list of holidays says: a date,
// a file, or a set by name. A date keeps the first name it gets.
func addHolidays(into map[day]string, entry, dir string) error {
	var found map[day]string
	switch d, isDate := parseDay(entry); {
	case isDate && !d.covered():
		return fmt.Errorf("%s is outside the years %d to %d", entry, firstYear, lastYear)
	case isDate:
		found = map[day]string{d: "holiday on " + entry}
	case strings.EqualFold(filepath.Ext(entry), ".ics"):
		if !filepath.IsAbs(entry) {
			entry = filepath.Join(dir, entry)
		}
		var err error
		if found, err = readICal(entry); err != nil {
			return err
		}
	default:
		list, ok := sets()[strings.TrimSpace(entry)]
		if !ok {
			return notASet(entry)
		}
		found = datesOf(list)
	}
	for d, name := range found {
		if _, named := into[d]; !named {
			into[d] = name
		}
	}
	return nil
}

func notASet(entry string) error {
	if entry == "" {
		return errors.New("is empty: name a set, such as us-federal, a date, or a file ending in .ics")
	}
	return fmt.Errorf("%q is no set of holidays, such as us-federal, nor a date such as 2026-12-24, nor a file ending in .ics%s", entry, suggest.Near(entry, setNames()))
}

// datesOf are all dates in the covered years on which a set closes. A holiday
// that falls on a weekend and is observed on another day closes both; one that
// is moved from a working day closes only the day to which it is moved.
func datesOf(set []*cal.Holiday) map[day]string {
	dates := map[day]string{}
	for _, h := range set {
		h = inUTC(h)
		for year := firstYear - 1; year <= lastYear+1; year++ {
			actual, observed := h.Calc(year)
			if actual.IsZero() {
				continue
			}
			falls, kept := dateOf(actual), dateOf(observed)
			note(dates, kept, h.Name, kept != falls)
			if weekend := falls.weekday() == time.Saturday || falls.weekday() == time.Sunday; weekend {
				note(dates, falls, h.Name, false)
			}
		}
	}
	return dates
}

func note(dates map[day]string, d day, name string, observed bool) {
	if observed {
		name += " (observed)"
	}
	if _, named := dates[d]; !named {
		dates[d] = name
	}
}

// inUTC makes a holiday of the library count in UTC. The library works in the
// zone of the machine, where there may be no midnight on the day in question.
func inUTC(h *cal.Holiday) *cal.Holiday {
	local := h.Func
	if local == nil {
		return h
	}
	h = h.Clone(nil)
	h.Func = func(h *cal.Holiday, year int) time.Time {
		t := local(h, year)
		if t.IsZero() {
			return t
		}
		// A midnight that does not exist may come out an hour before.
		y, month, d := t.Add(12 * time.Hour).Date()
		return time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	}
	return h
}

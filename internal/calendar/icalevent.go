package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
)

const icalDate = "20060102"

// holidayFile collects the dates of the events of a file.
type holidayFile struct {
	dates map[day]string
	// moved are the occurrences of repeating events, by the event's id, for which
	// the file has an event of their own.
	moved map[string]map[day]bool
	rules int
	count int
}

func datesOfEvents(events []ical.Event) (map[day]string, error) {
	f := holidayFile{dates: map[day]string{}, moved: map[string]map[day]bool{}}
	for _, e := range events {
		if of := e.Props.Get(ical.PropRecurrenceID); of != nil {
			if d, allDay := allDayOf(of.Value); allDay {
				f.except(idOf(e), d)
			}
		}
	}
	for _, e := range events {
		if err := f.event(e); err != nil {
			return nil, fmt.Errorf("has an event %q that cannot be used: %w", summaryOf(e), err)
		}
	}
	return f.dates, nil
}

func (f *holidayFile) except(id string, d day) {
	if f.moved[id] == nil {
		f.moved[id] = map[day]bool{}
	}
	f.moved[id][d] = true
}

func (f *holidayFile) event(e ical.Event) error {
	if status := e.Props.Get(ical.PropStatus); status != nil && strings.EqualFold(status.Value, string(ical.EventCancelled)) {
		return nil
	}
	begins := e.Props.Get(ical.PropDateTimeStart)
	if begins == nil {
		return errors.New("it has no DTSTART")
	}
	first, allDay := allDayOf(begins.Value)
	if !allDay {
		return nil // a meeting, not a holiday
	}
	days, err := lengthOf(e, first)
	if err != nil {
		return err
	}
	starts, err := f.occurrences(e, first)
	if err != nil {
		return err
	}
	name := summaryOf(e)
	for _, start := range starts {
		for d := start; d < start+day(days); d++ {
			if f.count++; f.count > maxDates {
				return fmt.Errorf("the file has more than %d holidays", maxDates)
			}
			if _, named := f.dates[d]; !named && d.covered() {
				f.dates[d] = name
			}
		}
	}
	return nil
}

// lengthOf is how many days the event lasts.
func lengthOf(e ical.Event, first day) (int, error) {
	days := 1
	if ends := e.Props.Get(ical.PropDateTimeEnd); ends != nil {
		end, allDay := allDayOf(ends.Value)
		if !allDay {
			return 0, fmt.Errorf("DTSTART is a date, DTEND is not: %q", ends.Value)
		}
		days = int(end - first) // some writers end a day's event on that day
	} else if lasts := e.Props.Get(ical.PropDuration); lasts != nil {
		d, err := lasts.Duration()
		if err != nil {
			return 0, err
		}
		days = int(d / (24 * time.Hour))
	}
	if days > 366 {
		return 0, fmt.Errorf("it lasts %d days, at most 366", days)
	}
	return max(1, days), nil
}

// occurrences are the days on which an event starts: the first, those that its
// rule and its list of dates add, less its exceptions.
func (f *holidayFile) occurrences(e ical.Event, first day) ([]day, error) {
	starts := []day{first}
	if len(e.Props.Values(ical.PropRecurrenceRule)) > 0 {
		repeated, err := f.repeat(e, first)
		if err != nil {
			return nil, err
		}
		starts = repeated
	}
	more, err := listed(e, ical.PropRecurrenceDates)
	if err != nil {
		return nil, err
	}
	starts = append(starts, more...)
	less, err := listed(e, ical.PropExceptionDates)
	if err != nil {
		return nil, err
	}
	left := map[day]bool{}
	for _, d := range less {
		left[d] = true
	}
	if e.Props.Get(ical.PropRecurrenceID) == nil {
		for d := range f.moved[idOf(e)] {
			left[d] = true
		}
	}
	kept := starts[:0]
	for _, d := range starts {
		if !left[d] {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// repeat expands the rule of an event up to the end of the covered years.
func (f *holidayFile) repeat(e ical.Event, first day) ([]day, error) {
	if f.rules++; f.rules > maxRules {
		return nil, fmt.Errorf("the file has more than %d repeating events", maxRules)
	}
	if len(e.Props.Values(ical.PropRecurrenceRule)) > 1 {
		return nil, errors.New("it has more than one RRULE: make it one event for each")
	}
	option, err := e.Props.RecurrenceRule()
	if err != nil {
		return nil, err
	}
	if option.Freq > rrule.DAILY || len(option.Byhour)+len(option.Byminute)+len(option.Bysecond) > 0 {
		return nil, errors.New("its RRULE repeats within a day: a holiday is a whole day")
	}
	if option.Interval > 1000 {
		return nil, fmt.Errorf("its RRULE has INTERVAL=%d, at most 1000", option.Interval)
	}
	option.Dtstart = time.UnixMilli(first.wall()).UTC()
	if option.Until.IsZero() {
		option.Until = time.UnixMilli(horizonTo + msOfDay).UTC() // by itself it ends after 292 years
	}
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, err
	}
	var starts []day
	for next := rule.Iterator(); ; {
		at, ok := next()
		if !ok || at.UnixMilli() > horizonTo+msOfDay {
			return starts, nil
		}
		if starts = append(starts, dateOf(at)); len(starts) > maxDates {
			return nil, fmt.Errorf("it repeats more than %d times", maxDates)
		}
	}
}

// listed are the days of a property that lists dates, times and periods.
func listed(e ical.Event, property string) ([]day, error) {
	var days []day
	for _, p := range e.Props.Values(property) {
		for value := range strings.SplitSeq(p.Value, ",") {
			date, _, _ := strings.Cut(value, "T")
			d, ok := allDayOf(date)
			if !ok {
				return nil, fmt.Errorf("%s has no date: %q", property, value)
			}
			days = append(days, d)
		}
	}
	return days, nil
}

// allDayOf is the date of a value that is a date and not a time.
func allDayOf(value string) (day, bool) {
	t, err := time.Parse(icalDate, strings.TrimSpace(value))
	return dateOf(t), err == nil
}

func idOf(e ical.Event) string {
	if p := e.Props.Get(ical.PropUID); p != nil {
		return p.Value
	}
	return ""
}

// summaryOf is what the event is called, fit to be shown.
func summaryOf(e ical.Event) string {
	p := e.Props.Get(ical.PropSummary)
	if p == nil {
		return "holiday"
	}
	name := strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\N`, " ", `\\`, `\`).Replace(p.Value)
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if letters := []rune(name); len(letters) > 80 {
		name = string(letters[:80])
	}
	if name == "" {
		return "holiday"
	}
	return name
}

package calendar

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/hms-ops/hms-monitor/internal/fault"
)

// Config is the `calendars` section of the configuration.
type Config []Entry

// Entry describes one calendar.
type Entry struct {
	// Name is what KPIs call it.
	Name string `yaml:"name"`
	// TimeZone is an IANA name, such as America/New_York.
	TimeZone string `yaml:"time_zone"`
	// Hours are the open hours of days of the week: "mon-fri": "08:00-17:00".
	Hours map[string]string `yaml:"hours"`
	// Special are dates with hours of their own, or "closed".
	Special map[string]string `yaml:"special"`
	// Holidays are sets by name, dates, and iCalendar files, on which the
	// calendar is closed.
	Holidays []string `yaml:"holidays"`
}

// Validate reports every fault. Holiday files are read, relative ones from dir.
func (c Config) Validate(dir string) fault.List {
	_, faults := c.compile(dir)
	return faults
}

// Build makes the calendars, by name. Holiday files are read, relative ones from
// dir.
func (c Config) Build(dir string) (map[string]*Calendar, error) {
	calendars, faults := c.compile(dir)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return calendars, nil
}

func (c Config) compile(dir string) (map[string]*Calendar, fault.List) {
	var faults fault.List
	calendars := map[string]*Calendar{}
	for i, e := range c {
		calendar, wrong := e.compile(dir)
		if first := slices.IndexFunc(c, func(o Entry) bool { return o.Name == e.Name }); first < i && e.Name != "" {
			wrong.Add(fmt.Sprintf("calendar %d is called %q too: give each its own name", first+1, e.Name), "name")
		}
		faults = append(faults, wrong.Under(strconv.Itoa(i))...)
		calendars[e.Name] = calendar
	}
	return calendars, faults
}

func (e Entry) compile(dir string) (*Calendar, fault.List) {
	var faults fault.List
	if e.Name == "" {
		faults.Add("is missing: KPIs refer to the calendar by it", "name")
	}
	p := plan{}
	var err error
	if p.zone, err = loadZone(e.TimeZone); err != nil {
		faults.Add(err.Error(), "time_zone")
	}
	p.week = e.week(&faults)
	p.special = e.specialDates(&faults)
	p.holidays = e.closedDates(dir, &faults)
	if len(faults) > 0 {
		return nil, faults
	}
	intervals := p.intervals()
	if len(intervals) == 0 {
		faults.Add("the calendar is never open: give it hours, such as mon-fri: \"08:00-17:00\"", "hours")
		return nil, faults
	}
	return &Calendar{name: e.Name, plan: &p, table: newTable(intervals)}, nil
}

func (e Entry) closedDates(dir string, faults *fault.List) map[day]string {
	dates := map[day]string{}
	for i, entry := range e.Holidays {
		if err := addHolidays(dates, entry, dir); err != nil {
			faults.Add(err.Error(), "holidays", strconv.Itoa(i))
		}
	}
	return dates
}

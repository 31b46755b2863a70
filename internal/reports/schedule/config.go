// Package schedule says when reports are due and what time each sums up, and
// has each sent once, whether the program runs at that moment or starts later.
//
// It must not know what a report says nor how it is sent: both are handed in as
// one function. The app wires it, the configuration holds its section.
package schedule

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/reports"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Config is the configuration section `reports`.
type Config []Report

// Report is one report that is sent by itself.
type Report struct {
	Name string `yaml:"name"`
	// Title heads the report; "" for the usual one.
	Title string `yaml:"title"`
	// Type says what time is summed up.
	Type string `yaml:"type"`
	// Schedule is a cron expression of five fields.
	Schedule string `yaml:"schedule"`
	// TimeZone and Language are those of the agency where they are "".
	TimeZone  string   `yaml:"time_zone"`
	Language  string   `yaml:"language"`
	Receivers []string `yaml:"receivers"`
	// CatchUp is how late a report may be that could not be sent in time.
	CatchUp units.Duration `yaml:"catch_up"`
}

// Types of reports.
const (
	Shift = "shift" // from the time of the schedule before
	Day   = "day"   // the calendar day before
	Week  = "week"  // the calendar week before, from Monday
)

const (
	// DefaultCatchUp is for a report that does not say how late it may be.
	DefaultCatchUp = 6 * time.Hour
	// leastApart bounds how often a report is sent.
	leastApart = 15 * time.Minute
	// mostApart is how long a shift may be: longer is not summed up.
	mostApart = 100 * 24 * time.Hour
	// tried is how many instants of a schedule are looked at.
	tried = 400
)

var reportName = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`)

// Plan is a report with its timetable.
type Plan struct {
	Report
	Timetable
	Language reports.Language
}

// Zone is that of the report's times.
func (p *Plan) Zone() *time.Location { return p.zone }

// Plans makes plans of a valid configuration; zone and language are the agency's.
func (c Config) Plans(zone *time.Location, language reports.Language) ([]*Plan, error) {
	var all []*Plan
	for _, r := range c {
		p := &Plan{Report: r, Language: cmp.Or(reports.Language(r.Language), language)}
		if p.CatchUp == 0 {
			p.CatchUp = units.Duration(DefaultCatchUp)
		}
		in := zone
		if r.TimeZone != "" {
			var err error
			if in, err = calendar.Location(r.TimeZone); err != nil {
				return nil, fmt.Errorf("report %s: time_zone: %w", r.Name, err)
			}
		}
		var err error
		if p.Timetable, err = NewTimetable(r.Schedule, in); err != nil {
			return nil, fmt.Errorf("report %s: schedule: %w", r.Name, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// Validate reports every fault. takes tells whether a receiver exists, and
// whether it takes reports.
func (c Config) Validate(takes func(receiver string) (known, can bool)) (faults fault.List) {
	names := map[string]bool{}
	for i := range c {
		r := &c[i]
		wrong := r.validate(takes)
		if names[r.Name] {
			wrong.Add("another report is called so", "name")
		}
		names[r.Name] = true
		faults = append(faults, wrong.Under(strconv.Itoa(i))...)
	}
	return faults
}

func (r *Report) validate(takes func(string) (known, can bool)) (faults fault.List) {
	if !reportName.MatchString(r.Name) {
		faults.Add(fmt.Sprintf("%q is no name for a report: use small letters, digits, - and _, 63 at most", r.Name), "name")
	}
	if strings.ContainsAny(r.Title, "\r\n") || len(r.Title) > 200 {
		faults.Add("is one line of 200 bytes at most", "title")
	}
	if !slices.Contains([]string{Shift, Day, Week}, r.Type) {
		faults.Add(fmt.Sprintf("%q is not known: write shift, day or week", r.Type), "type")
	}
	if r.Language != "" && !reports.Language(r.Language).Known() {
		faults.Add(reports.UnknownLanguage(r.Language), "language")
	}
	if late := time.Duration(r.CatchUp); late != 0 && (late < time.Minute || late > 7*24*time.Hour) {
		faults.Add(fmt.Sprintf("is %v, must be between 1m and 7d", r.CatchUp), "catch_up")
	}
	faults = append(faults, r.validateTimes()...)
	if len(r.Receivers) == 0 {
		faults.Add("name at least one receiver of the Alertmanager's file", "receivers")
	}
	for i, name := range r.Receivers {
		known, can := takes(name)
		switch {
		case !known:
			faults.Add(fmt.Sprintf("there is no receiver %q in the Alertmanager's file (alerting.alertmanager): add it there", name), "receivers", strconv.Itoa(i))
		case !can:
			faults.Add(fmt.Sprintf("%q has nothing that takes reports: give it email_configs, webhook_configs or signed_webhooks", name), "receivers", strconv.Itoa(i))
		}
	}
	return faults
}

// validateTimes looks at a few hundred instants of the schedule.
func (r *Report) validateTimes() (faults fault.List) {
	zone := time.UTC
	if r.TimeZone != "" {
		var err error
		if zone, err = calendar.Location(r.TimeZone); err != nil {
			faults.Add(err.Error(), "time_zone")
			return faults
		}
	}
	t, err := NewTimetable(r.Schedule, zone)
	if err != nil {
		faults.Add(err.Error(), "schedule")
		return faults
	}
	at := t.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if at.IsZero() {
		faults.Add(errNever.Error(), "schedule")
		return faults
	}
	for range tried {
		next := t.Next(at)
		apart := next.Sub(at)
		switch {
		case apart < leastApart:
			faults.Add(fmt.Sprintf("has times that are %v apart: reports are sent every %v at most", apart, leastApart), "schedule")
			return faults
		case r.Type == Shift && apart > mostApart:
			faults.Add("has times that are more than 100 days apart, which is more than a report sums up", "schedule")
			return faults
		}
		at = next
	}
	return faults
}

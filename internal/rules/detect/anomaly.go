package detect

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/suggest"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// Anomaly holds each hour or day against the same hour or day of past weeks: how
// many robust deviations is it away from their median? The deviation is the
// scaled median absolute one (Hampel 1974), so that past anomalies do not widen
// it, and 3.5 of them is the limit of Iglewicz and Hoaglin (How to Detect and
// Handle Outliers, 1993). It is never less than the noise that counting alone
// brings about.
type Anomaly struct {
	Holding
	By []string `yaml:"by"`
	// Window is what is judged at once: 1h, 1d, or another part of a day.
	Window units.Duration `yaml:"window"`
	// Season is what a window is compared with: the same time of the week, or of
	// the day.
	Season string `yaml:"season"`
	// History is how many weeks, or days, are looked back; of them MinHistory at
	// least must have data.
	History    int `yaml:"history"`
	MinHistory int `yaml:"min_history"`
	// Sensitivity is how many robust deviations are an anomaly.
	Sensitivity float64 `yaml:"sensitivity"`
	// Direction is low, high or both.
	Direction string `yaml:"direction"`
	// MinN leaves windows unjudged that have fewer things now and, by the median,
	// had before.
	MinN int64 `yaml:"min_n"`
	// Lateness is how long after its end a window is judged.
	Lateness units.Duration `yaml:"lateness"`
	// Calendar leaves windows out in which it is closed, and those of the past in
	// which it was, or was open half as long; by default the KPI's.
	Calendar string `yaml:"calendar"`
	// TimeZone is where days begin, where there is no calendar: UTC by default.
	TimeZone string `yaml:"time_zone"`
}

const (
	low  = "low"
	high = "high"
	both = "both"

	week = "week"
	day  = "day"
)

func newAnomaly() *Anomaly {
	return &Anomaly{
		Holding: Holding{Every: units.Duration(time.Minute)}, Window: units.Duration(time.Hour), Season: week, History: 8, MinHistory: 4,
		Sensitivity: 3.5, Direction: both, MinN: 10, Lateness: units.Duration(time.Minute),
	}
}

func (a *Anomaly) holding() *Holding { return &a.Holding }

func (a *Anomaly) validate(_ *Common, d *kpi.Definition, env *kpi.Env) (faults fault.List) {
	if !dividesDay(a.Window) {
		faults.Add(fmt.Sprintf("is %v: windows fill a day, as 15m, 1h and 1d do", a.Window), "window")
		return faults
	}
	faults = a.check(a.Window)
	checkBy(a.By, d, &faults)
	if a.Season != week && a.Season != day {
		faults.Add(fmt.Sprintf("%q is no season: write week or day", a.Season), "season")
	}
	if a.History < 2 || a.History > 104 {
		faults.Add(fmt.Sprintf("is %d: write how many windows of the past to compare with, from 2 to 104", a.History), "history")
	}
	if a.MinHistory < 2 || a.MinHistory > a.History {
		faults.Add(fmt.Sprintf("is %d: it lies between 2 and history, which is %d", a.MinHistory, a.History), "min_history")
	}
	if !(a.Sensitivity >= 1 && a.Sensitivity <= 1000) {
		faults.Add(fmt.Sprintf("is %v: write a number of robust deviations from 1 to 1000, as in 3.5", a.Sensitivity), "sensitivity")
	}
	checkDirection(a.Direction, &faults)
	if a.MinN < 0 {
		faults.Add(fmt.Sprintf("is %d: write 0 to judge every window, or how many things it must hold", a.MinN), "min_n")
	}
	checkLength("lateness", a.Lateness, 0, 24*time.Hour, &faults)
	checkCalendar(a.Calendar, env, &faults)
	if _, err := time.LoadLocation(a.TimeZone); err != nil {
		faults.Add(fmt.Sprintf("%q is no IANA time zone, such as America/New_York", a.TimeZone), "time_zone")
	}
	if a.TimeZone != "" && a.Calendar != "" {
		faults.Add("the calendar has a time zone: leave this one out", "time_zone")
	}
	return faults
}

func checkDirection(is string, faults *fault.List) {
	if is != low && is != high && is != both {
		faults.Add(fmt.Sprintf("%q is no direction: write low, high or both", is), "direction")
	}
}

func checkCalendar(name string, env *kpi.Env, faults *fault.List) {
	if name == "" || env == nil {
		return
	}
	if _, ok := env.Calendars[name]; !ok {
		faults.Add(fmt.Sprintf("no calendar is called %q%s", name, suggest.Near(name, slices.Sorted(maps.Keys(env.Calendars)))), "calendar")
	}
}

func (a *Anomaly) detector(o options) detector {
	s := season{length: time.Duration(a.Window), days: 7, lateness: ms(a.Lateness), zone: time.UTC}
	if a.Season == day {
		s.days = 1
	}
	if s.calendar = a.calendarOf(o); s.calendar != nil {
		s.zone = s.calendar.Location()
	} else if zone, err := time.LoadLocation(a.TimeZone); err == nil {
		s.zone = zone
	}
	return &oddity{Anomaly: a, options: o, season: s, baselines: map[window]map[string][]Reading{}}
}

// calendarOf is the calendar named, or else the first that the KPI refers to.
func (a *Anomaly) calendarOf(o options) *calendar.Calendar {
	if a.Calendar != "" {
		return o.calendars[a.Calendar]
	}
	l, err := o.source.Get(o.KPI)
	if err != nil || a.TimeZone != "" {
		return nil
	}
	if timed, ok := l.Definition.Spec.(kpi.Timed); ok {
		for _, name := range timed.CalendarNames() {
			if c := o.calendars[name]; c != nil {
				return c
			}
		}
	}
	return nil
}

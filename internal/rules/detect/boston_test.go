package detect

import (
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

// fired lists when alerts began, looked at each hour, with their conditions.
func fired(t testing.TB, g rules.Group, zone *time.Location) (dates []string, first map[string]alert.Transition) {
	standing := map[string]alert.State{}
	first = map[string]alert.Transition{}
	for at := time.Date(2011, 7, 1, 0, 0, 0, 0, zone).UnixMilli(); at < time.Date(2012, 1, 1, 1, 0, 0, 0, zone).UnixMilli(); at += hour {
		now := map[string]alert.State{}
		for _, a := range evaluate(t, g, at) {
			key := event.TagsKey(a.Tags) + time.UnixMilli(a.Since).In(zone).Format("Mon 2006-01-02")
			now[key] = a.State
			if standing[key] == "" {
				dates = append(dates, time.UnixMilli(a.Since).In(zone).Format("2006-01-02"))
				first[dates[len(dates)-1]] = a
			}
		}
		standing = now
	}
	return dates, first
}

// The hurricane Irene reached Boston on Sunday 2011-08-28. What else is found in
// half a year is in docs/detectors.md.
func TestBostonSurgeIsAnAnomaly(t *testing.T) {
	events, zone := datasets.Cases(datasets.Boston(t)), datasets.NewYork(t)
	c := calendar.Config{{
		Name: "city", TimeZone: "America/New_York", Holidays: []string{"us-ma"},
		Hours: map[string]string{"mon-sun": "00:00-24:00"},
	}}
	calendars, err := c.Build("")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, calendars, openedPerDay)
	b.give(events...)
	for rule, want := range map[string]string{
		`{name: requests a day, type: anomaly, kpi: opened, window: 1d, time_zone: America/New_York, min_history: 6}`:                   "2011-08-12+ 2011-08-28+ 2011-08-29+ 2011-09-05- 2011-09-10+ 2011-10-10- 2011-10-30+ 2011-11-03- 2011-11-17- 2011-11-24- 2011-12-26-",
		`{name: but holidays, type: anomaly, kpi: opened, window: 1d, calendar: city, min_history: 6}`:                                  "2011-08-12+ 2011-08-28+ 2011-08-29+ 2011-09-10+ 2011-10-30+ 2011-11-03- 2011-11-07+ 2011-11-17-",
		`{name: surges alone, type: anomaly, kpi: opened, window: 1d, calendar: city, min_history: 6, direction: high, sensitivity: 5}`: "2011-08-28+ 2011-08-29+ 2011-10-30+",
	} {
		begin := time.Now()
		dates, first := fired(t, b.detector(rule), zone)
		t.Logf("%s\n184 days looked at each hour in %v", rule, time.Since(begin))
		var got []string
		for _, d := range dates {
			side := "-"
			if strings.HasSuffix(first[d].Condition, "above") {
				side = "+"
			}
			got = append(got, d+side)
			t.Log(d, time.UnixMilli(first[d].At).In(zone).Format("15:04 Jan 2"), first[d].Condition)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\n got %s\nwant %s", rule, strings.Join(got, " "), want)
		}
		a := first["2011-08-28"]
		if at := time.UnixMilli(a.At).In(zone); at.Day() != 28 || at.Hour() > 13 || a.Provisional || !strings.Contains(a.Condition, "Sundays") {
			t.Errorf("found at %v: %+v", at, a.Condition)
		}
	}
}

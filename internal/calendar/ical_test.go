package calendar

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHolidayFile(t *testing.T) {
	dates, err := readICal("testdata/office.ics")
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]string{
		"2026-01-16": "Inventory, all hands",
		"2026-12-23": "",
		"2026-12-24": "Winter closing",
		"2027-01-02": "Winter closing",
		"2027-01-03": "",
		"2020-03-17": "Evacuation Day",
		"2021-03-17": "", // an exception
		"2021-03-18": "Evacuation Day",
		"2022-03-17": "",
		"2023-03-17": "Evacuation Day",
		"2024-03-17": "", // moved
		"2024-03-18": "Evacuation Day (moved)",
		"2199-03-17": "Evacuation Day",
		"2026-05-01": "", // called off
		"2026-02-02": "First Monday",
		"2026-03-02": "First Monday",
		"2026-04-06": "",
	} {
		d, _ := parseDay(date)
		if got := dates[d]; got != want {
			t.Errorf("%s is %q, want %q", date, got, want)
		}
	}
}

// event is a file of one event.
func event(lines ...string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Day off\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

func TestHolidayFilesThatCannotBeUsed(t *testing.T) {
	for name, v := range map[string]struct{ text, want string }{
		"nothing":             {"", "does not end with END:VCALENDAR"},
		"something else":      {"<html>END:VCALENDAR", "is no iCalendar file"},
		"breaks off":          {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n", "does not end with END:VCALENDAR"},
		"mixed up":            {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", "is no iCalendar file"},
		"the library's panic": {event("DTSTART;VALUE=DATE"), "is no iCalendar file"},
		"no event":            {"BEGIN:VCALENDAR\nEND:VCALENDAR", "no all-day event"},
		"meetings only":       {event("DTSTART:20260101T100000Z"), "no all-day event"},
		"no start":            {event("UID:1"), `"Day off" that cannot be used: it has no DTSTART`},
		"a start, a time":     {event("DTSTART;VALUE=DATE:20260101", "DTEND:20260101T120000"), "DTEND is not"},
		"too many rules":      {strings.Repeat(event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;COUNT=1"), maxRules+1), "more than 200 repeating"},
		"years":               {event("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20290101"), "lasts 1096 days"},
		"a bad duration":      {event("DTSTART;VALUE=DATE:20260101", "DURATION:two days"), "duration"},
		"a bad rule":          {event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=FORTNIGHTLY"), "FORTNIGHTLY"},
		"hourly":              {event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=HOURLY"), "within a day"},
		"two rules":           {event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "more than one RRULE"},
		"every day for ever":  {event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY"), "more than 20000 times"},
		"huge intervals":      {event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;INTERVAL=9000000000000000000"), "INTERVAL"},
		"a bad exception":     {event("DTSTART;VALUE=DATE:20260101", "EXDATE:never"), `EXDATE has no date: "never"`},
		"a line too long":     {event("DTSTART;VALUE=DATE:20260101", "X-A;B="+strings.Repeat("\n "+strings.Repeat("c", 60), 1200)+":1"), "longer than 64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			dates, err := parseICal([]byte(v.text))
			if err == nil || !strings.Contains(err.Error(), v.want) {
				t.Errorf("%v and %v, want an error with %q", dates, err, v.want)
			}
		})
	}
}

func TestRulesFromLongAgoGoOn(t *testing.T) {
	dates, err := parseICal([]byte(event("DTSTART;VALUE=DATE:16010704", "RRULE:FREQ=YEARLY")))
	if d, _ := parseDay("2026-07-04"); err != nil || dates[d] != "Day off" || len(dates) < 300 {
		t.Errorf("%d dates and %v", len(dates), err)
	}
}

func TestRulesThatNeverApplyEnd(t *testing.T) {
	for _, rule := range []string{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=32"} {
		start := time.Now()
		if _, err := parseICal([]byte(event("DTSTART;VALUE=DATE:20260101", "RRULE:"+rule))); err == nil {
			t.Errorf("%s has dates", rule)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", rule, took)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large.ics"), make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "missing.ics"): "cannot be read",
		filepath.Join(dir, "large.ics"):   "larger than 1 MiB",
		dir:                               "not a plain file",
	} {
		if _, err := readICal(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func FuzzICal(f *testing.F) {
	office, err := os.ReadFile("testdata/office.ics")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(office)
	f.Add([]byte(event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=WEEKLY;BYDAY=MO,-1FR;UNTIL=20270101")))
	f.Fuzz(func(t *testing.T, text []byte) {
		dates, err := parseICal(text)
		if (err == nil) != (len(dates) > 0) {
			t.Errorf("%d dates and %v", len(dates), err)
		}
		for d := range maps.Keys(dates) {
			if !d.covered() {
				t.Errorf("%v is outside the years", d)
			}
		}
	})
}

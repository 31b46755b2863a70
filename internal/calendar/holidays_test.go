package calendar

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
)

func TestSets(t *testing.T) {
	for set, dates := range map[string]map[string]string{
		"us-federal": {
			"2010-12-31": "New Year's Day (observed)", // 2011-01-01 is a Saturday
			"2011-01-01": "New Year's Day",
			"2011-01-17": "Martin Luther King Jr. Day",
			"1985-01-21": "",
			"2011-06-20": "",
			"2021-06-18": "Juneteenth (observed)",
			"2011-07-04": "Independence Day",
			"2026-07-03": "Independence Day (observed)",
			"2011-10-10": "Columbus Day",
			"2011-11-11": "Veterans Day",
			"2011-11-24": "Thanksgiving Day",
			"2011-11-25": "",
			"2011-12-26": "Christmas Day (observed)",
			"2100-01-01": "New Year's Day",
		},
		"us-ma": {
			"2011-04-18": "Patriots' Day",
			"2011-12-26": "Christmas Day (observed)",
			"2026-07-03": "", // a Saturday does not move
			"2026-07-04": "Independence Day",
			"2026-02-12": "",
		},
		"us-ny": {
			"2026-02-12": "Lincoln's Birthday",
			"2022-11-08": "Election Day",
			"2016-11-08": "Election Day",
			"2027-07-05": "Independence Day (observed)",
			"2026-07-03": "",
		},
		"us-ca": {
			"2011-03-31": "Cesar Chavez Day",
			"2000-03-31": "",
			"2011-11-25": "Day After Thanksgiving Day",
			"2009-02-12": "Lincoln's Birthday",
			"2010-02-12": "",
			"2008-10-13": "Columbus Day",
			"2009-10-12": "",
			"2023-11-10": "Veterans Day (observed)",
			"2026-07-03": "",
			"2026-06-19": "",
		},
		"us-wa": {
			"2021-06-18": "",
			"2022-06-20": "Juneteenth (observed)",
			"2026-07-03": "Independence Day (observed)",
			"2026-11-27": "Native American Heritage Day",
			"2026-10-12": "",
		},
		"us-dc": {"2026-04-16": "Emancipation Day", "2022-04-15": "Emancipation Day (observed)", "2004-04-16": ""},
		"nl":    {"2026-04-27": "Koningsdag", "2025-04-26": "Koningsdag (observed)", "2026-04-06": "Tweede Paasdag"},
		"gb":    {"2026-12-28": "Boxing Day (observed)", "2026-12-25": "Christmas Day"},
		"de-by": {"2026-01-06": "Heilige Drei Könige"},
	} {
		found := datesOf(sets()[set])
		for date, want := range dates {
			d, _ := parseDay(date)
			if got := found[d]; got != want {
				t.Errorf("%s: %s is %q, want %q", set, date, got, want)
			}
		}
	}
}

func TestEverySetHasDates(t *testing.T) {
	first, _ := parseDay("2026-01-01")
	for _, name := range setNames() {
		n := 0
		for d := range datesOf(sets()[name]) {
			if d >= first && d < first+365 {
				n++
			}
		}
		if n < 5 {
			t.Errorf("%s has %d days in 2026", name, n)
		}
	}
}

// On a machine in a zone where some days have no midnight, holidays are the same.
func TestSetsDoNotDependOnTheMachine(t *testing.T) {
	local, library := time.Local, cal.DefaultLoc
	defer func() { time.Local, cal.DefaultLoc = local, library }()
	saoPaulo, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range setNames() {
		time.Local, cal.DefaultLoc = saoPaulo, saoPaulo
		here := datesOf(sets()[name])
		time.Local, cal.DefaultLoc = time.UTC, time.UTC
		if there := datesOf(sets()[name]); !maps.Equal(here, there) {
			t.Errorf("%s has %d dates, in UTC %d others", name, len(here), len(there))
		}
	}
}

func TestHolidaysCloseCalendars(t *testing.T) {
	c := build(t, Entry{
		TimeZone: "America/New_York",
		Hours:    map[string]string{"mon-fri": "08:00-17:00"},
		Special:  map[string]string{"2026-12-24": "08:00-12:00", "2026-07-03": "10:00-11:00", "2026-08-03": "closed"},
		Holidays: []string{"us-federal", "office.ics", "2026-08-10"},
	})
	for date, want := range map[string]time.Duration{
		"2026-07-03": time.Hour, // hours of its own, though a holiday
		"2026-07-06": 9 * time.Hour,
		"2026-08-03": 0,
		"2026-08-10": 0,
		"2026-12-23": 9 * time.Hour,
		"2026-12-24": 4 * time.Hour,
		"2026-12-28": 0, // in the file
		"2027-01-04": 9 * time.Hour,
	} {
		from := ms(date + "T05:00:00Z")
		if got := c.Between(from, from+msOfDay); got != want {
			t.Errorf("%s is open for %v, want %v", date, got, want)
		}
	}
}

func TestSetNamesAreSorted(t *testing.T) {
	if names := setNames(); !slices.IsSorted(names) || !slices.Contains(names, "us-federal") {
		t.Error(names)
	}
}

package calendar

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestConfigFaults(t *testing.T) {
	good := func(change func(*Entry)) Config {
		e := Entry{Name: "office", TimeZone: "America/New_York", Hours: map[string]string{"mon-fri": "08:00-17:00"}, Holidays: []string{"us-federal"}}
		change(&e)
		return Config{e}
	}
	hours := func(all map[string]string) Config { return good(func(e *Entry) { e.Hours = all }) }
	zone := func(name string) Config { return good(func(e *Entry) { e.TimeZone = name }) }
	special := func(date, own string) Config {
		return good(func(e *Entry) { e.Special = map[string]string{date: own} })
	}
	holiday := func(entry string) Config { return good(func(e *Entry) { e.Holidays = append(e.Holidays, entry) }) }
	for name, v := range map[string]struct {
		config Config
		want   string
	}{
		"no name":               {good(func(e *Entry) { e.Name = "" }), "0.name: is missing"},
		"one name twice":        {append(good(func(*Entry) {}), good(func(*Entry) {})...), `1.name: calendar 1 is called "office" too`},
		"no zone":               {zone(""), "0.time_zone: is missing"},
		"the machine's zone":    {zone("Local"), "0.time_zone: would differ from machine to machine"},
		"an unknown zone":       {zone("America/NewYork"), `did you mean "America/New_York"?`},
		"a zone in small":       {zone("america/new york"), `did you mean "America/New_York"?`},
		"a path":                {zone("../etc/passwd"), "is no time zone"},
		"no hours":              {hours(nil), "0.hours: the calendar is never open"},
		"closed all week":       {hours(map[string]string{"mon-sun": "closed"}), "0.hours: the calendar is never open"},
		"bad days":              {hours(map[string]string{"mon-fry": "08:00-17:00"}), `0.hours.mon-fry: "fry" is no day`},
		"bad hours":             {hours(map[string]string{"mon": "08:00-1700"}), `0.hours.mon: "08:00-1700" is no interval`},
		"hours and closed":      {hours(map[string]string{"mon-fri": "08:00-17:00", "wed": "closed"}), `0.hours.mon-fri: gives wed hours, and "wed" says that it is closed`},
		"overlap in a day":      {hours(map[string]string{"mon": "08:00-12:00, 11:00-17:00"}), "0.hours.mon: mon 08:00-12:00 and mon 11:00-17:00 overlap"},
		"overlap of keys":       {hours(map[string]string{"mon-fri": "08:00-17:00", "fri": "16:00-18:00"}), "fri 08:00-17:00 and fri 16:00-18:00 overlap"},
		"overlap over midnight": {hours(map[string]string{"mon": "22:00-06:00", "tue": "05:59-12:00"}), "0.hours.tue: mon 22:00-06:00 and tue 05:59-12:00 overlap"},
		"overlap over the week": {hours(map[string]string{"sun": "22:00-06:00", "mon": "05:00-12:00"}), "0.hours.mon: sun 22:00-06:00 and mon 05:00-12:00 overlap"},
		"a bad date":            {special("24.12.2026", "closed"), "0.special.24.12.2026: "},
		"a date out of range":   {special("1066-10-14", "closed"), "0.special.1066-10-14: is outside the years 1900 to 2199"},
		"bad special hours":     {special("2026-12-24", "morning"), `0.special.2026-12-24: "morning" is no interval`},
		"special overlap":       {special("2026-12-24", "08:00-10:00,09:00-11:00"), "0.special.2026-12-24: 08:00-10:00 and 09:00-11:00 overlap"},
		"an unknown set":        {holiday("us-fedral"), `0.holidays.1: "us-fedral" is no set of holidays, such as us-federal, nor a date such as 2026-12-24, nor a file ending in .ics; did you mean "us-federal"?`},
		"no set":                {holiday(""), "0.holidays.1: is empty"},
		"a holiday long ago":    {holiday("1066-10-14"), "0.holidays.1: 1066-10-14 is outside the years"},
		"a missing file":        {holiday("missing.ics"), "0.holidays.1: the holiday file cannot be read: stat testdata/missing.ics"},
		"too many intervals": {hours(map[string]string{
			"mon":     strings.TrimSuffix(strings.Repeat("00:00-00:01,", 1)+"01:00-01:01,02:00-02:01,03:00-03:01,04:00-04:01,05:00-05:01,06:00-06:01,07:00-07:01,08:00-08:01,09:00-09:01,10:00-10:01,11:00-11:01,12:00-12:01,", ","),
			"mon,tue": "00:30-00:31,01:30-01:31,02:30-02:31,03:30-03:31,04:30-04:31,05:30-05:31,06:30-06:31,07:30-07:31,08:30-08:31,09:30-09:31,10:30-10:31,11:30-11:31",
		}), "0.hours: give mon 25 intervals, at most 24 a day"},
	} {
		t.Run(name, func(t *testing.T) {
			faults := v.config.Validate("testdata")
			if err := faults.Err(); err == nil || !strings.Contains(err.Error(), v.want) {
				t.Errorf("%v, want %q", err, v.want)
			}
			if len(faults) > 1 {
				t.Errorf("%d faults for one: %v", len(faults), faults)
			}
			if _, err := v.config.Build("testdata"); err == nil {
				t.Error("it can be built")
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	faults := Config{{TimeZone: "Mars/Olympus", Hours: map[string]string{"x": "y"}, Special: map[string]string{"x": "y"}, Holidays: []string{"x", "y.ics"}}, {}}.Validate("")
	if len(faults) != 8 {
		t.Errorf("%d faults: %v", len(faults), faults.Err())
	}
}

// blocks are the ```yaml parts of the page for users.
func TestDocumentedCalendarsAreValid(t *testing.T) {
	text, err := os.ReadFile("../../docs/calendars.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```yaml\n")[1:]
	if len(parts) == 0 {
		t.Fatal("docs/calendars.md shows no calendar")
	}
	for _, part := range parts {
		block, _, _ := strings.Cut(part, "```")
		var c struct {
			Calendars Config `yaml:"calendars"`
		}
		if err := yaml.UnmarshalWithOptions([]byte(block), &c, yaml.Strict()); err != nil {
			t.Fatalf("%v in %s", err, block)
		}
		if _, err := c.Calendars.Build("testdata"); err != nil || len(c.Calendars) == 0 {
			t.Errorf("%v in %s", err, block)
		}
	}
	for _, name := range setNames() {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/calendars.md does not name the set %s", name)
		}
	}
}

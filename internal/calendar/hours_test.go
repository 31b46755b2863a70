package calendar

import (
	"slices"
	"strings"
	"testing"
)

func TestParseHours(t *testing.T) {
	for text, want := range map[string][]hours{
		"08:00-17:00":              {{480, 1020}},
		"8:00 - 17:00":             {{480, 1020}},
		"13:00-17:00, 08:00-12:00": {{480, 720}, {780, 1020}},
		"22:00-06:00":              {{1320, 1800}},
		"22:00-00:00":              {{1320, 1440}},
		"00:00-24:00":              {{0, 1440}},
		"closed":                   nil,
	} {
		if got, err := parseHours(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is %v and %v, want %v", text, got, err, want)
		}
	}
}

func TestHoursThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "no interval",
		"08:00":                            "no interval",
		"08:00-":                           "no interval",
		"8-17":                             "no interval",
		"08:00-25:00":                      "no interval",
		"08:00-24:01":                      "no interval",
		"08:60-09:00":                      "no interval",
		"24:00-08:00":                      "no interval",
		"-8:00-09:00":                      "no interval",
		"08:00-17:00,":                     `"" is no interval`,
		"08:00-08:00":                      "00:00-24:00 for the whole day",
		strings.Repeat("01:00-02:00,", 24): "at most 24",
	} {
		if got, err := parseHours(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v and %v, want an error with %q", text, got, err, want)
		}
	}
}

func TestParseDays(t *testing.T) {
	for text, want := range map[string]string{
		"mon-fri":         "mon tue wed thu fri",
		"sat":             "sat",
		"mon,wed":         "mon wed",
		"mon - fri , sun": "mon tue wed thu fri sun",
		"sat-mon":         "sat sun mon",
		"SUN":             "sun",
		"mon-sun":         "mon tue wed thu fri sat sun",
		"tue-mon":         "tue wed thu fri sat sun mon",
	} {
		days, err := parseDays(text)
		var names []string
		for _, d := range days {
			names = append(names, nameOf(d))
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("%q is %q and %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":            "there are mon, tue",
		"workdays":    "there are mon, tue",
		"mo-fri":      `did you mean "mon"?`,
		"mon-mon":     "write mon, or mon-sun",
		"mon-wed,tue": "names tue twice",
		"mon-":        "is no day",
		"mon-tue-wed": "is no day",
	} {
		if got, err := parseDays(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v and %v, want an error with %q", text, got, err, want)
		}
	}
}

func FuzzHours(f *testing.F) {
	for _, text := range []string{"08:00-12:00, 13:00-17:00", "22:00-06:00", "closed", "00:00-24:00", "1:0-", "٠٨:٠٠-17:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parseHours(text)
		if err != nil {
			return
		}
		for _, h := range all {
			if h.from < 0 || h.from >= minutesOfDay || h.to <= h.from || h.to >= h.from+minutesOfDay && h != (hours{0, minutesOfDay}) {
				t.Errorf("%q has %v", text, h)
			}
		}
		if again, err := parseHours(written(all)); err != nil || !slices.Equal(all, again) {
			t.Errorf("%q is %v, and written again %v, %v", text, all, again, err)
		}
	})
}

func FuzzDays(f *testing.F) {
	for _, text := range []string{"mon-fri", "sat-mon", "mon,wed", "mon-fri,sun", "-,"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		days, err := parseDays(text)
		if err != nil {
			return
		}
		slices.Sort(days)
		if len(days) == 0 || len(days) != len(slices.Compact(days)) {
			t.Errorf("%q is %v", text, days)
		}
	})
}

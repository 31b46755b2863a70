package calendar

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the vectors need zones on every machine
)

// ms is an instant written as RFC 3339.
func ms(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

func build(tb testing.TB, e Entry) *Calendar {
	tb.Helper()
	e.Name = "test"
	all, err := Config{e}.Build("testdata")
	if err != nil {
		tb.Fatal(err)
	}
	return all["test"]
}

func hoursOf(zone, days, hours string) Entry {
	return Entry{TimeZone: zone, Hours: map[string]string{days: hours}}
}

func TestBetween(t *testing.T) {
	const newYork, amsterdam, lordHowe = "America/New_York", "Europe/Amsterdam", "Australia/Lord_Howe"
	for name, v := range map[string]struct {
		entry    Entry
		from, to string
		want     time.Duration
	}{
		"a working day":                               {hoursOf(newYork, "mon-fri", "08:00-17:00"), "2011-03-10T00:00:00-05:00", "2011-03-11T00:00:00-05:00", 9 * time.Hour},
		"several intervals":                           {hoursOf(newYork, "mon-fri", "08:00-12:00, 13:00-17:00"), "2011-03-10T11:30:00-05:00", "2011-03-10T13:30:00-05:00", time.Hour},
		"a day of 23 hours":                           {hoursOf(newYork, "mon-sun", "00:00-24:00"), "2011-03-13T00:00:00-05:00", "2011-03-14T00:00:00-04:00", 23 * time.Hour},
		"a day of 25 hours":                           {hoursOf(newYork, "mon-sun", "00:00-24:00"), "2011-11-06T00:00:00-04:00", "2011-11-07T00:00:00-05:00", 25 * time.Hour},
		"Sunday only, 23 hours":                       {hoursOf(newYork, "sun", "00:00-24:00"), "2011-03-12T00:00:00-05:00", "2011-03-15T00:00:00-04:00", 23 * time.Hour},
		"Sunday only, 25 hours":                       {hoursOf(newYork, "sun", "00:00-24:00"), "2011-11-05T00:00:00-04:00", "2011-11-08T00:00:00-05:00", 25 * time.Hour},
		"hours over the skipped hour":                 {hoursOf(newYork, "sun", "01:00-05:00"), "2011-03-13T00:00:00-05:00", "2011-03-14T00:00:00-04:00", 3 * time.Hour},
		"hours over the repeated hour":                {hoursOf(newYork, "sun", "00:00-05:00"), "2011-11-06T00:00:00-04:00", "2011-11-07T00:00:00-05:00", 6 * time.Hour},
		"hours inside the skipped hour":               {hoursOf(newYork, "sun", "02:15-02:45"), "2011-03-13T00:00:00-05:00", "2011-03-14T00:00:00-04:00", 0},
		"hours inside the repeated hour":              {hoursOf(newYork, "sun", "01:15-01:45"), "2011-11-06T00:00:00-04:00", "2011-11-07T00:00:00-05:00", time.Hour},
		"opening in the gap":                          {hoursOf(newYork, "sun", "02:30-10:00"), "2011-03-13T00:00:00-05:00", "2011-03-14T00:00:00-04:00", 7 * time.Hour},
		"closing in the gap":                          {hoursOf(newYork, "sun", "00:00-02:30"), "2011-03-13T00:00:00-05:00", "2011-03-14T00:00:00-04:00", 2 * time.Hour},
		"closing in the repeated hour":                {hoursOf(newYork, "sun", "00:00-01:30"), "2011-11-06T00:00:00-04:00", "2011-11-07T00:00:00-05:00", 2 * time.Hour},
		"night shift, summer time begins":             {hoursOf(newYork, "sat", "22:00-06:00"), "2011-03-12T12:00:00-05:00", "2011-03-13T12:00:00-04:00", 7 * time.Hour},
		"night shift, summer time ends":               {hoursOf(newYork, "sat", "22:00-06:00"), "2011-11-05T12:00:00-04:00", "2011-11-06T12:00:00-05:00", 9 * time.Hour},
		"Amsterdam, 23 hours":                         {hoursOf(amsterdam, "sun", "00:00-24:00"), "2011-03-26T00:00:00Z", "2011-03-29T00:00:00Z", 23 * time.Hour},
		"Amsterdam, 25 hours":                         {hoursOf(amsterdam, "sun", "00:00-24:00"), "2011-10-29T00:00:00Z", "2011-11-01T00:00:00Z", 25 * time.Hour},
		"Lord Howe, half an hour less":                {hoursOf(lordHowe, "sun", "00:00-24:00"), "2011-10-01T00:00:00Z", "2011-10-04T00:00:00Z", 23*time.Hour + 30*time.Minute},
		"Lord Howe, half an hour more":                {hoursOf(lordHowe, "sun", "00:00-24:00"), "2011-04-01T00:00:00Z", "2011-04-05T00:00:00Z", 24*time.Hour + 30*time.Minute},
		"Lord Howe, opening in the gap":               {hoursOf(lordHowe, "sun", "02:15-03:00"), "2011-10-01T00:00:00Z", "2011-10-04T00:00:00Z", 30 * time.Minute},
		"no midnight: São Paulo 2011-10-16":           {hoursOf("America/Sao_Paulo", "sun", "00:00-24:00"), "2011-10-14T00:00:00Z", "2011-10-19T00:00:00Z", 23 * time.Hour},
		"two midnights: São Paulo 2012-02-25":         {hoursOf("America/Sao_Paulo", "sat", "00:00-24:00"), "2012-02-24T00:00:00Z", "2012-02-28T00:00:00Z", 25 * time.Hour},
		"a date that never was: Apia 2011-12-30":      {hoursOf("Pacific/Apia", "fri", "09:00-17:00"), "2011-12-28T00:00:00Z", "2012-01-02T00:00:00Z", 0},
		"the last day of a leap year, rules go on":    {hoursOf(newYork, "mon-sun", "08:00-17:00"), "2096-12-31T00:00:00-05:00", "2097-01-01T00:00:00-05:00", 9 * time.Hour},
		"summer time of 2099":                         {hoursOf(newYork, "mon-fri", "08:00-17:00"), "2099-07-01T08:30:00-04:00", "2099-07-01T09:00:00-04:00", 30 * time.Minute},
		"1970":                                        {hoursOf(amsterdam, "thu", "08:00-17:00"), "1970-01-01T00:00:00+01:00", "1970-01-02T00:00:00+01:00", 9 * time.Hour},
		"seconds: Monrovia 1972-01-07":                {hoursOf("Africa/Monrovia", "fri", "00:00-24:00"), "1972-01-06T00:00:00Z", "1972-01-09T00:00:00Z", 24*time.Hour - 44*time.Minute - 30*time.Second},
		"backwards":                                   {hoursOf(newYork, "mon-fri", "08:00-17:00"), "2011-03-11T00:00:00Z", "2011-03-10T00:00:00Z", 0},
		"a night before a holiday goes on to its end": {Entry{TimeZone: newYork, Hours: map[string]string{"mon-sun": "22:00-06:00"}, Holidays: []string{"2011-07-04"}}, "2011-07-03T12:00:00-04:00", "2011-07-05T12:00:00-04:00", 8 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			if got := build(t, v.entry).Between(ms(v.from), ms(v.to)); got != v.want {
				t.Errorf("between %s and %s: %v, want %v", v.from, v.to, got, v.want)
			}
		})
	}
}

func TestAdd(t *testing.T) {
	const newYork = "America/New_York"
	office := Entry{TimeZone: newYork, Hours: map[string]string{"mon-fri": "08:00-17:00"}, Holidays: []string{"us-federal"}}
	nights := hoursOf(newYork, "sat", "22:00-06:00")
	for name, v := range map[string]struct {
		entry Entry
		from  string
		d     time.Duration
		want  string
	}{
		"within a day":                       {office, "2011-03-10T09:00:00-05:00", time.Hour, "2011-03-10T10:00:00-05:00"},
		"to the minute of closing":           {office, "2011-03-10T09:00:00-05:00", 8 * time.Hour, "2011-03-10T17:00:00-05:00"},
		"a moment more":                      {office, "2011-03-10T09:00:00-05:00", 8*time.Hour + time.Millisecond, "2011-03-11T08:00:00.001-05:00"},
		"over a weekend and summer time":     {office, "2011-03-11T16:00:00-05:00", 2 * time.Hour, "2011-03-14T09:00:00-04:00"},
		"from a Sunday":                      {office, "2011-03-13T12:00:00-04:00", time.Minute, "2011-03-14T08:01:00-04:00"},
		"over Independence Day":              {office, "2011-07-01T16:30:00-04:00", time.Hour, "2011-07-05T08:30:00-04:00"},
		"over a holiday observed before":     {office, "2010-12-30T17:00:00-05:00", time.Hour, "2011-01-03T09:00:00-05:00"},
		"over a holiday observed after":      {office, "2022-12-23T16:00:00-05:00", 2 * time.Hour, "2022-12-27T09:00:00-05:00"},
		"nothing, when closed":               {office, "2011-03-13T12:00:00-04:00", 0, "2011-03-13T12:00:00-04:00"},
		"48 hours of an office":              {office, "2011-03-01T08:00:00-05:00", 48 * time.Hour, "2011-03-08T11:00:00-05:00"},
		"opening in the gap":                 {hoursOf(newYork, "sun", "02:30-10:00"), "2011-03-12T12:00:00-05:00", time.Second, "2011-03-13T03:00:01-04:00"},
		"a short night":                      {nights, "2011-03-12T22:00:00-05:00", 7 * time.Hour, "2011-03-13T06:00:00-04:00"},
		"a long night":                       {nights, "2011-11-05T22:00:00-04:00", 9 * time.Hour, "2011-11-06T06:00:00-05:00"},
		"the repeated hour, first":           {nights, "2011-11-05T22:00:00-04:00", 3*time.Hour + 30*time.Minute, "2011-11-06T01:30:00-04:00"},
		"the repeated hour, again":           {nights, "2011-11-05T22:00:00-04:00", 4*time.Hour + 30*time.Minute, "2011-11-06T01:30:00-05:00"},
		"parts of a millisecond count whole": {office, "2011-03-10T09:00:00-05:00", 1, "2011-03-10T09:00:00.001-05:00"},
		"back within a day":                  {office, "2011-03-10T10:00:00-05:00", -time.Hour, "2011-03-10T09:00:00-05:00"},
		"back to the minute of opening":      {office, "2011-03-14T10:00:00-04:00", -2 * time.Hour, "2011-03-14T08:00:00-04:00"},
		"back over a weekend":                {office, "2011-03-14T09:00:00-04:00", -2 * time.Hour, "2011-03-11T16:00:00-05:00"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := build(t, v.entry).Add(ms(v.from), v.d); got != ms(v.want) {
				t.Errorf("%v after %s: %v, want %s", v.d, v.from, time.UnixMilli(got).UTC(), v.want)
			}
		})
	}
}

func TestWhatCannotBeReached(t *testing.T) {
	c := build(t, Entry{TimeZone: "UTC", Special: map[string]string{"2026-12-24": "08:00-12:00"}})
	for name, v := range map[string]struct {
		from int64
		d    time.Duration
		want int64
	}{
		"all there is":          {0, 4 * time.Hour, ms("2026-12-24T12:00:00Z")},
		"more than there is":    {0, 4*time.Hour + 1, Never},
		"after the last":        {ms("2026-12-24T12:00:00Z"), 1, Never},
		"after the years":       {ms("2300-01-01T00:00:00Z"), 1, Never},
		"nothing, any time":     {ms("2300-01-01T00:00:00Z"), 0, ms("2300-01-01T00:00:00Z")},
		"from before the years": {math.MinInt64, time.Hour, ms("2026-12-24T09:00:00Z")},
		"the longest":           {math.MaxInt64, math.MaxInt64, Never},
		"back, all there is":    {math.MaxInt64, -4 * time.Hour, ms("2026-12-24T08:00:00Z")},
		"back, too much":        {math.MaxInt64, -4*time.Hour - 1, math.MinInt64},
	} {
		if got := c.Add(v.from, v.d); got != v.want {
			t.Errorf("%s: %d, want %d", name, got, v.want)
		}
	}
	if got := c.Between(math.MinInt64, math.MaxInt64); got != 4*time.Hour {
		t.Errorf("open for %v in all, want 4h", got)
	}
}

func TestNilIsAlwaysOpen(t *testing.T) {
	var c *Calendar
	if got := c.Add(5, 2*time.Second); got != 2005 {
		t.Errorf("2 s after 5 is %d", got)
	}
	if got := c.Between(5, 2005); got != 2*time.Second {
		t.Errorf("between 5 and 2005: %v", got)
	}
	if c.Between(7, 5) != 0 || !c.Open(0) || c.Name() != "" || c.Location() != time.UTC || c.Digest() != 0 {
		t.Error("the nil calendar is no plain clock")
	}
	if got := c.Add(math.MaxInt64-1, time.Hour); got != Never {
		t.Errorf("beyond the end of time: %d", got)
	}
	if got := c.Between(math.MinInt64, math.MaxInt64); got < 292*365*24*time.Hour {
		t.Errorf("all of time is %v", got)
	}
}

func TestAlwaysOpenCountsLikeAClock(t *testing.T) {
	c := build(t, hoursOf("America/New_York", "mon-sun", "00:00-24:00"))
	if got := c.Between(horizonFrom, horizonTo); got != duration(horizonTo-horizonFrom) {
		t.Errorf("300 years are %v", got)
	}
	if n := len(c.table.slots); n != 3 {
		t.Errorf("it has %d slots: open intervals that touch are one", n)
	}
	if c.Open(horizonTo) || c.Open(horizonFrom-1) || !c.Open(horizonTo-1) || !c.Open(horizonFrom) {
		t.Error("open outside the years, or closed inside them")
	}
}

func TestDigestTellsCalendarsApart(t *testing.T) {
	of := func(hours string, holidays ...string) uint64 {
		e := hoursOf("America/New_York", "mon-fri", hours)
		e.Holidays = holidays
		return build(t, e).Digest()
	}
	if of("08:00-17:00") != of("08:00-12:00, 12:00-17:00") {
		t.Error("the same hours have different digests")
	}
	if of("08:00-17:00") == of("08:00-17:01") || of("08:00-17:00") == of("08:00-17:00", "2026-12-24") {
		t.Error("different hours have one digest")
	}
}

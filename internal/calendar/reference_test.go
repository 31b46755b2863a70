package calendar

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// reference asks, minute by minute, what a clock on the wall shows.
type reference struct {
	location *time.Location
	week     [7][]hours
	special  map[string][]hours
	holidays map[string]bool
}

func (r reference) hoursOf(date time.Time) []hours {
	text := date.Format(time.DateOnly)
	if own, ok := r.special[text]; ok {
		return own
	}
	if r.holidays[text] {
		return nil
	}
	return r.week[date.Weekday()]
}

func (r reference) open(at int64) bool {
	wall := time.UnixMilli(at).In(r.location)
	today := time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC)
	minute := 60*wall.Hour() + wall.Minute()
	inside := func(date time.Time, minute int) bool {
		return slices.ContainsFunc(r.hoursOf(date), func(h hours) bool { return minute >= h.from && minute < h.to })
	}
	return inside(today, minute) || inside(today.AddDate(0, 0, -1), minute+minutesOfDay)
}

// between counts minutes; both instants are whole ones.
func (r reference) between(from, to int64) (open time.Duration) {
	for at := from; at < to; at += msOfMinute {
		if r.open(at) {
			open += time.Minute
		}
	}
	return open
}

// zones with all sorts of changes, and instants near which to look.
var zones = map[string][]string{
	"America/New_York":    {"2011-03-13T07:00:00Z", "2011-11-06T06:00:00Z", "1970-01-01T00:00:00Z", "2100-03-14T07:00:00Z"},
	"Europe/Amsterdam":    {"2011-03-27T01:00:00Z", "2011-10-30T01:00:00Z", "2099-10-25T01:00:00Z", "1940-05-15T23:00:00Z"},
	"Australia/Lord_Howe": {"2011-04-02T15:00:00Z", "2011-10-01T15:30:00Z"},
	"America/Sao_Paulo":   {"2011-10-16T03:00:00Z", "2012-02-26T02:00:00Z"},
	"Pacific/Apia":        {"2011-12-30T10:00:00Z"},
	"Africa/Casablanca":   {"2023-03-19T02:00:00Z", "2023-04-23T02:00:00Z"},
	"Asia/Kathmandu":      {"1985-12-31T18:30:00Z", "2040-12-31T00:00:00Z"},
	"Europe/Dublin":       {"2026-03-29T01:00:00Z", "2044-12-31T12:00:00Z"},
	"America/Havana":      {"2026-03-08T05:00:00Z", "2026-11-01T05:00:00Z"},
	"UTC":                 {"2000-02-29T00:00:00Z"},
}

// some gives a random calendar, the reference for it, and an instant of interest.
func some(t *rapid.T) (*Calendar, reference, int64) {
	zone := rapid.SampledFrom(slices.Sorted(maps.Keys(zones))).Draw(t, "zone")
	near := ms(rapid.SampledFrom(zones[zone]).Draw(t, "near"))
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	e := Entry{Name: "c", TimeZone: zone, Hours: map[string]string{}, Special: map[string]string{}}
	r := reference{location: location, special: map[string][]hours{}, holidays: map[string]bool{}}
	for d := range time.Weekday(7) {
		if all := someHours(t); len(all) > 0 {
			e.Hours[nameOf(d)], r.week[d] = written(all), all
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "specials") {
		date := someDate(t, near)
		all := someHours(t)
		e.Special[date], r.special[date] = written(all), all
	}
	for range rapid.IntRange(0, 3).Draw(t, "holidays") {
		date := someDate(t, near)
		e.Holidays = append(e.Holidays, date)
		r.holidays[date] = true
	}
	calendars, err := Config{e}.Build("")
	if err != nil {
		t.Skip(err) // nights that overlap mornings, or never open
	}
	return calendars["c"], r, near
}

func someDate(t *rapid.T, near int64) string {
	return day(int(dayOf(near)) + rapid.IntRange(-3, 3).Draw(t, "date")).String()
}

// someHours are up to three intervals that do not overlap, the last perhaps
// over midnight, at times that changes of the clock touch.
func someHours(t *rapid.T) []hours {
	times := rapid.SliceOfNDistinct(rapid.SampledFrom([]int{
		0, 30, 60, 75, 90, 105, 120, 135, 150, 165, 180, 240, 8 * 60, 12 * 60, 13 * 60, 17*60 + 1, 22 * 60, 23*60 + 30, minutesOfDay,
	}), 0, 6, rapid.ID[int]).Draw(t, "times")
	slices.Sort(times)
	var all []hours
	for i := 0; i+1 < len(times); i += 2 {
		all = append(all, hours{times[i], times[i+1]})
	}
	if n := len(all); n > 0 && all[n-1].from >= 12*60 && rapid.Bool().Draw(t, "overnight") {
		all[n-1].to = minutesOfDay + rapid.SampledFrom([]int{1, 90, 150}).Draw(t, "until")
	}
	return all
}

func written(all []hours) string {
	if len(all) == 0 {
		return closed
	}
	text := ""
	for i, h := range all {
		if i > 0 {
			text += ", "
		}
		text += h.String()
	}
	return text
}

func someMinute(t *rapid.T, near int64, name string) int64 {
	return near + rapid.Int64Range(-3*24*60, 3*24*60).Draw(t, name)*msOfMinute
}

func TestBetweenCountsWhatTheWallClockShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, r, near := some(t)
		from, to := someMinute(t, near, "from"), someMinute(t, near, "to")
		if got, want := c.Between(from, to), r.between(from, to); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
		if c.Open(from) != r.open(from) {
			t.Fatalf("open is %v", c.Open(from))
		}
	})
}

func TestAddIsTheEarliestInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _, near := some(t)
		from := someMinute(t, near, "from") + rapid.Int64Range(0, 59_999).Draw(t, "ms")
		d := time.Duration(rapid.Int64Range(1, 100*msOfHour).Draw(t, "d")) * time.Millisecond
		at := c.Add(from, d)
		if at == Never {
			t.Skip("not that much open time")
		}
		if got := c.Between(from, at); got != d {
			t.Fatalf("between %d and %d: %v, want %v", from, at, got, d)
		}
		if got := c.Between(from, at-1); got != d-time.Millisecond {
			t.Fatalf("a millisecond before there were %v of %v: not the earliest", got, d)
		}
		back := c.Add(at, -d)
		if got := c.Between(back, at); got != d || back < from {
			t.Fatalf("back to %d, from where there are %v of %v", back, got, d)
		}
		if got := c.Between(back+1, at); got != d-time.Millisecond {
			t.Fatalf("a millisecond later there were still %v of %v: not the latest", got, d)
		}
	})
}

func TestBetweenAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _, near := some(t)
		at := rapid.Custom(func(t *rapid.T) int64 {
			return near + rapid.Int64Range(-400*msOfDay, 400*msOfDay).Draw(t, "at")
		})
		all := []int64{at.Draw(t, "a"), at.Draw(t, "b"), at.Draw(t, "c")}
		slices.Sort(all)
		if got, want := c.Between(all[0], all[1])+c.Between(all[1], all[2]), c.Between(all[0], all[2]); got != want {
			t.Fatalf("the parts are %v, the whole %v", got, want)
		}
	})
}

func TestSpansCoverEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, r, near := some(t)
		from, to := someMinute(t, near, "from"), someMinute(t, near, "to")
		spans := c.Spans(from, to)
		at := from
		for i, s := range spans {
			if s.From != at || s.To <= s.From {
				t.Fatalf("span %d is %+v, after %d", i, s, at)
			}
			if i > 0 && spans[i-1].Open == s.Open && spans[i-1].Why == s.Why {
				t.Fatalf("spans %d and %d are one: %+v", i-1, i, s)
			}
			if s.Open != (c.Between(s.From, s.To) > 0) || s.Open && c.Between(s.From, s.To) != duration(s.To-s.From) {
				t.Fatalf("%+v, of which %v are open", s, c.Between(s.From, s.To))
			}
			if s.Open != r.open(s.From) || !s.Open && s.Why == "" {
				t.Fatalf("%+v", s)
			}
			at = s.To
		}
		if from < to && at != to {
			t.Fatalf("they end at %d, not %d", at, to)
		}
	})
}

func TestReferenceKnowsTheLongDay(t *testing.T) {
	location, _ := time.LoadLocation("America/New_York")
	r := reference{location: location}
	r.week[time.Sunday] = []hours{{0, minutesOfDay}}
	if got := r.between(ms("2011-11-05T00:00:00Z"), ms("2011-11-09T00:00:00Z")); got != 25*time.Hour {
		t.Errorf("%v", got)
	}
}

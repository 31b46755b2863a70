package schedule

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests need zones on every machine

	"github.com/hashicorp/cronexpr"
	"pgregory.net/rapid"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	in, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func table(t interface{ Fatal(...any) }, cron, in string) Timetable {
	made, err := NewTimetable(cron, zone(t, in))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// watched goes minute by minute and looks at the clock on the wall: what it shows
// for the first time, and what it has just skipped, is due.
func watched(t *rapid.T, cron string, in *time.Location, from, to time.Time) (due []time.Time) {
	parsed, err := cronexpr.Parse(cron)
	if err != nil {
		t.Fatal(err)
	}
	matches := func(clock time.Time) bool {
		return parsed.Next(clock.Add(-time.Second)).Equal(clock)
	}
	shown := asUTC(from.In(in)).Add(-2 * time.Minute)
	for at := from.Add(-time.Minute); !at.After(to); at = at.Add(time.Minute) {
		clock, hit := asUTC(at.In(in)), false
		for shown.Before(clock) {
			shown = shown.Add(time.Minute)
			hit = hit || matches(shown)
		}
		if hit && at.After(from) {
			due = append(due, at)
		}
	}
	return due
}

func TestTimetablesFollowTheClockOnTheWall(t *testing.T) {
	changes := map[string][]string{
		"America/New_York":    {"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2026-07-01T00:00:00Z"},
		"Europe/Berlin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
		"Australia/Lord_Howe": {"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"}, // by half an hour
		"America/St_Johns":    {"2026-03-08T05:30:00Z", "2026-11-01T04:30:00Z"},
		"Africa/Cairo":        {"2026-04-23T22:00:00Z", "2026-10-29T21:00:00Z"}, // at midnight
		"UTC":                 {"2026-02-28T23:00:00Z"},
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "UTC"}).Draw(t, "zone")
		cron := rapid.SampledFrom([]string{
			"30 2 * * *", "0 2 * * *", "30 1,2 * * *", "*/15 * * * *", "0 6,14,22 * * *", "0 0 * * *", "15 0-3 * * SUN", "45 1 * * MON", "0 7 1 * *",
		}).Draw(t, "cron")
		around, err := time.Parse(time.RFC3339, rapid.SampledFrom(changes[name]).Draw(t, "change"))
		if err != nil {
			t.Fatal(err)
		}
		from := around.Add(-time.Duration(rapid.IntRange(0, 30*60).Draw(t, "minutes before")) * time.Minute)
		to := from.Add(48 * time.Hour)
		made := table(t, cron, name)
		want := watched(t, cron, made.zone, from, to)
		at := from
		for i, w := range want {
			if at = made.Next(at); !at.Equal(w) {
				t.Fatalf("%s in %s: %d after %v is %v, want %v", cron, name, i, from, at, w)
			}
			if last := made.Last(at); !last.Equal(at) {
				t.Fatalf("%s in %s: the last up to %v is %v", cron, name, at, last)
			}
			if i > 0 {
				if last := made.Last(at.Add(-time.Nanosecond)); !last.Equal(want[i-1]) {
					t.Fatalf("%s in %s: the last before %v is %v, want %v", cron, name, at, last, want[i-1])
				}
			}
		}
		if next := made.Next(at); !next.After(to) {
			t.Fatalf("%s in %s: %v is due, and no clock says so", cron, name, next)
		}
	})
}

func TestTimetablesThatAreRare(t *testing.T) {
	at := func(text string) time.Time {
		made, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	leap := table(t, "0 8 29 2 *", "UTC")
	if next, last := leap.Next(at("2026-01-01T00:00:00Z")), leap.Last(at("2026-01-01T00:00:00Z")); !next.Equal(at("2028-02-29T08:00:00Z")) || !last.Equal(at("2024-02-29T08:00:00Z")) {
		t.Error(last, next)
	}
	never := table(t, "0 8 30 2 *", "UTC")
	if next, last := never.Next(at("2026-01-01T00:00:00Z")), never.Last(at("2026-01-01T00:00:00Z")); !next.IsZero() || !last.IsZero() {
		t.Error(last, next)
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ what, kind, cron, at, from, to string }{
		{"the night shift on which clocks are put forward", Shift, "0 6,14,22 * * *", "2026-03-08T10:00:00Z", "2026-03-08T03:00:00Z", "2026-03-08T10:00:00Z"},
		{"the night shift on which they are put back", Shift, "0 6,14,22 * * *", "2026-11-01T11:00:00Z", "2026-11-01T02:00:00Z", "2026-11-01T11:00:00Z"},
		{"the shift after a weekend", Shift, "0 18 * * MON-FRI", "2026-03-16T22:00:00Z", "2026-03-13T22:00:00Z", "2026-03-16T22:00:00Z"},
		{"a day of 23 hours", Day, "0 7 * * *", "2026-03-09T11:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"a week of 167 hours", Week, "0 7 * * MON", "2026-03-09T11:00:00Z", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"a week told on Sunday is the one before", Week, "0 7 * * SUN", "2026-03-08T11:00:00Z", "2026-02-23T05:00:00Z", "2026-03-02T05:00:00Z"},
	} {
		p := &Plan{Report: Report{Name: "r", Type: c.kind}, Timetable: table(t, c.cron, "America/New_York")}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		d := p.Due(at)
		got := [2]string{d.From.UTC().Format(time.RFC3339), d.To.UTC().Format(time.RFC3339)}
		if got != [2]string{c.from, c.to} || !p.Last(at).Equal(at) {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

package importer

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestLocalTimesAroundTheChangesOfTheClock(t *testing.T) {
	for _, c := range []struct {
		zone, local, want string
		kind              fold
	}{
		{"America/New_York", "2011-07-01 12:00:00", "2011-07-01T16:00:00Z", once},
		{"America/New_York", "2011-11-06 00:59:59", "2011-11-06T04:59:59Z", once},
		{"America/New_York", "2011-11-06 01:00:00", "2011-11-06T05:00:00Z", twice},
		{"America/New_York", "2011-11-06 01:30:00", "2011-11-06T05:30:00Z", twice},
		{"America/New_York", "2011-11-06 01:59:59", "2011-11-06T05:59:59Z", twice},
		{"America/New_York", "2011-11-06 02:00:00", "2011-11-06T07:00:00Z", once},
		{"America/New_York", "2012-03-11 01:59:59", "2012-03-11T06:59:59Z", once},
		{"America/New_York", "2012-03-11 02:00:00", "2012-03-11T07:00:00Z", neverWas}, // 03:00 summer time
		{"America/New_York", "2012-03-11 02:30:00", "2012-03-11T07:30:00Z", neverWas},
		{"America/New_York", "2012-03-11 03:00:00", "2012-03-11T07:00:00Z", once},
		{"Europe/Amsterdam", "2011-10-30 02:30:00", "2011-10-30T00:30:00Z", twice},
		{"Europe/Amsterdam", "2012-03-25 02:30:00", "2012-03-25T01:30:00Z", neverWas},
		{"Australia/Lord_Howe", "2011-04-03 01:45:00", "2011-04-02T14:45:00Z", twice}, // half an hour only
		{"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z", neverWas},     // the day that was skipped
		{"Pacific/Apia", "2011-12-29 23:00:00", "2011-12-30T09:00:00Z", once},
		{"Pacific/Apia", "2011-12-31 01:00:00", "2011-12-30T11:00:00Z", once},
		{"UTC", "2011-11-06 01:30:00", "2011-11-06T01:30:00Z", once},
	} {
		l, err := parseLayout("2006-01-02 15:04:05")
		if err != nil {
			t.Fatal(err)
		}
		got, kind, err := l.read(c.local, zone(t, c.zone))
		if err != nil || got.UTC().Format(time.RFC3339) != c.want || kind != c.kind {
			t.Errorf("%s in %s: %s (%d, %v), want %s (%d)", c.local, c.zone, got.UTC().Format(time.RFC3339), kind, err, c.want, c.kind)
		}
	}
}

// Every instant's wall clock reading leads back to it, or to the earlier of
// the two instants that read the same.
func TestResolveInvertsTheWallClock(t *testing.T) {
	zones := []*time.Location{zone(t, "America/New_York"), zone(t, "Europe/London"), zone(t, "Australia/Lord_Howe"), zone(t, "Asia/Kathmandu"), zone(t, "America/St_Johns")}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(zones).Draw(t, "zone")
		at := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "at"), 0)
		local := at.In(in)
		wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
		got, kind := resolve(wall, in)
		if kind == neverWas {
			t.Fatalf("%s exists", local)
		}
		if !got.Equal(at) && (kind != twice || !got.Before(at)) {
			t.Fatalf("%s became %s", at, got)
		}
		if got.In(in).Format(time.DateTime) != local.Format(time.DateTime) {
			t.Fatalf("%s reads %s", got, got.In(in).Format(time.DateTime))
		}
	})
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct{ layout, text, want string }{
		{"rfc3339", "2011-10-11T13:45:40.276+02:00", "2011-10-11T11:45:40.276Z"},
		{"rfc3339", "2011-10-11 13:45:40.276000+02:00", "2011-10-11T11:45:40.276Z"},
		{"rfc3339", " 2011-10-11T13:45:40Z ", "2011-10-11T13:45:40Z"},
		{"rfc3339", "2011-10-11", ""},
		{"unix_ms", "1318333540276", "2011-10-11T11:45:40.276Z"},
		{"unix_s", "1318333540.276", "2011-10-11T11:45:40.276Z"},
		{"unix_s", "1e300", ""},
		{"unix_s", "NaN", ""},
		{"unix_ms", "x", ""},
		{"02.01.2006 15:04", "11.10.2011 13:45", "2011-10-11T13:45:00Z"},
		{"2006-01-02T15:04:05-0700", "2011-10-11T13:45:40-0500", "2011-10-11T18:45:40Z"},
		{"2006-01-02", "2011-13-11", ""},
	} {
		l, err := parseLayout(c.layout)
		if err != nil {
			t.Fatal(err)
		}
		at, _, err := l.read(c.text, time.UTC)
		if got := at.UTC().Format(time.RFC3339Nano); (err == nil) != (c.want != "") || (err == nil && got != c.want) {
			t.Errorf("%q as %s: %s, %v; want %q", c.text, c.layout, got, err, c.want)
		}
	}
}

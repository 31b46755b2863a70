package calendar

import (
	"reflect"
	"testing"
	"time"
)

func TestSpansSayWhy(t *testing.T) {
	c := build(t, Entry{
		TimeZone: "America/New_York",
		Hours:    map[string]string{"mon-fri": "08:00-17:00", "sat": "22:00-06:00"},
		Special:  map[string]string{"2011-03-15": "09:00-12:00", "2011-03-16": "closed"},
		Holidays: []string{"us-federal"},
	})
	for name, v := range map[string]struct {
		from, to string
		want     []Span
	}{
		"a night over the change of the clock": {"2011-03-12T20:00:00-05:00", "2011-03-13T08:00:00-04:00", []Span{
			{Why: OutsideHours, To: ms("2011-03-12T22:00:00-05:00")},
			{Open: true, To: ms("2011-03-13T06:00:00-04:00"), Shift: time.Hour},
			{Why: OutsideHours, To: ms("2011-03-13T08:00:00-04:00")},
		}},
		"a night over the change back": {"2011-11-05T23:00:00-04:00", "2011-11-06T07:00:00-05:00", []Span{
			{Open: true, To: ms("2011-11-06T06:00:00-05:00"), Shift: -time.Hour},
			{Why: OutsideHours, To: ms("2011-11-06T07:00:00-05:00")},
		}},
		"a weekend with a holiday": {"2011-07-01T16:00:00-04:00", "2011-07-02T12:00:00-04:00", []Span{
			{Open: true, To: ms("2011-07-01T17:00:00-04:00")},
			{Why: OutsideHours, To: ms("2011-07-02T12:00:00-04:00")},
		}},
		"a holiday": {"2011-07-04T00:00:00-04:00", "2011-07-05T09:00:00-04:00", []Span{
			{Why: OutsideHours, To: ms("2011-07-04T08:00:00-04:00")},
			{Why: "Independence Day", To: ms("2011-07-04T17:00:00-04:00")},
			{Why: OutsideHours, To: ms("2011-07-05T08:00:00-04:00")},
			{Open: true, To: ms("2011-07-05T09:00:00-04:00")},
		}},
		"dates with hours of their own": {"2011-03-15T08:30:00-04:00", "2011-03-16T12:00:00-04:00", []Span{
			{Why: "special hours on 2011-03-15", To: ms("2011-03-15T09:00:00-04:00")},
			{Open: true, Why: "special hours on 2011-03-15", To: ms("2011-03-15T12:00:00-04:00")},
			{Why: "special hours on 2011-03-15", To: ms("2011-03-15T17:00:00-04:00")},
			{Why: OutsideHours, To: ms("2011-03-16T08:00:00-04:00")},
			{Why: "closed on 2011-03-16", To: ms("2011-03-16T12:00:00-04:00")},
		}},
		"the end of the years": {"2199-12-31T21:00:00Z", "2200-01-01T01:00:00Z", []Span{
			{Open: true, To: ms("2199-12-31T22:00:00Z")},
			{Why: OutsideHours, To: horizonTo},
			{Why: OutsideYears, To: ms("2200-01-01T01:00:00Z")},
		}},
		"the start of the years": {"1899-12-31T23:00:00Z", "1900-01-01T01:00:00Z", []Span{
			{Why: OutsideYears, To: horizonFrom},
			{Why: OutsideHours, To: ms("1900-01-01T01:00:00Z")},
		}},
		"nothing": {"2011-01-01T00:00:00Z", "2011-01-01T00:00:00Z", nil},
	} {
		t.Run(name, func(t *testing.T) {
			at := ms(v.from)
			for i := range v.want {
				v.want[i].From, at = at, v.want[i].To
			}
			if got := c.Spans(ms(v.from), ms(v.to)); !reflect.DeepEqual(got, v.want) {
				t.Errorf("got  %+v\nwant %+v", got, v.want)
			}
		})
	}
}

func TestSpansOfTheNilCalendar(t *testing.T) {
	var c *Calendar
	if got := c.Spans(5, 9); len(got) != 1 || got[0] != (Span{From: 5, To: 9, Open: true}) {
		t.Error(got)
	}
}

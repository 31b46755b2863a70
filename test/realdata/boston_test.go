package realdata

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/test/datasets"
	"github.com/hms-ops/hms-monitor/test/datasets/imported"
)

const halfYear = 184 * 24 * time.Hour

func TestBoston(t *testing.T) {
	t.Parallel()
	events := imported.Events(t, "boston311.yaml", "boston311_2011H2.zip")
	rows := datasets.Boston(t)
	city := configured(t, "../../examples/boston311-kpis.yaml")
	l := live(t, city, events)
	t.Run("the surge of the hurricane Irene", func(t *testing.T) { surge(t, l, rows) })
	t.Run("the backlog is a recount of the rows", func(t *testing.T) { backlog(t, l, rows) })
	t.Run("the four figures are recounts of the rows", func(t *testing.T) { adherence(t, l, rows) })
	t.Run("the city's own figure", func(t *testing.T) { flags(t, l, rows) })
	t.Run("the page in the docs", func(t *testing.T) { page(t, l) })
	t.Run("alike in any order", func(t *testing.T) {
		more := configured(t, "testdata/boston311.yaml")
		more.file = slices.Concat(city.file, more.file)
		sameInAnyOrder(t, more, events, []int64{
			instant("2011-08-28T16:00:00Z"), // the hurricane
			instant("2011-11-06T05:30:00Z"), // the hour that came twice
			events[len(events)/2].Time, instant("2012-01-01T05:00:00Z"), instant("2019-12-31T00:00:00Z"), instant("2030-01-01T00:00:00Z"),
		}, 0, halfYear)
	})
}

// surge looks at every day of New York, of 23 to 25 hours.
func surge(t *testing.T, l *lane, rows []datasets.Request) {
	type moved struct{ Opened, Resolved, Net, Open int }
	var counts []int
	before, largest := moved{}, ""
	for at := time.Date(2011, 7, 1, 0, 0, 0, 0, datasets.NewYork(t)); at.Year() == 2011; at = at.AddDate(0, 0, 1) {
		from, to := at.UnixMilli(), at.AddDate(0, 0, 1).UnixMilli()
		length := time.Duration(to-from) * time.Millisecond
		want := 0
		for _, r := range rows {
			if r.Opened >= from && r.Opened < to {
				want++
			}
		}
		opened := ask[struct{ Count int }](t, l, "cases.opened.per.day", to, length)[""]
		if opened.Figures.Count != want || opened.N != want {
			t.Errorf("%s: %+v, the file has %d", at.Format(time.DateOnly), opened, want)
		}
		counts = append(counts, want)
		if want == slices.Max(counts) {
			largest = at.Format(time.DateOnly)
		}
		now := ask[moved](t, l, "case.backlog", to, length)[""].Figures
		if now.Opened != want || now.Open-before.Open != now.Net || now.Net != now.Opened-now.Resolved {
			t.Errorf("%s: %+v, %d opened, %d open the day before", at.Format(time.DateOnly), now, want, before.Open)
		}
		if at.Format(time.DateOnly) == "2011-08-28" {
			t.Logf("open %d, then %+v", before.Open, now)
			if now.Net < 500 {
				t.Errorf("the backlog grew by %d on the day of the hurricane", now.Net)
			}
		}
		before = now
	}
	slices.Sort(counts)
	if largest != "2011-08-28" || counts[len(counts)-1] != 913 || counts[len(counts)/2-1] > 360 || counts[len(counts)/2] < 360 {
		t.Errorf("the largest day is %s with %d, the median %d", largest, counts[len(counts)-1], counts[len(counts)/2])
	}
}

func backlog(t *testing.T, l *lane, rows []datasets.Request) {
	r := rand.New(rand.NewPCG(311, 2011))
	first, end := instant("2011-07-01T04:00:00Z"), instant("2012-03-01T00:00:00Z")
	for i := range 50 {
		at := first + r.Int64N(end-first)
		if i%5 == 0 { // where something happens
			at = rows[r.IntN(len(rows))].Opened + int64(i%2)
		}
		want := map[string]int{}
		for _, r := range rows {
			if r.Opened < at && (r.Closed == 0 || r.Closed >= at) {
				want[""]++
				want[r.Department]++
			}
		}
		got := map[string]int{}
		for office, a := range ask[struct{ Open int }](t, l, "case.backlog", at, 0, "office") {
			if a.Figures.Open != a.N {
				t.Errorf("%+v", a)
			}
			if a.N > 0 {
				got[office] = a.N
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("at %d: %v, want %v", at, got, want)
		}
	}
}

type share struct{ Met, Total int }

type figures struct {
	Due, Closed      share
	ClosedAndOverdue share `json:"closed_and_overdue"`
	Live             struct{ Breached, AtRisk, OnTrack, Paused int }
	WithoutGoal      int
}

// recount is what the rows say of [from, at).
func recount(rows []datasets.Request, office string, from, at int64) (f figures) {
	for _, r := range rows {
		if r.Opened >= at || office != "" && r.Department != office {
			continue
		}
		ended := r.Closed != 0 && r.Closed < at
		switch {
		case r.Due == 0:
			if r.Opened >= from {
				f.WithoutGoal++
			}
			continue
		case r.Due >= from && r.Due < at:
			f.Due.count(ended && r.Closed <= r.Due)
		}
		switch {
		case ended && r.Closed >= from:
			f.Closed.count(r.Closed <= r.Due)
		case !ended && r.Due < at:
			f.Live.Breached++
		case !ended:
			f.Live.OnTrack++ // at risk, some of them
		}
	}
	f.ClosedAndOverdue = share{f.Closed.Met, f.Closed.Total + f.Live.Breached}
	return f
}

func (s *share) count(met bool) {
	s.Total++
	if met {
		s.Met++
	}
}

// plain leaves aside which open cases are at risk.
func (f figures) plain() figures {
	f.Live.OnTrack, f.Live.AtRisk = f.Live.OnTrack+f.Live.AtRisk, 0
	return f
}

func adherence(t *testing.T, l *lane, rows []datasets.Request) {
	for _, text := range []string{"2011-08-29T04:00:00Z", "2011-10-01T04:00:00Z", "2012-01-01T05:00:00Z"} {
		at := instant(text)
		for _, window := range []time.Duration{7 * 24 * time.Hour, halfYear} {
			for office, a := range ask[figures](t, l, "case.sla", at, window, "office") {
				if got, want := a.Figures.plain(), recount(rows, office, at-window.Milliseconds(), at); got != want {
					t.Errorf("%s over %v, %q: %+v, want %+v", text, window, office, got, want)
				}
			}
		}
	}
	year := ask[figures](t, l, "case.sla", instant("2012-01-01T05:00:00Z"), halfYear)[""]
	if f := year.Figures; f.Due != (share{29_928, 39_685}) || f.ClosedAndOverdue != (share{33_436, 43_193}) || f.Closed != (share{33_436, 38_486}) || f.Live.Breached != 4_707 {
		t.Errorf("%+v", f)
	}
}

// flags holds the engine's figure against the city's: 46,572 cases are ONTIME and
// 11,521 OVERDUE, but 10,981 of the former have no target that they could have
// met, and 158 cases that missed theirs have no flag. That the rest agrees case
// by case is tested with the type. 18 of the targets are on the last day of 2059.
func flags(t *testing.T, l *lane, rows []datasets.Request) {
	onTime, overdue, withoutTarget, blank := 0, 0, 0, 0
	for _, r := range rows {
		switch {
		case r.Ontime == "OVERDUE":
			overdue++
		case r.Ontime == "":
			blank++
		default:
			onTime++
			if r.Due == 0 {
				withoutTarget++
			}
		}
	}
	if onTime != 46_572 || overdue != 11_521 || withoutTarget != 10_981 || blank != 158 {
		t.Fatalf("%d on time, %d overdue, %d without target, %d blank", onTime, overdue, withoutTarget, blank)
	}
	end := ask[figures](t, l, "case.sla", instant("2060-02-01T00:00:00Z"), 50*365*24*time.Hour)[""].Figures
	if end.Due != (share{onTime - withoutTarget, onTime - withoutTarget + overdue + blank}) || end.WithoutGoal != withoutTarget {
		t.Errorf("%+v", end)
	}
}

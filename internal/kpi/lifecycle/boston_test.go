package lifecycle

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"io/fs"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
)

// request is one row of the city's file.
type request struct {
	id, department string
	opened, closed int64 // closed is 0 where it is open
}

func readBoston(t *testing.T) (all []request) {
	file, err := zip.OpenReader("../../../../shared/data/boston311_2011H2.zip")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("boston311_2011H2.zip is not there")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := file.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	ms := func(text string) int64 {
		if text == "" {
			return 0
		}
		at, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMilli()
	}
	id, opened, closed, department := column("case_enquiry_id"), column("open_dt"), column("closed_dt"), column("department")
	for _, r := range rows[1:] {
		all = append(all, request{r[id], r[department], ms(r[opened]), ms(r[closed])})
	}
	return all
}

func bostonEvents(all []request) (events []event.Event) {
	for _, r := range all {
		tags := []event.Tag{{Key: "caseId", Value: r.id}, {Key: "office", Value: r.department}}
		events = append(events, event.Event{Metric: "case.opened", Time: r.opened, Value: 1, Tags: tags})
		if r.closed != 0 {
			events = append(events, event.Event{Metric: "case.resolved", Time: r.closed, Value: 1, Tags: tags})
		}
	}
	slices.SortStableFunc(events, func(a, b event.Event) int { return int(a.Time - b.Time) })
	return events
}

// shuffledWithinADay changes the order of events of one day.
func shuffledWithinADay(events []event.Event, r *rand.Rand) []event.Event {
	const day = 86_400_000
	events = slices.Clone(events)
	for first := 0; first < len(events); {
		last := first
		for last < len(events) && events[last].Time/day == events[first].Time/day {
			last++
		}
		of := events[first:last]
		r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
		first = last
	}
	return events
}

func TestBostonBacklogIsARecountOfItsRows(t *testing.T) {
	all := readBoston(t)
	events := bostonEvents(all)
	r := rand.New(rand.NewPCG(3, 11))
	var benches []*bench
	for _, in := range [][]event.Event{events, shuffledWithinADay(events, r)} {
		b := newBench(kinds["backlog"], []string{"office"})
		for rows := range slices.Chunk(in, 1000) {
			b.apply(rows...)
		}
		benches = append(benches, b)
	}
	first, end := events[0].Time, int64(1_325_394_000_000) // 2012-01-01 00:00 in Boston
	for i := range 60 {
		at := first + r.Int64N(end-first)
		if i%4 == 0 { // where something happens
			at = events[r.IntN(len(events))].Time + int64(i%2)
		}
		q := kpi.Query{From: at - 86_400_000, At: at, Now: at, By: []int{0}}
		want := map[string][]float64{}
		opened, closed := 0, 0
		for _, row := range all {
			if row.opened < at && (row.closed == 0 || row.closed >= at) {
				age := float64(at-row.opened) / 3_600_000
				want["all"] = append(want["all"], age)
				want[row.department] = append(want[row.department], age)
			}
			if row.opened >= q.From && row.opened < at {
				opened++
			}
			if row.closed >= q.From && row.closed < at {
				closed++
			}
		}
		for _, b := range benches {
			answer := b.Value(q)
			f := answer[0].Figures.(BacklogFigures)
			if f.Opened != int64(opened) || f.Resolved != int64(closed) || f.Net != int64(opened-closed) {
				t.Errorf("in the day before %d: %s, want %d opened, %d closed", at, text(f), opened, closed)
			}
			for i, s := range answer {
				name := "all"
				if i > 0 {
					name = s.Tags[0].Value
				}
				f, ages := s.Figures.(BacklogFigures), want[name]
				if s.N != int64(len(ages)) || f.Open != s.N {
					t.Errorf("%s at %d: %d open, want %d", name, at, s.N, len(ages))
				}
				if len(ages) > 0 && (*f.Age.P50 != stats.Quantile(ages, 0.5) || *f.Age.P90 != stats.Quantile(ages, 0.9) || *f.Age.Max != slices.Max(ages)) {
					t.Errorf("%s at %d: ages %s", name, at, text(f.Age))
				}
			}
		}
	}
}

// The hurricane Irene reached Boston on 2011-08-28.
func TestBostonSurgeShowsInTheBacklog(t *testing.T) {
	b := newBench(kinds["backlog"], nil)
	b.apply(bostonEvents(readBoston(t))...)
	midnight := time.Date(2011, 8, 28, 4, 0, 0, 0, time.UTC).UnixMilli() // in Boston
	day := func(n int64) BacklogFigures {
		at := midnight + n*86_400_000
		return b.Value(kpi.Query{From: at, At: at + 86_400_000})[0].Figures.(BacklogFigures)
	}
	before, surge := day(-1), day(0)
	if surge.Opened != 913 {
		t.Errorf("%d opened on the day of the hurricane", surge.Opened)
	}
	if surge.Open-before.Open != surge.Net || surge.Net < 500 {
		t.Errorf("%d open the day before, then %s", before.Open, text(surge))
	}
}

package lifecycle

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

func TestBostonBacklogIsARecountOfItsRows(t *testing.T) {
	all := datasets.Boston(t)
	events := datasets.Cases(all)
	r := rand.New(rand.NewPCG(3, 11))
	var benches []*bench
	for _, in := range [][]event.Event{events, datasets.ShuffledWithinDays(events, r)} {
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
			if row.Opened < at && (row.Closed == 0 || row.Closed >= at) {
				age := float64(at-row.Opened) / 3_600_000
				want["all"] = append(want["all"], age)
				want[row.Department] = append(want[row.Department], age)
			}
			if row.Opened >= q.From && row.Opened < at {
				opened++
			}
			if row.Closed >= q.From && row.Closed < at {
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
	b.apply(datasets.Cases(datasets.Boston(t))...)
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

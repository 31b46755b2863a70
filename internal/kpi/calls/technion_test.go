package calls

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
	"github.com/hms-ops/hms-monitor/test/datasets"
	"github.com/hms-ops/hms-monitor/test/datasets/imported"
)

const technionFile = "technion_bank_calls_one_day.csv.gz"

// count is the direct count of the file: within is the limit of a wait in time.
func count(t *testing.T, rows []datasets.Row, within int, keep func(row datasets.Row) bool) (want Figures, level float64) {
	waits, sum := []int(nil), 0
	for _, row := range rows {
		if !keep(row) {
			continue
		}
		wait, err := strconv.Atoi(row("q_time"))
		if err != nil {
			t.Fatal(err)
		}
		want.Offered++
		switch row("outcome") {
		case "AGENT":
			want.Answered++
			waits, sum = append(waits, wait), sum+wait
			if wait <= within {
				want.AnsweredWithin++
			}
		case "HANG":
			want.Abandoned++
			if wait <= 5 {
				want.ShortAbandoned++
			}
		}
	}
	slices.Sort(waits)
	want.Waits.N = want.Answered
	want.Waits.P50 = new(float64(waits[(len(waits)+1)/2-1]))
	want.Waits.P90 = new(float64(waits[(len(waits)*9+9)/10-1]))
	want.AverageSpeedOfAnswer = new(float64(sum) / float64(want.Answered))
	want.AbandonRate = new(float64(want.Abandoned) / float64(want.Offered))
	return want, float64(want.AnsweredWithin) / float64(want.Offered-want.ShortAbandoned)
}

func TestTechnionDayAgreesWithACountOfTheFile(t *testing.T) {
	events, rows := imported.Events(t, "technion_calls.yaml", technionFile), datasets.Rows(t, technionFile)
	spec := New()
	spec.AnswerWithin = units.Duration(time.Minute)
	b := newBench(spec, "queue")
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for part := range slices.Chunk(events, 700) {
		b.apply(part...)
	}
	zone, err := time.LoadLocation("Asia/Jerusalem")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2010, 8, 1, 0, 0, 0, 0, zone)
	q := kpi.Query{From: event.Millis(from), At: event.Millis(from.AddDate(0, 0, 1)), Now: math.MaxInt64, By: []int{0}}
	all := b.Value(q)
	for i, s := range all {
		want, level := count(t, rows, 60, func(row datasets.Row) bool { return i == 0 || row("type") == s.Tags[0].Value })
		got := s.Figures.(Figures)
		x, y := text([]kpi.Series{{Figures: got}}), text([]kpi.Series{{Figures: want}})
		if x != y || s.Value != level {
			t.Errorf("%v: %v\n%s, want %v\n%s", s.Tags, s.Value, x, level, y)
		}
	}
	if f := all[0].Figures.(Figures); f.Offered != 2375 || f.Answered != 1511 || f.AnsweredWithin != 607 || f.Abandoned != 846 || f.ShortAbandoned != 133 || len(all) < 5 {
		t.Errorf("%d queues, %+v", len(all)-1, f)
	}
	// The hours of the day, each by the calls offered in it.
	for hour := range 24 {
		q.From, q.By = event.Millis(from.Add(time.Duration(hour)*time.Hour)), nil
		q.At = q.From + 3_600_000
		var n int64
		for _, row := range rows {
			entry, err := time.ParseInLocation("2006-01-02 15:04:05", row("date")+" "+row("vru_entry"), zone)
			if err != nil {
				t.Fatal(err)
			}
			if ms := event.Millis(entry); ms >= q.From && ms < q.At {
				n++
			}
		}
		if f := b.Value(q)[0].Figures.(Figures); f.Offered != n {
			t.Errorf("hour %d: %d offered, want %d", hour, f.Offered, n)
		}
	}
}

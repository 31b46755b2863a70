package detect

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

const openedPerDay = `
kpis:
  - {name: opened, type: throughput, event: case.opened, per: 1d, window: 1d, by: [office]}
`

// opened gives n cases opened in [from, to), evenly.
func opened(from, to int64, n int, office string) (all []event.Event) {
	for i := range n {
		all = append(all, point("case.opened", 1, from+(to-from)*int64(i)/int64(n), "office", office))
	}
	return all
}

// Eight Mondays with 100, 104, 96, ... : median 100, deviation by the median 4 ·
// 1.4826 = 5.93, less than counting alone brings about, 10. 140 is 4 of these
// above, 66 is 3.4 below.
func TestAnomalyByHand(t *testing.T) {
	b := newBench(t, nil, openedPerDay)
	now := monday + 8*7*days
	for i, n := range []int{100, 104, 96, 100, 104, 96, 100, 100} {
		b.give(opened(monday+int64(i)*7*days, monday+int64(i)*7*days+days, n, "north")...)
	}
	b.give(opened(now, now+days, 140, "north")...)
	b.give(opened(now+7*days, now+8*days, 66, "north")...)
	both := b.detector(`{name: odd, type: anomaly, kpi: opened, window: 1d}`)
	if all := evaluate(t, both, now+minute); len(all) != 0 {
		t.Errorf("a Sunday with nothing, as ever: %+v", all)
	}
	// 136 of 140 make 3.6 deviations: the count alone tells, before the day is over.
	early := now + days*1355/1400
	all := evaluate(t, both, early)
	if len(all) != 1 || all[0].Provisional || !strings.Contains(all[0].Annotations[0].Value, "opened on Mon 2026-04-27 so far: 136/d against 100/d (median of 8 Mondays), 3.6 robust deviations above") {
		t.Fatalf("%+v", all)
	}
	if all = evaluate(t, both, now+days); len(all) != 1 {
		t.Fatalf("until the window is judged: %+v", all)
	}
	all = evaluate(t, both, now+days+minute)
	if len(all) != 1 {
		t.Fatalf("%+v", all)
	}
	a := all[0]
	if a.Value != 140 || a.N != 140 || a.Since != now || a.State != alert.Warning || a.Timestamp != now+days+minute || a.Provisional ||
		a.Condition != "140/d against 100/d (median of 8 Mondays), 4 robust deviations above" {
		t.Errorf("%+v", a)
	}
	var e struct {
		Window, Base Span
		Figures      AnomalyFigures
		Values       [][3]float64
	}
	if err := json.Unmarshal(a.Evidence, &e); err != nil || e.Window != (Span{now, now + days}) || e.Base != (Span{monday, now - 6*days}) ||
		e.Figures.Median != 100 || !near(e.Figures.Deviation, 10) || len(e.Values) != 9 || e.Values[8][1] != 140 {
		t.Errorf("%s %v", a.Evidence, err)
	}
	lower := b.detector(`{name: odd, type: anomaly, kpi: opened, window: 1d, direction: low, sensitivity: 3}`)
	if all := evaluate(t, lower, now+7*days+days/2); len(all) != 0 {
		t.Errorf("a day that is not over cannot be too low: %+v", all)
	}
	all = evaluate(t, lower, now+8*days+hour)
	if len(all) != 1 || !strings.HasPrefix(all[0].Condition, "66/d against 100/d (median of 8 Mondays), 3.4 robust deviations below") {
		t.Errorf("%+v", all)
	}
	// Nothing newer was heard: the source may only be late.
	if !all[0].Provisional {
		t.Error("it is taken for certain")
	}
	b.give(point("case.opened", 1, now+8*days+2*hour))
	if all = evaluate(t, lower, now+8*days+3*hour); len(all) != 1 || all[0].Provisional {
		t.Errorf("it is not confirmed: %+v", all)
	}
}

// The slow reference reads each window by itself and has its own arithmetic.
func TestAnomalyIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, nil, strings.ReplaceAll(openedPerDay, "1d", "1h"))
		counts := map[int64]int{}
		for d := range int64(12) {
			for h := range int64(3) { // three hours of each day
				n := rapid.IntRange(0, 40).Draw(rt, "n")
				counts[d*24+h] = n
				b.give(opened(monday+d*days+h*hour, monday+d*days+h*hour+hour, n, "north")...)
			}
		}
		sensitivity := rapid.SampledFrom([]float64{1, 2, 3.5}).Draw(rt, "sensitivity")
		g := b.detector(`{name: odd, type: anomaly, kpi: opened, by: [office], season: day, history: 6, min_history: 3, min_n: 0, lateness: 0, sensitivity: ` + kpi.Number(sensitivity) + `}`)
		first := int64(math.MaxInt64)
		for h := range int64(12 * 24) {
			if counts[h] > 0 {
				first = min(first, h)
			}
		}
		for h := int64(3 * 24); h < 12*24; h++ {
			var past, away []float64
			for k := int64(1); k <= 6; k++ {
				if before := h - 24*k; before >= first || before >= 0 && first < before+1 {
					past = append(past, float64(counts[before]))
				}
			}
			want := 0
			if len(past) >= 3 {
				m := median(past)
				for _, p := range past {
					away = append(away, math.Abs(p-m))
				}
				deviation := max(1.4826*median(away), math.Sqrt(max(1, math.Floor(m))), math.Sqrt(max(1, m)))
				all := counts[h]
				for _, p := range past {
					all += int(p)
				}
				if all > 0 && math.Abs(float64(counts[h])-m)/deviation >= sensitivity {
					want = 1
				}
			}
			if got := evaluate(rt, g, monday+(h+1)*hour); len(got) != want {
				rt.Fatalf("hour %d with %d after %v: %d alerts, want %d: %+v", h, counts[h], past, len(got), want, got)
			}
		}
	})
}

func TestClosedDaysAreLeftOut(t *testing.T) {
	c := calendar.Config{{Name: "office", TimeZone: "America/New_York", Hours: map[string]string{"mon-fri": "08:00-17:00"}, Holidays: []string{"2026-03-16", "2026-04-27"}}}
	calendars, err := c.Build("")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, calendars, openedPerDay)
	zone := calendars["office"].Location()
	dayOf := func(week, day int) int64 { return time.Date(2026, 3, 2+7*week+day, 0, 0, 0, 0, zone).UnixMilli() }
	for week := range 9 {
		n := 100
		if week == 2 || week == 8 { // holidays
			n = 0
		}
		b.give(opened(dayOf(week, 0), dayOf(week, 1), n, "north")...)
	}
	b.give(opened(dayOf(9, 0), dayOf(9, 1), 30, "north")...)
	g := b.detector(`{name: odd, type: anomaly, kpi: opened, window: 1d, calendar: office, min_history: 6}`)
	if all := evaluate(t, g, dayOf(8, 1)+minute); len(all) != 0 {
		t.Errorf("on a holiday %+v", all)
	}
	all := evaluate(t, g, dayOf(9, 1)+minute)
	if len(all) != 1 || !strings.Contains(all[0].Condition, "30/d against 100/d (median of 6 Mondays)") {
		t.Errorf("%+v", all)
	}
}

// Days on the wall follow each other without a gap, whatever clocks do.
func TestWindowsFillTime(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, length := range []time.Duration{time.Hour, 15 * time.Minute, 6 * time.Hour, 24 * time.Hour} {
		s := season{zone: zone, length: length, days: 7}
		begin := time.Date(2026, 3, 7, 12, 0, 0, 0, zone).UnixMilli()
		for _, from := range []int64{begin, time.Date(2026, 10, 31, 12, 0, 0, 0, zone).UnixMilli()} {
			last := s.containing(from)
			for x := from; x < from+2*days; x += 7 * minute {
				w := s.containing(x)
				if x < w.from || x >= w.to || w != last && w.from != last.to {
					t.Fatalf("%v: %v holds %d, after %v", length, w, x, last)
				}
				if look := s.last(x); look != w.from || s.complete(look).to != look {
					t.Fatalf("%v: judged %d at %d", length, s.complete(look), look)
				}
				last = w
			}
		}
	}
	// A Sunday of 23 hours has one of 24 a week before.
	s := season{zone: zone, length: 24 * time.Hour, days: 7}
	w := s.containing(time.Date(2026, 3, 8, 12, 0, 0, 0, zone).UnixMilli())
	like := s.like(w, 1)
	if w.to-w.from != 23*hour || like.to-like.from != 24*hour || like.from != w.from-7*days {
		t.Error(w, like)
	}
}

package lifecycle

import (
	"math"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// at makes an event h hours after the beginning; tags are key, value, key, ...
func at(h float64, metric string, tags ...string) event.Event {
	e := event.Event{Metric: metric, Time: int64(h * hour), Value: 1}
	for i := 0; i < len(tags); i += 2 {
		e.Tags = append(e.Tags, event.Tag{Key: tags[i], Value: tags[i+1]})
	}
	return e
}

func ask(b *bench, from, to float64) kpi.Series {
	return b.Value(kpi.Query{From: int64(from * hour), At: int64(to * hour), Now: int64(to * hour)})[0]
}

func TestBacklogCountsCyclesOnce(t *testing.T) {
	b := newBench(kinds["backlog"], nil)
	if s := ask(b, 0, 1); !math.IsNaN(s.Value) {
		t.Errorf("of nothing %v", s.Value)
	}
	b.apply(
		at(1, "case.opened", "caseId", "1"), at(2, "case.opened", "caseId", "2"), at(2, "case.opened", "caseId", "1"),
		at(3, "case.resolved", "caseId", "1"), at(4, "case.resolved", "caseId", "1"), at(5, "case.reopened", "caseId", "1"),
		at(6, "case.cancelled", "caseId", "2"), at(6, "case.resolved", "caseId", "9"), at(6, "case.opened"),
	)
	for _, want := range []struct{ at, open float64 }{{2, 1}, {2.5, 2}, {3, 2}, {3.5, 1}, {4.5, 1}, {5, 1}, {5.5, 2}, {6, 2}, {7, 1}} {
		if s := ask(b, 0, want.at); s.Value != want.open {
			t.Errorf("%v open at %v, want %v", s.Value, want.at, want.open)
		}
	}
	const want = `{"open":1,"opened":2,"reopened":1,"resolved":1,"cancelled":1,"net":1,"moved":0,"unmatched":2,` +
		`"age":{"p50":2,"p90":2,"max":2},"reported":null,"difference":null,"partial":false}`
	if got := text(ask(b, 0, 7).Figures); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// The opening that was missing comes late: the case was open for an hour.
	b.apply(at(5, "case.opened", "caseId", "9"))
	if s := ask(b, 0, 6); s.Value != 3 || ask(b, 0, 7).Figures.(BacklogFigures).Unmatched != 1 {
		t.Errorf("after the late opening: %v", s)
	}
}

func TestBacklogAgainstWhatTheSourceReports(t *testing.T) {
	b := newBench(kinds["backlog"], []string{"office"})
	say := func(h, n float64, queue string) event.Event {
		e := at(h, "backlog.reported", "queue", queue)
		e.Value = n
		return e
	}
	b.apply(at(1, "case.opened", "caseId", "1", "office", "n"), say(2, 5, "a"), say(3, 7, "b"), say(4, 2, "a"))
	for to, want := range map[float64][2]float64{3: {5, -4}, 4: {12, -11}, 5: {9, -8}} {
		f := ask(b, 0, to).Figures.(BacklogFigures)
		if *f.Reported != want[0] || *f.Difference != want[1] {
			t.Errorf("at %v: %s", to, text(f))
		}
	}
}

func TestFirstResponseCountsWhoStillWaits(t *testing.T) {
	entry := calendar.Entry{Name: "office", TimeZone: "UTC", Hours: map[string]string{"mon-sun": "08:00-16:00"}}
	calendars, err := calendar.Config{entry}.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	s := NewResponse()
	s.Calendar = "office"
	c := &kpi.Common{By: []string{"agentId"}}
	b := &bench{s.New(c, &kpi.Env{Calendars: calendars}), kpi.NewKeys(), kind{}, c}
	b.apply(
		at(9, "case.opened", "caseId", "1"), at(9.5, "case.responded", "caseId", "1", "actorKind", "bot"), at(9.6, "case.responded", "caseId", "1", "public", "false"),
		at(10, "case.responded", "caseId", "1", "agentId", "a7", "public", "true"), at(11, "case.responded", "caseId", "1"),
		at(10, "case.opened", "caseId", "2"), at(14, "case.responded", "caseId", "2"), at(15, "case.opened", "caseId", "3"), at(34, "case.responded", "caseId", "3"),
		at(15, "case.opened", "caseId", "4"), at(16, "case.resolved", "caseId", "4"), at(16, "case.opened", "caseId", "5"), at(17, "case.cancelled", "caseId", "5"),
	)
	// Waits: 1 h, 4 h, 19 h (3 h of business); and case 4 for 33 h (9 h of business).
	const want = `{"answered":3,"unanswered":1,"p50":4,"p90":null,"business":{"p50":3,"p90":null},"cancelled":1,"unmatched":0,"partial":false}`
	if got := ask(b, 0, 48); got.Value != 4 || got.N != 4 || text(got.Figures) != want {
		t.Errorf("%v %s, want %s", got.Value, text(got.Figures), want)
	}
	by := b.Value(kpi.Query{From: 0, At: 48 * hour, By: []int{0}})
	if len(by) != 3 || by[2].Tags[0].Value != "a7" || by[2].N != 1 || by[2].Value != 1 {
		t.Errorf("by agent: %+v", by)
	}
}

func TestReopenRateWaitsForCasesToComeBack(t *testing.T) {
	b := newBench(kind{spec: func() kpi.Spec { return NewReopen() }}, nil)
	day := func(d float64) float64 { return d * 24 }
	b.apply(
		at(day(1), "case.opened", "caseId", "1"), at(day(2), "case.resolved", "caseId", "1"), at(day(4), "case.reopened", "caseId", "1"),
		at(day(1), "case.opened", "caseId", "2"), at(day(3), "case.resolved", "caseId", "2"), at(day(10), "case.reopened", "caseId", "2"),
		at(day(5), "case.resolved", "caseId", "1"),
	)
	for to, want := range map[float64]string{
		8.9: `{"resolved":0,"reopened":0,"pending":3,"unmatched":0,"partial":false}`,
		9:   `{"resolved":1,"reopened":1,"pending":2,"unmatched":0,"partial":false}`,
		10:  `{"resolved":2,"reopened":1,"pending":1,"unmatched":0,"partial":false}`,
		12:  `{"resolved":3,"reopened":1,"pending":0,"unmatched":0,"partial":false}`,
	} {
		if s := ask(b, 0, day(to)); text(s.Figures) != want || s.Value != value(s.Figures) && !math.IsNaN(s.Value) {
			t.Errorf("on day %v: %v %s, want %s", to, s.Value, text(s.Figures), want)
		}
	}
	s := ask(b, 0, day(12))
	if s.N != 3 || math.Abs(s.Interval[0]-.0615) > 1e-4 || math.Abs(s.Interval[1]-.7923) > 1e-4 {
		t.Errorf("%v of %d in %v", s.Value, s.N, s.Interval)
	}
}

package sla

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

func byDeadline(events []event.Event) (*Evaluator, *kpi.Keys) {
	s := New()
	s.DueTag, s.Objective = "dueAt", 0.8
	e, keys := s.New(&kpi.Common{By: []string{"office"}}, nil).(*Evaluator), kpi.NewKeys()
	for block := range slices.Chunk(events, 1000) {
		e.Apply(kpi.NewBatch(event.Of(block...), keys))
	}
	return e, keys
}

// The city flags each closed case that had a target: all 43,664 flags agree, and
// so does every figure after the events of each day came in disorder.
func TestBostonAgreesWithTheCity(t *testing.T) {
	requests := datasets.Boston(t)
	events := datasets.Cases(requests)
	e, keys := byDeadline(events)
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	verdicts := map[string]kpi.CaseVerdict{}
	for c := range e.Cycles(0, end, end) {
		verdicts[keys.Text("caseId", c.Key)] = c.Verdict
	}
	n := 0
	for _, r := range requests {
		if r.Due == 0 || r.Closed == 0 || r.Ontime == "" {
			continue
		}
		n++
		if want := map[string]kpi.CaseVerdict{"ONTIME": kpi.CycleMet, "OVERDUE": kpi.CycleMissed}[r.Ontime]; verdicts[r.ID] != want {
			t.Errorf("%s is %s, the city says %s: due %d, closed %d", r.ID, verdicts[r.ID], r.Ontime, r.Due, r.Closed)
		}
	}
	if n != 43_664 {
		t.Errorf("%d cases compared, want 43664", n)
	}

	from, at := time.Date(2011, 7, 1, 4, 0, 0, 0, time.UTC).UnixMilli(), time.Date(2012, 1, 1, 5, 0, 0, 0, time.UTC).UnixMilli()
	q := kpi.Query{From: from, At: at, Now: at, By: []int{0}}
	want := e.Value(q)
	for _, s := range want {
		if len(s.Tags) == 0 || s.N > 5000 {
			f := s.Figures.(Figures)
			t.Logf("%v due %d/%d closed %d/%d closed+overdue %d/%d live %+v without goal %d",
				s.Tags, f.Due.Met, f.Due.Total, f.Closed.Met, f.Closed.Total, f.ClosedAndOverdue.Met, f.ClosedAndOverdue.Total, f.Live, f.WithoutGoal)
		}
	}
	shuffled, _ := byDeadline(datasets.ShuffledWithinDays(events, rand.New(rand.NewPCG(7, 7))))
	for _, at := range []int64{at, from + 60*24*hour, end} {
		q.At = at
		if got, want := written(t, shuffled.Value(q)), written(t, e.Value(q)); got != want {
			t.Errorf("in disorder:\n%s\nin order:\n%s", got, want)
		}
	}
	if e.index.Missing()+shuffled.index.Missing() != 0 {
		t.Error("facts were missing")
	}
}

// Of the 1,329 permit applications that ended 952 met their deadline. Two of them
// ended, as the file has it, an hour before they began: an end before there is
// anything to end is unmatched.
func TestPermitsMeetTheirDeadlines(t *testing.T) {
	var events []event.Event
	ended, inTime, tooEarly := 0, 0, 0
	for _, column := range datasets.Rows(t, "wabo_receipt.csv.gz") {
		if column("concept:name") != "Confirmation of receipt" {
			continue
		}
		instant := func(name string) int64 {
			ms, ok := parseDue(column(name))
			if !ok {
				t.Fatal(column(name))
			}
			return ms
		}
		id := event.Tag{Key: "caseId", Value: column("case:concept:name")}
		events = append(events, event.Event{Metric: "case.opened", Time: instant("case:startdate"), Tags: []event.Tag{id, {Key: "dueAt", Value: column("case:deadline")}}})
		if column("case:enddate") != "" {
			events = append(events, event.Event{Metric: "case.resolved", Time: instant("case:enddate"), Tags: []event.Tag{id}})
			ended++
			if instant("case:enddate") <= instant("case:deadline") {
				inTime++
			}
			if instant("case:enddate") < instant("case:startdate") {
				tooEarly++
			}
		}
	}
	e, _ := byDeadline(events)
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	got := e.Value(kpi.Query{From: 0, At: end})[0].Figures.(Figures)
	if ended != 1_329 || inTime != 952 || tooEarly != 2 {
		t.Fatalf("the file has %d ended, %d in time, %d before they began", ended, inTime, tooEarly)
	}
	if got.Closed.Met != inTime-tooEarly || got.Closed.Total != ended-tooEarly || got.Unmatched != tooEarly || got.Due.Total != 1_434 || got.Due.Met != got.Closed.Met {
		t.Errorf("%+v", got)
	}
}

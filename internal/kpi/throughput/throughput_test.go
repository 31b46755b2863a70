package throughput

import (
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

func TestCountsEventsOfTheWindow(t *testing.T) {
	c := &kpi.Common{By: []string{"office"}}
	s := New()
	s.Event = "case.resolved"
	if faults := s.Validate(c, nil); faults != nil {
		t.Fatal(faults)
	}
	e := s.New(c, nil)
	const hour = 3_600_000
	north := []event.Tag{{Key: "office", Value: "north"}}
	e.Apply(kpi.NewBatch(event.Of(
		event.Event{Metric: "case.resolved", Time: 0, Tags: north},
		event.Event{Metric: "case.resolved", Time: hour - 1},
		event.Event{Metric: "case.reopened", Time: 5},
		event.Event{Metric: "case.opened", Time: 6},
		event.Event{Metric: "case.resolved", Time: hour},
	), kpi.NewKeys()))
	got := e.Value(kpi.Query{From: 0, At: hour, Now: hour, By: []int{0}})
	if len(got) != 3 || got[0].Value != 2 || got[1].Value != 1 || got[2].Value != 1 || got[2].Tags[0].Value != "north" {
		t.Fatalf("%+v", got)
	}
	if f := got[0].Figures.(Figures); f != (Figures{Count: 2, Reopened: 1, Net: 1}) {
		t.Fatalf("%+v", f)
	}
	if e.Changes(hour, hour+1, hour) == false || e.Changes(hour+1, hour+2, 1000*hour) {
		t.Fatal("changes by time alone")
	}
}

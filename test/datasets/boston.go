package datasets

import (
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// Request is what somebody asked of the city of Boston in the second half of
// 2011. Times are in milliseconds since 1970, 0 where the file has none; Ontime
// is the city's own verdict.
type Request struct {
	ID, Department, Queue, Type, Source, Ontime string
	Opened, Due, Closed                         int64
}

// Boston is every request, in the order in which they were opened.
func Boston(t testing.TB) (requests []Request) {
	t.Helper()
	zone := NewYork(t)
	ms := func(text string) int64 {
		if text == "" {
			return 0
		}
		at, err := time.ParseInLocation(time.DateTime, text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMilli()
	}
	for _, row := range Rows(t, "boston311_2011H2.zip") {
		requests = append(requests, Request{
			ID: row("case_enquiry_id"), Department: row("department"), Queue: row("queue"), Type: row("type"),
			Source: row("source"), Ontime: row("ontime"),
			Opened: ms(row("open_dt")), Due: ms(row("target_dt")), Closed: ms(row("closed_dt")),
		})
	}
	return requests
}

// NewYork is the zone of Boston's clocks.
func NewYork(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// Cases are the requests as events, in the order of their times: case.opened,
// with dueAt where there is a deadline, and case.resolved. Each has the tags
// caseId, office and queue.
func Cases(requests []Request) (events []event.Event) {
	for _, r := range requests {
		tags := []event.Tag{{Key: "caseId", Value: r.ID}, {Key: "office", Value: r.Department}, {Key: "queue", Value: r.Queue}}
		opened := event.Event{Metric: "case.opened", Time: r.Opened, Value: 1, Tags: tags}
		if r.Due != 0 {
			due := time.UnixMilli(r.Due).UTC().Format(time.RFC3339)
			opened.Tags = append(slices.Clip(tags), event.Tag{Key: "dueAt", Value: due})
		}
		events = append(events, opened)
		if r.Closed != 0 {
			events = append(events, event.Event{Metric: "case.resolved", Time: r.Closed, Value: 1, Tags: tags})
		}
	}
	return InOrder(events)
}

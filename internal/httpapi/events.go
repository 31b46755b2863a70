package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// eventJSON is an event as the API answers it.
type eventJSON struct {
	Seq        uint64            `json:"seq" doc:"The event's number: 1, 2, 3 … in the order of arrival, without gaps."`
	MetricName string            `json:"metricName" example:"case.resolved"`
	Value      float64           `json:"value"`
	Tags       map[string]string `json:"tags"`
	Timestamp  int64             `json:"timestamp" doc:"The event's own time, in ms since 1970 UTC."`
	ID         string            `json:"id,omitempty"`
	Source     string            `json:"source,omitempty"`
}

func eventOf(e event.Event) eventJSON {
	return eventJSON{Seq: e.Seq, MetricName: e.Metric, Value: e.Value, Tags: event.TagMap(e.Tags), Timestamp: e.Time, ID: e.ID, Source: e.Source}
}

type eventsInput struct {
	Selection
	From   moment `query:"from" doc:"Events at this time or later."`
	To     moment `query:"to" doc:"Events before this time."`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"100" doc:"Events in a page."`
	Cursor string `query:"cursor" doc:"The next of the page before."`
}

type eventsOutput struct {
	Body struct {
		Events []eventJSON `json:"events"`
		Next   *string     `json:"next" doc:"The cursor of the next page; null at the end."`
	}
}

func (a *api) registerEvents(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-events", Method: http.MethodGet, Path: "/api/events", Tags: []string{"Read"},
		Summary:     "Events, newest first",
		Description: "Pages through stored events by their own time. Tags are selected by tag.KEY=VALUE.",
		Errors:      []int{http.StatusBadRequest, http.StatusServiceUnavailable},
	}, a.listEvents)
}

func (a *api) listEvents(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	q := store.EventQuery{Filter: in.filter(), From: in.From.or(0), To: in.To.or(0), Limit: in.Limit}
	if in.Cursor != "" {
		text, err := decodeCursor(in.Cursor)
		if err != nil {
			return nil, err
		}
		var c store.Cursor
		if _, err := fmt.Sscanf(text, "%d:%d", &c.Time, &c.Seq); err != nil {
			return nil, badCursor()
		}
		q.Before = &c
	}
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	page, more, err := a.Reader.Events(ctx, q)
	if err != nil {
		return nil, a.failed(ctx, "events", err)
	}
	out := &eventsOutput{}
	out.Body.Events = make([]eventJSON, 0, len(page))
	for _, e := range page {
		out.Body.Events = append(out.Body.Events, eventOf(e))
	}
	if more {
		last := page[len(page)-1]
		out.Body.Next = encodeCursor(fmt.Sprintf("%d:%d", last.Time, last.Seq))
	}
	return out, nil
}

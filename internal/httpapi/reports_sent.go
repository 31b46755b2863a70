package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/reports"
	"github.com/hms-ops/hms-monitor/internal/reports/schedule"
)

// SentReports are the reports that are sent by themselves.
type SentReports struct {
	List func() []schedule.Status
	// Send sends one out of turn, and gives the ids of its deliveries: they are on
	// disk then.
	Send func(ctx context.Context, name string) (schedule.Due, []string, error)
}

// SentReport is a report that is sent by itself. Times are ms.
type SentReport struct {
	Name      string           `json:"name"`
	Title     string           `json:"title,omitempty"`
	Type      string           `json:"type" enum:"shift,day,week"`
	Schedule  string           `json:"schedule" example:"0 6,14,22 * * *"`
	TimeZone  string           `json:"timeZone" example:"America/New_York"`
	Language  reports.Language `json:"language" enum:"en,es"`
	Receivers []string         `json:"receivers" nullable:"false"`
	Next      int64            `json:"next" doc:"When it is due next."`
	Last      int64            `json:"last,omitempty" doc:"When the newest that was sent was due; absent before the first."`
	Fault     string           `json:"fault,omitempty" doc:"Why the one that was due last was not sent."`
}

type sentReportsOutput struct {
	Body struct {
		Reports []SentReport `json:"reports" nullable:"false"`
	}
}

type sendReportOutput struct {
	Body struct {
		Name       string   `json:"name"`
		From       int64    `json:"from" doc:"Start of the span that it sums up."`
		To         int64    `json:"to"`
		Deliveries []string `json:"deliveries" nullable:"false" doc:"Their ids, as in /api/deliveries."`
	}
}

func (a *api) registerSentReports(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-reports", Method: http.MethodGet, Path: "/api/reports", Tags: []string{"Reports"},
		Summary: "Reports that are sent by themselves", Description: "As in `reports:` of the configuration, with when each is due.",
		RejectUnknownQueryParameters: true,
	}, a.listReports)
	huma.Register(spec, huma.Operation{
		OperationID: "send-report", Method: http.MethodPost, Path: "/api/reports/{name}/send", Tags: []string{"Reports"},
		Summary:     "Send a report now, to see how it comes",
		Description: "The one that was due last is made anew and sent to its receivers; its subject says that it is a test. It is on disk when this is answered. Needs the role operate.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, a.sendReport)
}

func (a *api) listReports(context.Context, *struct{}) (*sentReportsOutput, error) {
	out := &sentReportsOutput{}
	out.Body.Reports = []SentReport{}
	if a.SentReports.List == nil {
		return out, nil
	}
	for _, s := range a.SentReports.List() {
		r := SentReport{
			Name: s.Name, Title: s.Title, Type: s.Type, Schedule: s.Schedule, TimeZone: s.Zone().String(), Language: s.Plan.Language,
			Receivers: append([]string{}, s.Receivers...), Next: event.Millis(s.Next), Fault: s.Fault,
		}
		if !s.Sent.IsZero() {
			r.Last = event.Millis(s.Sent)
		}
		out.Body.Reports = append(out.Body.Reports, r)
	}
	return out, nil
}

func (a *api) sendReport(ctx context.Context, in *struct {
	Name string `path:"name" example:"shift"`
}) (*sendReportOutput, error) {
	if a.SentReports.Send == nil {
		return nil, huma.NewError(http.StatusNotFound, schedule.ErrUnknown.Error())
	}
	due, ids, err := a.SentReports.Send(ctx, in.Name)
	switch {
	case errors.Is(err, schedule.ErrUnknown):
		return nil, huma.NewError(http.StatusNotFound, err.Error())
	case errors.Is(err, ErrWrong):
		return nil, huma.NewError(http.StatusConflict, err.Error())
	case err != nil:
		return nil, a.failed(ctx, "the report", err)
	}
	out := &sendReportOutput{}
	out.Body.Name, out.Body.Deliveries = due.Name, append([]string{}, ids...)
	out.Body.From, out.Body.To = event.Millis(due.From), event.Millis(due.To)
	return out, nil
}

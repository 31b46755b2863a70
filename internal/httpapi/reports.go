package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/reports"
)

// ReportSpan is exported because OpenAPI is told only of exported parts of an input.
type ReportSpan struct {
	From moment `query:"from" required:"true" doc:"Start of the span."`
	To   moment `query:"to" doc:"Its end, by default now. Of a span that is not over, what there is up to now is summed up."`
}

type reportOutput struct{ Body reports.Summary }

type reportMailInput struct {
	ReportSpan
	Zone     string           `query:"zone" doc:"The zone of its times, by the name of the IANA database; the agency's unless given." example:"America/New_York"`
	Language reports.Language `query:"language" enum:"en,es" doc:"The agency's unless given."`
}

type reportMailOutput struct {
	ContentType string `header:"Content-Type"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// mailPolicy lets a mail that is looked at in the browser have its inline styles
// and nothing else.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (a *api) registerReports(spec huma.API) {
	errs := []int{http.StatusBadRequest, http.StatusServiceUnavailable}
	about := "Values are over the span, and compared with the span before, which is as long. Alerts are those that stood within it, " +
		"cases those whose deadline passed within it before they ended, conflicts those open at its end."
	huma.Register(spec, huma.Operation{
		OperationID: "get-summary", Method: http.MethodGet, Path: "/api/reports/summary", Tags: []string{"Reports"},
		Summary: "A shift or a week summed up", Description: about, Errors: errs, RejectUnknownQueryParameters: true,
	}, func(ctx context.Context, in *ReportSpan) (*reportOutput, error) {
		s, err := a.summary(ctx, in)
		if err != nil {
			return nil, err
		}
		return &reportOutput{Body: *s}, nil
	})
	for _, form := range []struct{ id, path, kind, says string }{
		{"get-summary-html", "/api/reports/summary.html", "text/html; charset=utf-8", "The summary as a mail in HTML"},
		{"get-summary-text", "/api/reports/summary.txt", "text/plain; charset=utf-8", "The summary as a mail in plain text"},
	} {
		o := huma.Operation{
			OperationID: form.id, Method: http.MethodGet, Path: form.path, Tags: []string{"Reports"},
			Summary: form.says, Description: "Without scripts, pictures and anything to load.", Errors: errs, RejectUnknownQueryParameters: true,
		}
		huma.Register(spec, o, func(ctx context.Context, in *reportMailInput) (*reportMailOutput, error) {
			return a.mail(ctx, in, form.kind)
		})
		spec.OpenAPI().Paths[o.Path].Get.Responses["200"].Content = map[string]*huma.MediaType{
			form.kind: {Schema: &huma.Schema{Type: "string"}},
		}
	}
}

func (a *api) summary(ctx context.Context, in *ReportSpan) (*reports.Summary, error) {
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	now := a.instant()
	from := reports.Sources{KPIs: a.KPIs, Cases: a.Cases, Alerts: a.Reader}
	s, err := from.Make(ctx, reports.Span{From: in.From.ms, To: in.To.or(now), Now: now})
	if errors.Is(err, reports.ErrSpan) {
		return nil, huma.NewError(http.StatusBadRequest, err.Error())
	}
	if err != nil {
		return nil, a.failed(ctx, "the summary", err)
	}
	return s, nil
}

func (a *api) mail(ctx context.Context, in *reportMailInput, kind string) (*reportMailOutput, error) {
	of := a.agency()
	if in.Zone != "" {
		var err error
		if of.Zone, err = calendar.Location(in.Zone); err != nil {
			return nil, huma.NewError(http.StatusBadRequest, "zone: "+err.Error())
		}
	}
	s, err := a.summary(ctx, &in.ReportSpan)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	m := reports.Mail{Summary: s, Zone: of.Zone, Language: cmp.Or(in.Language, of.Language)}
	write := m.HTML
	if kind == "text/plain; charset=utf-8" {
		write = m.Text
	}
	if err := write(&text); err != nil {
		return nil, a.failed(ctx, "the summary", err)
	}
	return &reportMailOutput{ContentType: kind, Policy: mailPolicy, Body: text.Bytes()}, nil
}

package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/httpapi"
	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/reports"
	"github.com/hms-ops/hms-monitor/internal/reports/schedule"
)

// openReports makes what has reports sent when they are due. Nothing is before
// runNotify.
func (a *App) openReports(ctx context.Context) error {
	marks, err := a.log.Bucket(ctx, "reports")
	if err != nil {
		return err
	}
	plans, err := a.options.Config.ReportPlans()
	if err != nil {
		return err
	}
	a.reports, err = schedule.New(ctx, schedule.Options{
		Plans: plans, Marks: marks, Send: a.sendReport, Now: a.options.Now, Logger: a.options.Logger.With("part", "reports"),
	})
	return err
}

// agency is what the API tells of the configuration.
func (a *App) agency() httpapi.Agency {
	c := a.config()
	return httpapi.Agency{TimeZone: c.TimeZone, Zone: c.Zone(), Language: c.ReportLanguage()}
}

// sendReport makes a report and has it sent to its receivers: it is on disk when
// this returns nil.
func (a *App) sendReport(ctx context.Context, d schedule.Due) (ids []string, err error) {
	if err := a.pipeline.Sync(ctx); err != nil {
		return nil, err
	}
	from := reports.Sources{KPIs: a.kpis, Cases: a.kpis, Alerts: a.store}
	summary, err := from.Make(ctx, reports.Span{From: event.Millis(d.From), To: event.Millis(d.To), Now: event.Millis(a.options.Now())})
	if err != nil {
		return nil, err
	}
	letter, err := letterOf(d, summary, a.externalURL(a.config()))
	if err != nil {
		return nil, err
	}
	for _, receiver := range d.Receivers {
		posted, err := a.outbox.Post(ctx, receiver, letter)
		if err != nil {
			return nil, err
		}
		ids = append(ids, posted...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// postedReport is what webhooks get of a report.
type postedReport struct {
	Title    string           `json:"title"`
	Type     string           `json:"type"`
	Due      int64            `json:"due"`
	TimeZone string           `json:"timeZone"`
	Language reports.Language `json:"language"`
	Link     string           `json:"link"`
	Headline string           `json:"headline"`
	Test     bool             `json:"test,omitempty"`
	Summary  *reports.Summary `json:"summary"`
}

// letterOf writes a report in every form that receivers take.
func letterOf(d schedule.Due, s *reports.Summary, external string) (outbox.Letter, error) {
	m := reports.Mail{Summary: s, Title: d.Title, Zone: d.Zone(), Language: d.Plan.Language, Link: reportLink(external, s), Test: d.Test}
	l := outbox.Letter{Key: d.Key, Name: d.Name, Subject: m.Subject()}
	var text, html strings.Builder
	if err := m.Text(&text); err != nil {
		return l, fmt.Errorf("write the report: %w", err)
	}
	if err := m.HTML(&html); err != nil {
		return l, fmt.Errorf("write the report: %w", err)
	}
	l.Text, l.HTML = text.String(), html.String()
	var err error
	l.Data, err = json.Marshal(postedReport{
		Title: m.Heading(), Type: d.Type, Due: event.Millis(d.At), TimeZone: d.Zone().String(), Language: m.Language,
		Link: m.Link, Headline: m.Standing(), Test: d.Test, Summary: s,
	})
	return l, err
}

// reportLink leads to the page of the same span.
func reportLink(external string, s *reports.Summary) string {
	ms := func(t int64) string { return strconv.FormatInt(t, 10) }
	query := url.Values{"span": {"own"}, "from": {ms(s.From)}, "to": {ms(s.To)}}
	return strings.TrimSuffix(external, "/") + "/reports?" + query.Encode()
}

// reportTimeout bounds the making of a report that somebody waits for.
const reportTimeout = 30 * time.Second

// testReport sends a report that somebody asked for.
func (a *App) testReport(ctx context.Context, name string) (schedule.Due, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	due, ids, err := a.reports.Test(ctx, name)
	if errors.Is(err, outbox.ErrNoCarrier) {
		err = fmt.Errorf("%w: %w", httpapi.ErrWrong, err)
	}
	return due, ids, err
}

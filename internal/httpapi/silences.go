package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// SilencePreview is what a silence hides now and would have hidden.
type SilencePreview struct {
	// Now are the alerts that fire and match.
	Now []alert.Transition
	// Past are the times during which a matching alert fired, the newest first;
	// Critical counts those in that state.
	Past               []AlertEpisode
	Critical           int
	ByRule, ByReceiver map[string]int
	From, To           int64
}

// AlertEpisode is a time during which an alert fired.
type AlertEpisode struct {
	Rule  string            `json:"rule"`
	Tags  map[string]string `json:"tags"`
	State string            `json:"state" enum:"warning,critical"`
	Begin int64             `json:"begin"`
	End   int64             `json:"end,omitempty" doc:"Absent while it fires."`
	ID    string            `json:"id" doc:"The alert's, as in the history."`
}

type previewInput struct {
	Body struct {
		Matchers []string `json:"matchers" minItems:"1" doc:"As amtool writes them: a label, one of = != =~ !~ and a value. An alert must meet all of them." example:"[\"alertname=\\\"case.resolved.rate\\\"\"]"`
		Days     int      `json:"days,omitempty" minimum:"1" maximum:"366" doc:"How far to look back; 30 unless given."`
	}
}

type previewOutput struct {
	Body struct {
		Now        []transition   `json:"now" nullable:"false" doc:"Alerts that fire now and would be hidden."`
		From       int64          `json:"from" doc:"The begin of the past that was looked at."`
		To         int64          `json:"to"`
		Episodes   []AlertEpisode `json:"episodes" nullable:"false" doc:"What it would have hidden, the newest first, at most 200."`
		Count      int            `json:"count" doc:"How many episodes there were."`
		Critical   int            `json:"critical" doc:"How many of them were critical."`
		ByRule     map[string]int `json:"byRule"`
		ByReceiver map[string]int `json:"byReceiver" doc:"By who would have been told, with the routing of today."`
	}
}

func (a *api) registerSilences(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "preview-silence", Method: http.MethodPost, Path: "/api/silences/preview", Tags: []string{"Alerts"},
		Summary:     "What a silence would hide, now and in the past",
		Description: "Silences themselves are made, listed and ended by the Alertmanager's API at `/api/v2/silences`.",
		Errors:      []int{http.StatusBadRequest, http.StatusServiceUnavailable},
	}, a.previewSilence)
}

func (a *api) previewSilence(ctx context.Context, in *previewInput) (*previewOutput, error) {
	const listed = 200
	days := in.Body.Days
	if days == 0 {
		days = 30
	}
	ctx, cancel, err := a.synced(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	to := a.Now()
	p, err := a.PreviewSilence(ctx, in.Body.Matchers, to.Add(-time.Duration(days)*24*time.Hour).UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, huma.NewError(http.StatusBadRequest, err.Error())
	}
	out := &previewOutput{}
	b := &out.Body
	b.Now, b.Episodes = []transition{}, append([]AlertEpisode{}, p.Past[:min(listed, len(p.Past))]...)
	for _, t := range p.Now {
		b.Now = append(b.Now, transition{t})
	}
	b.From, b.To, b.Count, b.Critical, b.ByRule, b.ByReceiver = p.From, p.To, len(p.Past), p.Critical, p.ByRule, p.ByReceiver
	return out, nil
}

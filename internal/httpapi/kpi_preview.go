package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

const (
	// previewTimeLimit bounds the reading of history for a preview, and
	// previewPatience the wait for the one before: who types begins one after the
	// other, and the one that is left ends at its next block of events.
	previewTimeLimit = 15 * time.Second
	previewPatience  = 3 * time.Second
	// previewFlips is how many cases a preview lists.
	previewFlips = 100
)

type previewKPIInput struct {
	Name        string   `query:"name" doc:"The KPI's name, where the definition leaves it out." example:"case.sla"`
	From        moment   `query:"from" doc:"As for a history."`
	To          moment   `query:"to" doc:"As for a history."`
	Step        duration `query:"step" doc:"As for a history."`
	Window      duration `query:"window" doc:"As for a history, by default the definition's own."`
	By          []string `query:"by,explode" doc:"As for a value."`
	ContentType string   `header:"Content-Type" hidden:"true"`
	RawBody     []byte   `contentType:"application/yaml"`
}

type previewKPIOutput struct{ Body kpiPreview }

// kpiPreview is what a definition would say, were it put.
type kpiPreview struct {
	Exists  bool       `json:"exists" doc:"Whether there is a KPI of that name."`
	Same    bool       `json:"same" doc:"Whether the definition is that of the newest version: to put it would change nothing."`
	Value   answer     `json:"value" doc:"What it would say at the end of the range."`
	History kpiHistory `json:"history"`
	Diff    *kpiDiff   `json:"diff,omitempty" doc:"The cases of the range of which it would say something else than the version in force: where there is one, and the type gives verdicts on cases. b is 0: it has no number yet."`
}

// previews computes one preview at a time: each holds all of history.
type previews struct {
	*api
	turn chan struct{}
}

func (a *api) registerKPIPreview(spec huma.API) {
	p := &previews{a, make(chan struct{}, 1)}
	o := huma.Operation{
		OperationID: "preview-kpi", Method: http.MethodPost, Path: "/api/kpis/preview", Tags: []string{"KPIs"},
		Summary: "What a definition would say, without putting it",
		Description: "The body is a definition as for a PUT, and faults are told in the same way. It is evaluated over all of history, beside what is in force, and then forgotten. " +
			"That may take 15 seconds, after which it is given up with 503; one is computed at a time, and more are answered 429.",
		MaxBodyBytes: maxDefinition, RejectUnknownQueryParameters: true,
		Errors: []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
			http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}
	huma.Register(spec, o, p.preview)
	definition := &huma.MediaType{Schema: &huma.Schema{Ref: "#/components/schemas/KPIDefinition"}}
	spec.OpenAPI().Paths[o.Path].Post.RequestBody.Content = map[string]*huma.MediaType{"application/json": definition, "application/yaml": definition}
}

func (p *previews) preview(ctx context.Context, in *previewKPIInput) (*previewKPIOutput, error) {
	if !isDefinition(in.ContentType) {
		return nil, huma.NewError(http.StatusUnsupportedMediaType, "send the definition as Content-Type: application/json or application/yaml")
	}
	ctx, cancel, err := p.applied(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	d, faults := p.readKPI(in.Name, in.RawBody)
	if len(faults) > 0 {
		return nil, Problem{Status: http.StatusUnprocessableEntity, Errors: faults, Detail: "the definition is not valid"}
	}
	now := p.instant()
	from, to, step := spanOf(in.From, in.To, in.Step, now)
	if from >= to {
		return nil, huma.NewError(http.StatusBadRequest, "from must be before to")
	}
	if err := p.wait(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.turn }()
	q := engine.Question{KPI: d.Name, At: to, Window: in.Window.Duration, By: listed(in.By), Now: now}
	if q.Window == 0 {
		q.Window = time.Duration(d.Window)
	}
	out, err := p.try(ctx, d, q, from, to, step)
	if err != nil {
		return nil, p.notTried(ctx, d.Name, err)
	}
	return &previewKPIOutput{Body: *out}, nil
}

// wait returns once it is this preview's turn.
func (p *previews) wait(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, previewPatience)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-patience.Done():
		return huma.NewError(http.StatusTooManyRequests, "another preview is being computed: try again in a moment")
	}
}

func (p *previews) try(ctx context.Context, d *kpi.Definition, q engine.Question, from, to int64, step time.Duration) (*kpiPreview, error) {
	ctx, cancel := context.WithTimeout(ctx, previewTimeLimit)
	defer cancel()
	trial, err := p.KPIs.Try(ctx, d)
	if err != nil {
		return nil, err
	}
	out := &kpiPreview{}
	value, err := trial.Value(q)
	if err != nil {
		return nil, err
	}
	out.Value = answer{value}
	found, courses, err := steps(ctx, trial, q, from, to, step)
	if err != nil {
		return nil, err
	}
	out.History = historyOf(found, courses, from, to, step)
	l, err := p.KPIs.Get(d.Name)
	if err != nil {
		return out, nil // it would be a new one
	}
	newest := l.Versions[len(l.Versions)-1]
	out.Exists, out.Same = true, bytes.Equal(newest.Source, d.Source) && newest.Basis == d.Basis
	if diff, err := trial.Diff(from, to, q.At, previewFlips); err == nil {
		out.Diff = &kpiDiff{diff}
	}
	return out, nil
}

func (p *previews) notTried(ctx context.Context, name string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return huma.NewError(http.StatusServiceUnavailable,
			fmt.Sprintf("reading history took more than %v, so there is no preview; the definition itself is valid, and reads history in the background once it is put", previewTimeLimit))
	}
	return p.kpiFailed(ctx, name, err)
}

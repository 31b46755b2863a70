package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// KPIs answers for key performance indicators.
type KPIs interface {
	List() []engine.Listed
	Get(name string) (engine.Listed, error)
	Value(q engine.Question) (engine.Answer, error)
	History(ctx context.Context, q engine.Question, span engine.Span) (engine.Answer, []engine.Course, error)
	Try(ctx context.Context, d *kpi.Definition) (*engine.Trial, error)
	Diff(ctx context.Context, name string, before, after int, from, to, at int64, limit int) (engine.Diff, error)
}

// kpiJSON is a KPI as the API lists it.
type kpiJSON struct {
	Name       string         `json:"name" example:"case.sla"`
	Title      string         `json:"title" doc:"What people see."`
	Type       string         `json:"type" example:"sla"`
	Unit       string         `json:"unit" doc:"The unit of the value: ratio, 1/h, h, cases and the like." example:"ratio"`
	Window     string         `json:"window" doc:"How far back a value looks unless asked otherwise." example:"7d"`
	By         []string       `json:"by" nullable:"false" doc:"The tags by whose values it can be broken down."`
	Formula    string         `json:"formula" doc:"The definition in words."`
	Excludes   string         `json:"excludes,omitempty" doc:"What is left out."`
	Thresholds *kpiThresholds `json:"thresholds,omitempty"`
	Definition document       `json:"definition"`
	Version    int            `json:"definitionVersion" doc:"The version in force. A newer one is not, until it has all of history in it."`
	Origin     engine.Origin  `json:"origin" enum:"default,file,api" doc:"Where the definition in force comes from: the defaults, the configuration file, or this API."`
	Since      int64          `json:"since" doc:"When that definition was given, in ms since 1970 UTC."`
	Versions   []KPIVersion   `json:"versions" nullable:"false" doc:"Every version, the oldest first."`
	Ready      bool           `json:"ready" doc:"False while the newest version reads history."`
	BackFill   kpiBackFill    `json:"backfill" doc:"How far the newest version has read."`
	Value      *answer        `json:"value,omitempty" doc:"With value=true: the value now."`
}

type kpiThresholds struct {
	Warning    string  `json:"warning,omitempty" example:"below 5"`
	Critical   string  `json:"critical,omitempty" example:"below 2"`
	For        string  `json:"for,omitempty" doc:"How long a condition must hold." example:"5m"`
	Hysteresis float64 `json:"hysteresis,omitempty" doc:"How far beyond a limit a value must recover."`
	PerGroup   bool    `json:"perGroup" doc:"Whether every group is judged, and not the total alone."`
	MinN       int64   `json:"minN,omitempty" doc:"Values of fewer things are not judged."`
}

// KPIVersion is one version of a definition. It is exported for OpenAPI.
type KPIVersion struct {
	Version    int           `json:"version"`
	Origin     engine.Origin `json:"origin" enum:"default,file,api"`
	Since      int64         `json:"since" doc:"When the definition was given, in ms since 1970 UTC."`
	Definition document      `json:"definition"`
	Basis      string        `json:"basis,omitempty" doc:"Marks the business hours that the definition referred to: changed hours make a new version, too."`
	Who        string        `json:"who,omitempty" doc:"The name of the token that gave it over the API."`
	Why        string        `json:"why,omitempty" doc:"What was said of the change."`
}

type kpiBackFill struct {
	Done  uint64 `json:"done" doc:"Events read."`
	Total uint64 `json:"total" doc:"Events to read."`
}

func kpiOf(l engine.Listed) kpiJSON {
	d := l.Definition
	about := d.Spec.Describe(&d.Common)
	k := kpiJSON{
		Name: l.Name, Title: d.Label(), Type: d.Type, Unit: about.Unit, Window: durationText(d.Window), By: slices.Clone(d.By),
		Formula: about.Formula, Excludes: about.Excludes, Thresholds: thresholdsOf(d),
		Definition: document{l.Current.Source}, Version: l.Current.Number, Origin: l.Current.Origin, Since: l.Current.Since,
		Ready: l.Ready, BackFill: kpiBackFill{l.Done, l.Total},
	}
	if k.By == nil {
		k.By = []string{}
	}
	for _, v := range l.Versions {
		k.Versions = append(k.Versions, versionOf(v))
	}
	return k
}

func versionOf(r engine.Record) KPIVersion {
	return KPIVersion{Version: r.Number, Origin: r.Origin, Since: r.Since, Definition: document{r.Source}, Basis: r.Basis, Who: r.Who, Why: r.Why}
}

func thresholdsOf(d *kpi.Definition) *kpiThresholds {
	t := d.Thresholds
	if t == nil {
		return nil
	}
	out := kpiThresholds{Hysteresis: t.Hysteresis, PerGroup: t.PerGroup, MinN: t.MinN}
	if t.For > 0 {
		out.For = durationText(t.For)
	}
	for _, r := range (alert.Thresholds{d.Name: t.Rule(d)}).Rules() {
		if r.Warning != nil {
			out.Warning = r.Warning.String()
		}
		if r.Critical != nil {
			out.Critical = r.Critical.String()
		}
	}
	return &out
}

type listKPIsInput struct {
	Value bool `query:"value" doc:"Whether to add the value of each as it stands now."`
}

type listKPIsOutput struct {
	Body struct {
		KPIs []kpiJSON `json:"kpis" nullable:"false"`
	}
}

type kpiInput struct {
	Name string `path:"name" doc:"The KPI's name." example:"case.sla"`
}

type kpiOutput struct{ Body kpiJSON }

func (a *api) registerKPIs(spec huma.API) {
	huma.Register(spec, huma.Operation{
		OperationID: "list-kpis", Method: http.MethodGet, Path: "/api/kpis", Tags: []string{"KPIs"},
		Summary: "All KPIs, with their definitions", RejectUnknownQueryParameters: true,
		Errors: []int{http.StatusBadRequest, http.StatusServiceUnavailable},
	}, a.listKPIs)
	huma.Register(spec, huma.Operation{
		OperationID: "get-kpi", Method: http.MethodGet, Path: "/api/kpis/{name}", Tags: []string{"KPIs"},
		Summary: "One KPI, with every version of its definition",
		Errors:  []int{http.StatusNotFound},
	}, a.getKPI)
	a.registerKPIChanges(spec)
	a.registerKPIAnswers(spec)
	a.registerKPIDiff(spec)
	a.registerKPIExplain(spec)
	a.registerKPIPreview(spec)
}

func (a *api) listKPIs(ctx context.Context, in *listKPIsInput) (*listKPIsOutput, error) {
	if in.Value {
		_, cancel, err := a.applied(ctx)
		if err != nil {
			return nil, err
		}
		defer cancel()
	}
	now := a.instant()
	out := &listKPIsOutput{}
	out.Body.KPIs = []kpiJSON{}
	for _, l := range a.KPIs.List() {
		k := kpiOf(l)
		if in.Value {
			value, err := a.KPIs.Value(engine.Question{KPI: l.Name, At: now, Now: now})
			if errors.Is(err, engine.ErrUnknown) {
				continue // it was deleted between the two calls
			} else if err != nil {
				return nil, a.kpiFailed(ctx, l.Name, err)
			}
			k.Value = &answer{value}
		}
		out.Body.KPIs = append(out.Body.KPIs, k)
	}
	return out, nil
}

func (a *api) getKPI(ctx context.Context, in *kpiInput) (*kpiOutput, error) {
	l, err := a.KPIs.Get(in.Name)
	if err != nil {
		return nil, a.kpiFailed(ctx, in.Name, err)
	}
	return &kpiOutput{Body: kpiOf(l)}, nil
}

func (a *api) now() int64 { return a.Now().UnixMilli() }

// instant is what now means to KPIs: an event dated this very millisecond counts.
func (a *api) instant() int64 { return a.now() + 1 }

// kpiFailed is the answer to a question that the engine does not answer.
func (a *api) kpiFailed(ctx context.Context, name string, err error) error {
	switch {
	case errors.Is(err, engine.ErrUnknown):
		var names []string
		for _, l := range a.KPIs.List() {
			names = append(names, l.Name)
		}
		return huma.NewError(http.StatusNotFound, err.Error()+suggest.Near(name, names))
	case errors.Is(err, engine.ErrQuestion):
		return huma.NewError(http.StatusBadRequest, err.Error())
	case errors.Is(err, engine.ErrFixed):
		return huma.NewError(http.StatusConflict, err.Error())
	}
	return a.failed(ctx, "the KPI", err)
}

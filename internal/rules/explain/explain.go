// Package explain says where a change of a KPI comes from: which values of its
// tags hold most of the difference between two spans of time, and how much each.
// The parts of a tag add up to the whole change. The evidence of alerts, the
// page of a KPI and the API ask it. It knows neither HTTP nor rules, and reads no
// clock.
package explain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
)

// Source is where KPIs are asked; *engine.Engine is one.
type Source interface {
	Get(name string) (engine.Listed, error)
	History(ctx context.Context, q engine.Question, span engine.Span) (engine.Answer, []engine.Course, error)
}

// Request asks for the change of a KPI from one span to another, in ms.
type Request struct {
	KPI              string
	From, To         int64
	BaseFrom, BaseTo int64
	// Tags to break the change down by, each on its own; nil for all of the
	// definition's by.
	Tags []string
	// Limit is how many parts of a tag are told one by one; DefaultLimit if 0.
	Limit int
}

// DefaultLimit is for how many values of a tag a part is told of its own.
const DefaultLimit = 10

// ErrNotReady says that the KPI still reads history.
var ErrNotReady = errors.New("the KPI still reads history")

// Result is the answer. Its JSON is that of the API.
type Result struct {
	KPI               string `json:"kpi"`
	Title             string `json:"title"`
	Unit              string `json:"unit"`
	DefinitionVersion int    `json:"definitionVersion"`
	Watermark         int64  `json:"watermark"`
	Seq               uint64 `json:"seq"`
	// Now is the value over the span asked about, Base that over the other.
	Now  Figure `json:"now"`
	Base Figure `json:"base"`
	// Change is Now less Base, null where one has no data.
	Change *float64 `json:"change"`
	// Tags are those whose values tell most first.
	Tags []Tag `json:"tags"`
}

// Figure is a value over a span.
type Figure struct {
	From  int64    `json:"from"`
	To    int64    `json:"to"`
	Value *float64 `json:"value"`
	N     int64    `json:"n"`
}

// Method says how a change was taken apart.
type Method string

// The methods.
const (
	// Difference: the values of the parts add up to the whole, and so do their
	// differences.
	Difference Method = "difference"
	// MixAndRate: the whole is the mean of the parts, weighted by n. The change is
	// that of the weights and that of the values (Kitagawa 1955, "Components of a
	// difference between two rates"; the two-fold decomposition of Oaxaca 1973 and
	// Blinder 1973 in the middle of both spans).
	MixAndRate Method = "mix_and_rate"
	// None: the whole does not follow from the parts, as with a median. They are
	// ranked by their own change, times their share of n.
	None Method = "none"
)

// Tag is the change by the values of one tag.
type Tag struct {
	Tag string `json:"tag"`
	// Method says how the change was taken apart: see there.
	Method Method `json:"method"`
	// Concentration is the share of the change that lies elsewhere than the values'
	// share of what was counted before lets expect: 0 where all changed alike.
	Concentration *float64 `json:"concentration"`
	// Surprise is how much the make-up of what is counted has changed: the
	// Jensen-Shannon divergence of the shares in nats, from 0 to ln 2 (Bhagwan et
	// al., "Adtributor: Revenue Debugging in Advertising Systems", NSDI 2014).
	Surprise float64 `json:"surprise"`
	// Parts are those with the greatest contributions; Rest is all others.
	Parts []Part `json:"parts"`
	Rest  *Rest  `json:"rest,omitempty"`
}

// Part is one value of a tag.
type Part struct {
	// Value of the tag; "" for what comes without it.
	Value string   `json:"value"`
	Now   Measured `json:"now"`
	Base  Measured `json:"base"`
	// Contribution to the change, in units of the KPI, and as a Share of it; null
	// with the method none.
	Contribution *float64 `json:"contribution"`
	Share        *float64 `json:"share"`
	// Mix and Rate are what the contribution is made of with mix_and_rate: by the
	// value's weight, and by its own figure.
	Mix  *float64 `json:"mix,omitempty"`
	Rate *float64 `json:"rate,omitempty"`
	// Surprise is the value's term of the tag's.
	Surprise float64 `json:"surprise"`
}

// Measured is a value with what it is made of.
type Measured struct {
	Value *float64 `json:"value"`
	N     int64    `json:"n"`
}

// Rest is what the parts that are not told one by one come to.
type Rest struct {
	Values       int      `json:"values"`
	Contribution *float64 `json:"contribution"`
	Share        *float64 `json:"share"`
}

// Explain answers a request.
func Explain(ctx context.Context, source Source, r Request) (Result, error) {
	if r.To <= r.From || r.BaseTo <= r.BaseFrom {
		return Result{}, fmt.Errorf("%w: a span ends before it begins", engine.ErrQuestion)
	}
	if r.Limit == 0 {
		r.Limit = DefaultLimit
	}
	l, err := source.Get(r.KPI)
	if err != nil {
		return Result{}, err
	}
	if r.Tags == nil {
		r.Tags = l.Definition.By
	}
	x := explainer{Source: source, Request: r, version: l.Current.Number}
	a, now, err := x.values(ctx, nil, r.From, r.To)
	if err != nil {
		return Result{}, err
	}
	_, base, err := x.values(ctx, nil, r.BaseFrom, r.BaseTo)
	if err != nil {
		return Result{}, err
	}
	x.now, x.base = now.total, base.total
	d := a.Definition
	out := Result{
		KPI: d.Name, Title: d.Label(), Unit: d.Spec.Describe(&d.Common).Unit, DefinitionVersion: a.Number, Watermark: a.Watermark, Seq: a.Seq,
		Now:  Figure{r.From, r.To, finite(x.now.value), x.now.n},
		Base: Figure{r.BaseFrom, r.BaseTo, finite(x.base.value), x.base.n}, Change: finite(x.now.value - x.base.value), Tags: []Tag{},
	}
	wanted := methodOf(d)
	if wanted == Difference { // nothing heard of is none
		out.Change = finite(zero(x.now.value) - zero(x.base.value))
	}
	out.Tags, err = x.tags(ctx, wanted, out.Change)
	return out, err
}

// explainer is a request on its way.
type explainer struct {
	Source
	Request
	version   int
	now, base measured // totals
}

type measured struct {
	value float64 // NaN: no data
	n     int64
}

// spread is a KPI over one span: the total, and by the values of a tag.
type spread struct {
	total  measured
	groups map[string]measured
}

// values asks for one span, by one tag or none.
func (x *explainer) values(ctx context.Context, by []string, from, to int64) (engine.Answer, spread, error) {
	a, courses, err := x.History(ctx, engine.Question{KPI: x.KPI, By: by, Version: x.version, Now: to},
		engine.Span{From: from, To: to, Step: time.Duration(to-from) * time.Millisecond})
	if err != nil {
		return a, spread{}, err
	}
	if !a.Ready {
		return a, spread{}, fmt.Errorf("%s: %w (%d of %d events)", x.KPI, ErrNotReady, a.Done, a.Total)
	}
	s := spread{total: measured{value: math.NaN()}, groups: map[string]measured{}}
	for i, c := range courses {
		switch {
		case len(c.Points) == 0:
		case i == 0:
			s.total = measured{c.Points[0].Value, c.Points[0].N}
		default:
			s.groups[c.Tags[0].Value] = measured{c.Points[0].Value, c.Points[0].N}
		}
	}
	return a, s, nil
}

// tags breaks the change down by each tag.
func (x *explainer) tags(ctx context.Context, wanted Method, whole *float64) ([]Tag, error) {
	tags := make([]Tag, 0, len(x.Tags))
	for _, tag := range x.Tags {
		_, now, err := x.values(ctx, []string{tag}, x.From, x.To)
		if err != nil {
			return nil, err
		}
		_, base, err := x.values(ctx, []string{tag}, x.BaseFrom, x.BaseTo)
		if err != nil {
			return nil, err
		}
		parts, method := pair(now.groups, base.groups), wanted
		switch {
		case whole == nil:
			method = None
		case method == unsettled:
			method = settle(x.now, x.base, parts)
		}
		tags = append(tags, x.breakdown(tag, method, parts, whole))
	}
	slices.SortStableFunc(tags, byConcentration)
	return tags, nil
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// zero is 0 where nothing was counted.
func zero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

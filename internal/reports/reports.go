// Package reports sums up a span of time, such as a shift or a week: what each
// KPI was and how that differs from the span before, the alerts and how long they
// stood, the cases whose deadline passed, the conflicts left open. It writes the
// same as a mail, in HTML and in plain text.
//
// It must not know HTTP, the store's engine, nor who reads the summary. The API
// asks it; KPIs, cases and alerts are handed in as ports.
package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// KPIs answers what KPIs were.
type KPIs interface {
	List() []engine.Listed
	Value(q engine.Question) (engine.Answer, error)
}

// Cases tells of cases held against a clock, and of conflicts.
type Cases interface {
	Cases(name string, q kpi.CaseQuery) (engine.Answer, []kpi.CaseRow, error)
	Conflicts(at int64) []engine.Conflict
}

// Alerts reads changes of state.
type Alerts interface {
	FindAlerts(ctx context.Context, q store.AlertQuery) ([]alert.Transition, error)
	LatestAlerts(ctx context.Context, since int64) ([]alert.Transition, error)
}

// Sources are what a summary is made from.
type Sources struct {
	KPIs   KPIs
	Cases  Cases
	Alerts Alerts
}

// Span is the time summed up, [From, To) in ms since 1970 UTC, seen from Now.
type Span struct{ From, To, Now int64 }

// ErrSpan says that a span cannot be summed up.
var ErrSpan = errors.New("the span cannot be summed up")

// longest is how long a span may be: a quarter of a year and some days.
const longest = 100 * 24 * time.Hour

// Summary is a span of time summed up.
type Summary struct {
	From int64 `json:"from" doc:"Start of the span, in ms since 1970 UTC."`
	To   int64 `json:"to" doc:"Its end, which does not belong to it; now where the span is not over."`
	// Before is where the span compared with begins; it ends at From.
	Before    int64     `json:"before" doc:"Start of the span before, which is as long and ends at from."`
	Over      bool      `json:"over" doc:"Whether the span is over: where not, it reaches up to now."`
	KPIs      []KPI     `json:"kpis" nullable:"false" doc:"Every KPI over the span, by title."`
	Alerts    Firings   `json:"alerts"`
	Cases     Breaches  `json:"cases"`
	Conflicts Conflicts `json:"conflicts"`
}

// Conflicts are those left open.
type Conflicts struct {
	Open  int               `json:"open" doc:"Conflicts open at the end of the span."`
	Shown []engine.Conflict `json:"shown" nullable:"false" doc:"The oldest of them, 20 at most."`
}

// shownAtMost bounds the lists that people read.
const shownAtMost = 20

// Make sums a span up.
func (s Sources) Make(ctx context.Context, span Span) (*Summary, error) {
	out := &Summary{From: span.From, To: min(span.To, span.Now), Over: span.To <= span.Now}
	length := out.To - out.From
	switch {
	case span.From >= span.To:
		return nil, fmt.Errorf("%w: from must be before to", ErrSpan)
	case length < 1000:
		return nil, fmt.Errorf("%w: it begins in the future, or a moment ago", ErrSpan)
	case length > longest.Milliseconds():
		return nil, fmt.Errorf("%w: it is longer than %d days", ErrSpan, longest/(24*time.Hour))
	}
	out.Before = out.From - length
	var err error
	if out.KPIs, err = s.kpis(ctx, out, span.Now); err != nil {
		return nil, err
	}
	if out.Alerts, err = s.firings(ctx, out); err != nil {
		return nil, err
	}
	if out.Cases, err = s.breaches(ctx, out, span.Now); err != nil {
		return nil, err
	}
	out.Conflicts = s.conflicts(out.To)
	return out, nil
}

func (s Sources) conflicts(at int64) Conflicts {
	all := s.Cases.Conflicts(at)
	out := Conflicts{Open: len(all), Shown: []engine.Conflict{}}
	for _, c := range all[:min(len(all), shownAtMost)] {
		if c.Agents == nil {
			c.Agents = []string{}
		}
		out.Shown = append(out.Shown, c)
	}
	return out
}

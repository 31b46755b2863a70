package ruletest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"

	hmspromql "github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/rules/prom"
)

// checkAlerts compares the alerts of an evaluation at after with those expected
// from then on, before the next evaluation.
func (t *test) checkAlerts(groups []*prom.Group, after, every time.Duration) (failures []error) {
	for _, a := range t.AlertTests {
		if at := time.Duration(a.EvalTime); at < after || at >= after+every {
			continue
		}
		if a.Alertname == "" {
			failures = append(failures, fmt.Errorf("    an item of alert_rule_test has no alertname, at eval_time %s", a.EvalTime))
			continue
		}
		var got, want []string
		for _, g := range groups {
			for _, one := range g.Firing(a.Alertname) {
				got = append(got, alertText(one.Labels, one.Annotations))
			}
		}
		for _, e := range a.ExpAlerts {
			l := labels.NewBuilder(labels.FromMap(e.Labels)).Set(labels.AlertName, a.Alertname).Labels()
			want = append(want, alertText(l, labels.FromMap(e.Annotations)))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			failures = append(failures, fmt.Errorf("    alertname: %s, time: %s,\n        exp:%s,\n        got:%s", a.Alertname, a.EvalTime, list(want), list(got)))
		}
	}
	return failures
}

func alertText(l, annotations labels.Labels) string {
	return "Labels:" + l.String() + "\nAnnotations:" + annotations.String()
}

func list(all []string) string {
	if len(all) == 0 {
		return "[]"
	}
	var b strings.Builder
	b.WriteString("[")
	for i, one := range all {
		text := fmt.Sprintf("%d:\n  %s", i, strings.ReplaceAll(one, "\n", "\n  "))
		b.WriteString("\n            " + strings.ReplaceAll(text, "\n", "\n            "))
	}
	b.WriteString("\n            ]")
	return b.String()
}

// comparer tells whether two values are the same.
type comparer func(a, b float64) bool

func (s *suite) comparer() comparer {
	return func(a, b float64) bool {
		return a == b || s.FuzzyCompare && (math.Nextafter(a, math.Inf(-1)) == b || math.Nextafter(a, math.Inf(1)) == b) ||
			math.IsNaN(a) && math.IsNaN(b)
	}
}

// result is a sample of an answer, or one expected.
type result struct {
	labels    labels.Labels
	value     float64
	histogram string
}

func (r result) String() string {
	if r.histogram != "" {
		return r.labels.String() + " " + r.histogram
	}
	return r.labels.String() + " " + strconv.FormatFloat(r.value, 'E', -1, 64)
}

func (t *test) checkExprs(ctx context.Context, w *world, same comparer) (failures []error) {
	ask := rules.EngineQueryFunc(w.engine, w.all)
	for _, e := range t.ExprTests {
		fail := func(err error) {
			failures = append(failures, fmt.Errorf("    expr: %q, time: %s, err: %w", e.Expr, e.EvalTime, err))
		}
		answer, err := ask(ctx, e.Expr, t.begin().Add(time.Duration(e.EvalTime)))
		if err != nil {
			fail(err)
			continue
		}
		want, err := e.want()
		if err != nil {
			fail(err)
			continue
		}
		got := make([]result, len(answer))
		for i, s := range answer {
			got[i] = result{s.Metric, s.F, histogramText(s.H)}
		}
		sortResults(got)
		equal := slices.EqualFunc(got, want, func(a, b result) bool {
			return labels.Equal(a.labels, b.labels) && same(a.value, b.value) && a.histogram == b.histogram
		})
		if !equal {
			failures = append(failures, fmt.Errorf("    expr: %q, time: %s,\n        exp: %s\n        got: %s", e.Expr, e.EvalTime, written(want), written(got)))
		}
	}
	return failures
}

func (e *exprTest) want() (all []result, err error) {
	p := hmspromql.NewParser()
	for _, s := range e.ExpSamples {
		one := result{value: s.Value}
		if one.labels, err = p.ParseMetric(s.Labels); err != nil {
			return nil, fmt.Errorf("labels %q: %w", s.Labels, err)
		}
		if s.Histogram != "" {
			_, values, err := p.ParseSeriesDesc("{} " + s.Histogram)
			if err != nil {
				return nil, fmt.Errorf("labels %q: %w", s.Labels, err)
			}
			if len(values) != 1 || values[0].Histogram == nil {
				return nil, fmt.Errorf("labels %q: %q is no histogram", s.Labels, s.Histogram)
			}
			one.value, one.histogram = 0, histogramText(values[0].Histogram)
		}
		all = append(all, one)
	}
	sortResults(all)
	return all, nil
}

func histogramText(h *histogram.FloatHistogram) string {
	if h == nil {
		return ""
	}
	return h.TestExpression()
}

func sortResults(all []result) {
	slices.SortStableFunc(all, func(a, b result) int { return labels.Compare(a.labels, b.labels) })
}

func written(all []result) string {
	if len(all) == 0 {
		return "nil"
	}
	texts := make([]string, len(all))
	for i, r := range all {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}

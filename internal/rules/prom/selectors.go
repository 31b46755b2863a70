package prom

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/hms-ops/hms-monitor/internal/promql"
)

// selectors are those of an expression.
func selectors(expr parser.Expr) (all []*parser.VectorSelector) {
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			all = append(all, s)
		}
		return nil
	})
	return all
}

// nameOf is the metric that a selector names.
func nameOf(s *parser.VectorSelector) (name string, exact bool) {
	for _, m := range s.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value, m.Value != ""
		}
	}
	return s.Name, s.Name != ""
}

// reads are the names that expressions read, nil where that cannot be told.
func reads(exprs ...parser.Expr) []string {
	names := []string{}
	for _, expr := range exprs {
		for _, s := range selectors(expr) {
			name, exact := nameOf(s)
			if !exact {
				return nil
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// readsUntil is how long before the instant of evaluation an expression stops
// reading (ms).
func readsUntil(expr parser.Expr) (ago int64) {
	first := true
	parser.Inspect(expr, func(n parser.Node, path []parser.Node) error {
		s, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		offset := s.OriginalOffset
		for _, around := range path {
			if q, ok := around.(*parser.SubqueryExpr); ok {
				offset += q.OriginalOffset
			}
		}
		if ms := offset.Milliseconds(); first || ms < ago {
			ago, first = ms, false
		}
		return nil
	})
	return ago
}

// readsStates reports whether a rule asks how alerts stand, or may.
func readsStates(files []file) bool {
	for _, f := range files {
		for _, g := range f.groups {
			for _, r := range g.Rules {
				expr, err := promql.NewParser().ParseExpr(r.Expr)
				if err != nil {
					return true
				}
				names := reads(expr)
				if names == nil || slices.Contains(names, "ALERTS") || slices.Contains(names, "ALERTS_FOR_STATE") {
					return true
				}
			}
		}
	}
	return false
}

package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// keptLabel is the name of a matcher that is none: its value says which labels
// of events count. Series that differ in others alone are read as one.
const keptLabel = "__kept__"

// Merged writes an expression so that series of events which an aggregation puts
// together anyway are read as one: `sum by (office) (count_over_time(...))` needs
// a series for each office, not for each case. Its values are the same. events
// tells whether a name is one of events alone.
func Merged(expr string, events func(name string) bool) string {
	parsed, err := NewParser().ParseExpr(expr)
	if err != nil {
		return expr
	}
	merged := false
	parser.Inspect(parsed, func(n parser.Node, _ []parser.Node) error {
		if a, ok := n.(*parser.AggregateExpr); ok {
			if s := mergeable(a, events); s != nil {
				s.LabelMatchers = append(s.LabelMatchers, labels.MustNewMatcher(labels.MatchEqual, keptLabel, kept{a.Without, a.Grouping}.String()))
				merged = true
			}
		}
		return nil
	})
	if !merged {
		return expr
	}
	return parsed.String()
}

// mergeable is the selector of an aggregation that is over all events of its
// series as it is over each: the sum of counts is the count of all, the greatest
// of the greatest is that of all. Sums of values are not among them: in another
// order they are rounded otherwise.
func mergeable(a *parser.AggregateExpr, events func(name string) bool) *parser.VectorSelector {
	inner := a.Expr
	for {
		p, ok := inner.(*parser.ParenExpr)
		if !ok {
			break
		}
		inner = p.Expr
	}
	call, ok := inner.(*parser.Call)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	switch f := call.Func.Name; a.Op {
	case parser.SUM:
		ok = f == "count_over_time"
	case parser.MAX:
		ok = f == "max_over_time"
	case parser.MIN:
		ok = f == "min_over_time"
	case parser.GROUP:
		ok = f == "count_over_time" || f == "present_over_time"
	default:
		ok = false
	}
	m, ranged := call.Args[0].(*parser.MatrixSelector)
	if !ok || !ranged {
		return nil
	}
	s, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok || s.Anchored || s.Smoothed {
		return nil
	}
	name, exact := exactName(s.LabelMatchers)
	if !exact || !events(name) {
		return nil
	}
	return s
}

// kept says which labels of events count: those named, or all but those.
type kept struct {
	without bool
	names   []string
}

const keptBetween = "\x00"

func (k kept) String() string {
	names := slices.Clone(k.names)
	slices.Sort(names)
	word := "by"
	if k.without {
		word = "without"
	}
	return strings.Join(append([]string{word}, slices.Compact(names)...), keptBetween)
}

// keptOf takes what Merged has put there out of matchers. A label that a matcher
// looks at counts as well.
func keptOf(matchers []*labels.Matcher) (*kept, []*labels.Matcher) {
	i := slices.IndexFunc(matchers, func(m *labels.Matcher) bool { return m.Name == keptLabel && m.Type == labels.MatchEqual })
	if i < 0 {
		return nil, matchers
	}
	words := strings.Split(matchers[i].Value, keptBetween)
	k := &kept{words[0] == "without", words[1:]}
	matchers = slices.Delete(slices.Clone(matchers), i, i+1)
	for _, m := range matchers {
		at := slices.Index(k.names, m.Name)
		switch {
		case m.Name == model.MetricNameLabel:
		case k.without && at >= 0:
			k.names = slices.Delete(k.names, at, at+1)
		case !k.without && at < 0:
			k.names = append(k.names, m.Name)
		}
	}
	return k, matchers
}

// keeps reports whether a label counts; nil keeps all.
func (k *kept) keeps(label string) bool {
	return k == nil || slices.Contains(k.names, label) != k.without
}

// key tells tracks of a metric apart.
func (k *kept) key(metric string) string {
	if k == nil {
		return metric
	}
	return metric + keptBetween + k.String()
}

package promql

import (
	"context"
	"errors"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// kpiQuerier asks for KPIs within [from, to].
type kpiQuerier struct {
	kpis     *KPIs
	from, to int64
}

// Select implements storage.Querier.
func (q *kpiQuerier) Select(ctx context.Context, _ bool, h *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	all, err := q.all(ctx, h, matchers)
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	return newSet(all)
}

// all reads every KPI asked for. A KPI that is not ready is an error for who
// named it, and left out where any name will do.
func (q *kpiQuerier) all(ctx context.Context, h *storage.SelectHints, matchers []*labels.Matcher) (all []series, err error) {
	_, exact := exactName(matchers)
	names := q.kpis.names(matchers)
	from, to := within(q.from, q.to, h)
	for _, name := range names {
		found, err := q.kpis.read(ctx, name, from, to, h, matchers)
		switch {
		case errors.Is(err, ErrNotReady) && !exact:
		case err != nil:
			return nil, err
		}
		all = append(all, found...)
	}
	if len(names) > 1 {
		sortSeries(all)
	}
	return all, nil
}

// LabelValues implements storage.Querier.
func (q *kpiQuerier) LabelValues(ctx context.Context, name string, h *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	if name == model.MetricNameLabel && onlyNames(matchers) {
		names := q.kpis.names(matchers)
		slices.Sort(names)
		return limited(names, h), nil, nil
	}
	all, err := q.all(ctx, nil, matchers)
	return limited(valuesOf(all, name), h), nil, err
}

// LabelNames implements storage.Querier.
func (q *kpiQuerier) LabelNames(ctx context.Context, h *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	all, err := q.all(ctx, nil, matchers)
	return limited(namesOf(all), h), nil, err
}

// Close implements storage.Querier.
func (*kpiQuerier) Close() error { return nil }

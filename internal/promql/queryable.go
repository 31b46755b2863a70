package promql

import (
	"context"
	"maps"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// Sources are what a Queryable answers from; those that are nil have nothing.
type Sources struct {
	Events *Events
	KPIs   *KPIs
	// Recorded are series that rules made.
	Recorded storage.Queryable
}

// reader gives the series of a metric's events.
type reader func(ctx context.Context, metric string, from, to int64, h *storage.SelectHints, matchers []*labels.Matcher) ([]series, error)

// ForRules answers rules, which ask the same again and again: it keeps the
// latest samples of the metrics that they read.
func (s Sources) ForRules() storage.Queryable { return s.queryable(s.Events.selectKept) }

// ForQueries answers whoever asks once.
func (s Sources) ForQueries() storage.Queryable { return s.queryable(s.Events.selectStored) }

// ForPast answers rules that are run over stored history, from its begin to its
// end. It is for one run.
func (s Sources) ForPast() storage.Queryable {
	p := &historyReader{events: s.Events, tracks: map[string]*stretch{}}
	return s.queryable(p.read)
}

func (s Sources) queryable(read reader) storage.Queryable {
	return storage.QueryableFunc(func(from, to int64) (storage.Querier, error) {
		from, to = max(from, -farthest), min(to, farthest)
		var queriers []storage.Querier
		if s.Events != nil {
			queriers = append(queriers, &eventQuerier{s.Events, from, to, read})
		}
		if s.KPIs != nil {
			queriers = append(queriers, &kpiQuerier{s.KPIs, from, to})
		}
		if s.Recorded != nil {
			recorded, err := s.Recorded.Querier(from, to)
			if err != nil {
				return nil, err
			}
			queriers = append(queriers, recorded)
		}
		return storage.NewMergeQuerier(queriers, nil, storage.ChainedSeriesMerge), nil
	})
}

// farthest bounds the times asked for (ms): no event is that far from 1970.
const farthest = 1 << 47

// eventQuerier asks for events within [from, to].
type eventQuerier struct {
	events   *Events
	from, to int64
	read     reader
}

// Select implements storage.Querier.
func (q *eventQuerier) Select(ctx context.Context, _ bool, h *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	all, err := q.all(ctx, h, matchers)
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	return newSet(all)
}

func (q *eventQuerier) all(ctx context.Context, h *storage.SelectHints, matchers []*labels.Matcher) (all []series, err error) {
	names, err := q.events.metrics(ctx, matchers)
	if err != nil {
		return nil, err
	}
	from, to := within(q.from, q.to, h)
	for _, name := range names {
		found, err := q.read(ctx, name, from, to, h, matchers)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(names) > 1 {
		sortSeries(all)
	}
	return all, nil
}

// within is what of [from, to] a selector looks at.
func within(from, to int64, h *storage.SelectHints) (int64, int64) {
	if h == nil {
		return from, to
	}
	return max(from, h.Start), min(to, h.End)
}

func sortSeries(all []series) {
	slices.SortFunc(all, func(a, b series) int { return labels.Compare(a.labels, b.labels) })
}

// LabelValues implements storage.Querier.
func (q *eventQuerier) LabelValues(ctx context.Context, name string, h *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	if name == model.MetricNameLabel && onlyNames(matchers) {
		names, err := q.events.metrics(ctx, matchers)
		return limited(names, h), nil, err
	}
	all, err := q.all(ctx, nil, matchers)
	return limited(valuesOf(all, name), h), nil, err
}

// LabelNames implements storage.Querier.
func (q *eventQuerier) LabelNames(ctx context.Context, h *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	all, err := q.all(ctx, nil, matchers)
	return limited(namesOf(all), h), nil, err
}

// Close implements storage.Querier.
func (*eventQuerier) Close() error { return nil }

func onlyNames(matchers []*labels.Matcher) bool {
	return !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m.Name != model.MetricNameLabel })
}

func valuesOf(all []series, name string) []string {
	found := map[string]bool{}
	for _, s := range all {
		if v := s.labels.Get(name); v != "" {
			found[v] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func namesOf(all []series) []string {
	found := map[string]bool{}
	for _, s := range all {
		s.labels.Range(func(l labels.Label) { found[l.Name] = true })
	}
	return slices.Sorted(maps.Keys(found))
}

func limited(texts []string, h *storage.LabelHints) []string {
	texts, _ = h.ApplyLimit(texts)
	return texts
}

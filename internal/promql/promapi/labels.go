package promapi

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// back is how far these questions look where they do not say.
const back = time.Hour

// querier looks at the time from start to end; matchers are what is asked for,
// nil for everything.
func (o *Options) querier(r *http.Request) (q storage.Querier, matchers [][]*labels.Matcher, err error) {
	end, err := o.time(r, "end", o.Now())
	if err != nil {
		return nil, nil, err
	}
	start, err := o.time(r, "start", end.Add(-back))
	if err != nil {
		return nil, nil, err
	}
	if matchers, err = o.matchers(r); err != nil {
		return nil, nil, err
	}
	q, err = o.Queryable.Querier(start.UnixMilli(), end.UnixMilli())
	return q, matchers, err
}

func (o *Options) series(r *http.Request) (any, error) {
	q, matchers, err := o.querier(r)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	if len(matchers) == 0 {
		return nil, bad("match[]: is missing")
	}
	all, seen := []labels.Labels{}, map[uint64]bool{}
	for _, m := range matchers {
		set := q.Select(r.Context(), true, nil, m...)
		for set.Next() {
			if l := set.At().Labels(); !seen[l.Hash()] {
				seen[l.Hash()] = true
				all = append(all, l)
			}
		}
		if err := set.Err(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (o *Options) labelNames(r *http.Request) (any, error) {
	return o.texts(r, func(q storage.Querier, m []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelNames(r.Context(), nil, m...)
	})
}

func (o *Options) labelValues(r *http.Request) (any, error) {
	return o.texts(r, func(q storage.Querier, m []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelValues(r.Context(), r.PathValue("name"), nil, m...)
	})
}

func (o *Options) texts(r *http.Request, ask func(storage.Querier, []*labels.Matcher) ([]string, annotations.Annotations, error)) (any, error) {
	q, matchers, err := o.querier(r)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	if len(matchers) == 0 {
		matchers = [][]*labels.Matcher{nil}
	}
	found := map[string]bool{}
	for _, m := range matchers {
		texts, _, err := ask(q, m)
		if err != nil {
			return nil, err
		}
		for _, t := range texts {
			found[t] = true
		}
	}
	all := slices.AppendSeq([]string{}, maps.Keys(found))
	slices.Sort(all)
	return all, nil
}

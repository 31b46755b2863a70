// Package promapi answers the query endpoints of Prometheus' HTTP API (query,
// query_range, series, labels, label values), so that Grafana's Prometheus data
// source and promtool can ask this server. It must not know what a metric is
// made from. The server mounts it below /api/v1.
package promapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// Options are what the endpoints work with.
type Options struct {
	Engine    promql.QueryEngine
	Queryable storage.Queryable
	Parser    parser.Parser
	// Applied returns once everything acknowledged can be asked for.
	Applied func(ctx context.Context) error
	Now     func() time.Time
	Version string
}

// New makes a handler of paths like /api/v1/query.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	handle := func(path string, answer func(r *http.Request) (any, error)) {
		h := func(w http.ResponseWriter, r *http.Request) { o.respond(w, r, answer) }
		mux.HandleFunc("GET "+path, h)
		mux.HandleFunc("POST "+path, h)
	}
	handle("/api/v1/query", o.instant)
	handle("/api/v1/query_range", o.span)
	handle("/api/v1/series", o.series)
	handle("/api/v1/labels", o.labelNames)
	handle("/api/v1/label/{name}/values", o.labelValues)
	handle("/api/v1/status/buildinfo", func(*http.Request) (any, error) {
		return map[string]string{"version": "3.0.0", "revision": o.Version}, nil // what clients may expect
	})
	return mux
}

// maxBody bounds the form of a POST.
const maxBody = 1 << 20

// badData marks errors that are the asker's.
type badData struct{ error }

func bad(format string, args ...any) error { return badData{fmt.Errorf(format, args...)} }

func (o *Options) respond(w http.ResponseWriter, r *http.Request, answer func(*http.Request) (any, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	var data any
	err := r.ParseForm()
	if err != nil {
		err = bad("the form cannot be read: %w", err)
	} else if err = o.Applied(r.Context()); err == nil {
		data, err = answer(r)
	}
	status, body := http.StatusOK, map[string]any{"status": "success", "data": data}
	if err != nil {
		var kind string
		status, kind = classify(err)
		body = map[string]any{"status": "error", "errorType": kind, "error": err.Error()}
	}
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// classify gives the status and the name that Prometheus gives such an error.
func classify(err error) (int, string) {
	if _, ok := errors.AsType[badData](err); ok {
		return http.StatusBadRequest, "bad_data"
	}
	if _, ok := errors.AsType[promql.ErrQueryTimeout](err); ok {
		return http.StatusServiceUnavailable, "timeout"
	}
	if _, ok := errors.AsType[promql.ErrQueryCanceled](err); ok || errors.Is(err, context.Canceled) {
		return 499, "canceled"
	}
	return http.StatusUnprocessableEntity, "execution"
}

// result is the data of a query.
type result struct {
	Type   parser.ValueType `json:"resultType"`
	Result parser.Value     `json:"result"`
}

func (o *Options) instant(r *http.Request) (any, error) {
	at, err := o.time(r, "time", o.Now())
	if err != nil {
		return nil, err
	}
	q, err := o.Engine.NewInstantQuery(r.Context(), o.Queryable, nil, r.Form.Get("query"), at)
	return execute(r, q, err)
}

// maxPoints bounds the steps of a range, as Prometheus does.
const maxPoints = 11_000

func (o *Options) span(r *http.Request) (any, error) {
	start, err := o.time(r, "start", time.Time{})
	if err != nil {
		return nil, err
	}
	end, err := o.time(r, "end", time.Time{})
	if err != nil {
		return nil, err
	}
	step, err := duration(r.Form.Get("step"))
	switch {
	case err != nil:
		return nil, bad("step: %w", err)
	case step <= 0:
		return nil, bad("step: must be longer than 0")
	case end.Before(start):
		return nil, bad("end: is before start")
	case end.Sub(start)/step > maxPoints:
		return nil, bad("step: the range has more than %d steps: ask for longer ones", maxPoints)
	}
	q, err := o.Engine.NewRangeQuery(r.Context(), o.Queryable, nil, r.Form.Get("query"), start, end, step)
	return execute(r, q, err)
}

func execute(r *http.Request, q promql.Query, err error) (any, error) {
	if err != nil {
		return nil, badData{err}
	}
	defer q.Close()
	answer := q.Exec(r.Context())
	if answer.Err != nil {
		return nil, answer.Err
	}
	data, err := json.Marshal(result{answer.Value.Type(), answer.Value}) // before the query is closed
	return json.RawMessage(data), err
}

// time reads a parameter: RFC 3339, or seconds since 1970. Without otherwise it
// must be there.
func (*Options) time(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	text := r.Form.Get(name)
	if text == "" && !otherwise.IsZero() {
		return otherwise, nil
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(s) < 1e11 {
		return time.UnixMilli(int64(math.Round(s * 1000))).UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	return time.Time{}, bad("%s: %q is no time: write it as 2026-03-02T09:00:00Z, or as seconds since 1970", name, text)
}

func duration(text string) (time.Duration, error) {
	if s, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(s) < 1e9 {
		return time.Duration(s * float64(time.Second)), nil
	}
	d, err := model.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no duration: write it as 15s or 5m, or as seconds", text)
	}
	return time.Duration(d), nil
}

// matchers reads match[].
func (o *Options) matchers(r *http.Request) (all [][]*labels.Matcher, err error) {
	for _, text := range r.Form["match[]"] {
		m, err := o.Parser.ParseMetricSelector(text)
		if err != nil {
			return nil, bad("match[]: %w", err)
		}
		all = append(all, m)
	}
	return all, nil
}

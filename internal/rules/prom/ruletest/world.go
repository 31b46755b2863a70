package ruletest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/kpi/script"
	hmspromql "github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// world is what rules are tested in: everything that the server has, in memory
// and with the time that the test gives.
type world struct {
	dir    string
	db     *tsdb.DB
	engine *promql.Engine
	kpis   *engine.Engine
	events *hmspromql.Events
	all    storage.Queryable

	// input and coming are what the test gives, still to come.
	input  []sample
	coming []event.Event
	next   uint64
}

// sample is one of an input series.
type sample struct {
	labels labels.Labels
	at     int64
	value  parser.SequenceValue
}

func newWorld(t *test, step time.Duration, env kpi.Env, definitions []*kpi.Definition) (w *world, err error) {
	c := hmspromql.DefaultConfig()
	w = &world{next: 1, engine: hmspromql.NewEngine(c, step, quiet), events: hmspromql.NewEvents(nothing{}, c)}
	if w.input, err = samples(t); err != nil {
		return nil, err
	}
	if w.coming, err = script.Events(t.begin(), t.Events...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(w.coming, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	if w.dir, err = os.MkdirTemp("", "hms-monitor-test-"); err != nil {
		return nil, err
	}
	if w.db, err = hmspromql.OpenRecorded(w.dir, century, quiet); err != nil {
		return nil, errors.Join(err, os.RemoveAll(w.dir))
	}
	w.db.DisableCompactions()
	w.kpis = engine.New(engine.Options{
		History: nothing{}, Stored: func(context.Context) error { return nil }, Env: env,
		Watched: func(string) bool { return false }, Changed: func() {}, Logger: quiet,
	})
	w.kpis.Configure(env, definitions, nil, 0)
	w.kpis.Filled()
	w.all = hmspromql.Sources{Events: w.events, KPIs: hmspromql.NewKPIs(w.kpis, c), Recorded: w.db}.ForRules()
	return w, nil
}

const century = 100 * 365 * 24 * time.Hour

var quiet = slog.New(slog.DiscardHandler)

func (w *world) close() error {
	return errors.Join(w.kpis.Close(), w.engine.Close(), w.db.Close(), os.RemoveAll(w.dir)) //nolint:gosec // a folder that newWorld made
}

// samples are those of the input series, in order of their time.
func samples(t *test) (all []sample, err error) {
	for _, in := range t.InputSeries {
		l, values, err := hmspromql.NewParser().ParseSeriesDesc(in.Series + " " + in.Values)
		if err != nil {
			return nil, err
		}
		at := t.begin()
		for _, v := range values {
			if !v.Omitted {
				all = append(all, sample{l, at.UnixMilli(), v})
			}
			at = at.Add(time.Duration(t.Interval))
		}
	}
	slices.SortStableFunc(all, func(a, b sample) int { return cmp.Compare(a.at, b.at) })
	return all, nil
}

// advance lets come what comes up to an instant, that included.
func (w *world) advance(until int64) error {
	app := w.db.AppenderV2(context.Background())
	n := 0
	for n < len(w.input) && w.input[n].at <= until {
		s := w.input[n]
		if _, err := app.Append(0, s.labels, 0, s.at, s.value.Value, nil, s.value.Histogram, storage.AOptions{}); err != nil {
			return errors.Join(err, app.Rollback())
		}
		n++
	}
	w.input = w.input[n:]
	if err := app.Commit(); err != nil {
		return err
	}
	n = 0
	for n < len(w.coming) && w.coming[n].Time <= until {
		n++
	}
	if n > 0 {
		b := event.Of(w.coming[:n]...)
		w.events.Apply(w.next, b)
		w.kpis.Apply(w.next, b, until)
		w.next += uint64(n)
		w.coming = w.coming[n:]
	}
	return nil
}

// known tells whether a name is a KPI's.
func (w *world) known(name string) bool {
	_, err := w.kpis.Get(name)
	return err == nil
}

// nothing is a store without events: all of them come live.
type nothing struct{}

func (nothing) Position() store.Position { return store.Position{} }

func (nothing) Metrics(context.Context) ([]store.MetricInfo, error) { return nil, nil }

func (nothing) Samples(context.Context, store.SampleQuery, func(store.Numbered) error) error {
	return nil
}

func (nothing) Scan(_ context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	return yield(min(q.Last, math.MaxInt64), event.Of())
}

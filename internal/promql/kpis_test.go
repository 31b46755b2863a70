package promql

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// live is an engine with one KPI, to which all events come live.
func live(t interface{ Fatal(...any) }, definition string) *engine.Engine {
	env := kpi.Env{}
	d, document := define.Parse("test", []byte(definition), &env)
	if err := document.Err(); err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Options{
		History: past{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler),
	})
	e.Configure(env, []*kpi.Definition{d}, nil, 0)
	e.Filled()
	return e
}

type past struct{}

func (past) Position() store.Position { return store.Position{} }
func (past) Scan(_ context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	return yield(q.Last, event.Of())
}

const opened = "{name: opened, type: throughput, event: case.opened, per: 1m, window: 1m, by: [office, team]}"

func TestKPIsHaveATotalAndGroups(t *testing.T) {
	e := live(t, opened)
	defer e.Close()
	e.Apply(1, event.Of(
		ev("case.opened", 1, 10_000, "office=north", "team=a"), ev("case.opened", 1, 20_000, "office=north", "team=b"),
		ev("case.opened", 1, 30_000, "office=south"), ev("case.opened", 1, 60_000), ev("case.opened", 1, 60_001, "office=north", "team=a"),
	), 60_000)
	q := Sources{KPIs: NewKPIs(e, DefaultConfig())}.ForRules()
	for expr, want := range map[string]string{
		`count(opened)`:                                "4", // the total, two groups of both tags, one of office alone
		`opened{office="",team=""}`:                    "4", // events at the instant itself count, later ones do not
		`opened{office="north",team="a"}`:              "1",
		`opened{office="north",team=""}`:               "2",
		`opened{office="south"}`:                       "1",
		`count(opened{office!="",team=""})`:            "2",
		`sum(opened{team!=""})`:                        "2",
		`opened{office="",team=""} offset 30s`:         "3",
		`opened{office="",team="a"}`:                   "1", // of all offices
		`max_over_time(opened{office="",team=""}[1m])`: "4",
		`absent(opened{office="east"})`:                "1",
		`closed`:                                       "",
		`count({__name__=~"op.*"})`:                    "4",
	} {
		if got := instant(t, q, expr, 60_000); got != want {
			t.Errorf("%s is %s, want %s", expr, got, want)
		}
	}
}

// TestKPISamplesAreItsValues asks at steps, and in subqueries, and compares with
// what the engine says of each instant alone.
func TestKPISamplesAreItsValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := live(t, opened)
		defer e.Close()
		var b event.Builder
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			b.Append(ev("case.opened", 1, rapid.Int64Range(0, 600_000).Draw(t, "time"), rapid.SampledFrom([]string{"office=north", "team=a"}).Draw(t, "tag")))
		}
		if b.Len() > 0 {
			e.Apply(1, b.Block(), math.MaxInt64)
		}
		q := Sources{KPIs: NewKPIs(e, DefaultConfig())}.ForQueries()
		from, step := rapid.Int64Range(0, 300_000).Draw(t, "from"), rapid.SampledFrom([]int64{1000, 7000, 60_000}).Draw(t, "step")
		to := from + step*rapid.Int64Range(0, 20).Draw(t, "steps")
		promEngine := NewEngine(DefaultConfig(), time.Minute, nil)
		query, err := promEngine.NewRangeQuery(context.Background(), q, nil, `opened{office="",team=""}`, time.UnixMilli(from), time.UnixMilli(to), time.Duration(step)*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		defer query.Close()
		m, err := query.Exec(context.Background()).Matrix()
		if err != nil || len(m) > 1 {
			t.Fatal(err, m)
		}
		said := map[int64]float64{}
		for _, s := range m {
			for _, p := range s.Floats {
				said[p.T] = p.F
			}
		}
		for at := from; at <= to; at += step {
			a, err := e.Value(engine.Question{KPI: "opened", At: at + 1, Now: at + 1})
			if err != nil {
				t.Fatal(err)
			}
			want := a.Series[0].Value
			if got, some := said[at]; some == math.IsNaN(want) || some && got != want {
				t.Fatalf("at %d the query says %v %v, the KPI %v", at, some, got, want)
			}
		}
	})
}

// unready is a KPI that reads history.
type unready struct{ *engine.Engine }

func (unready) History(context.Context, engine.Question, engine.Span) (engine.Answer, []engine.Course, error) {
	return engine.Answer{}, []engine.Course{{}}, nil
}

func TestKPIsThatAreNotReadyAreNoSilence(t *testing.T) {
	e := live(t, opened)
	defer e.Close()
	q := Sources{KPIs: NewKPIs(unready{e}, DefaultConfig())}.ForQueries()
	if _, err := dump(q, 0, 60_000, nil, equal(model.MetricNameLabel, "opened")); !errors.Is(err, ErrNotReady) {
		t.Error(err)
	}
	if text, err := dump(q, 0, 60_000, nil, labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, "o.*")); err != nil || text != "" {
		t.Error(text, err)
	}
}

func TestLabelsAreThoseOfEverySource(t *testing.T) {
	e := live(t, opened)
	defer e.Close()
	e.Apply(1, event.Of(ev("case.opened", 1, 10_000, "office=north", "team=a")), 60_000)
	m := &memory{}
	events := NewEvents(m, DefaultConfig())
	m.apply(events, ev("case.closed", 1, 5000, "office=south", "channel=web"), ev("case.opened", 1, 10_000, "office=north"))
	db, err := OpenRecorded(t.TempDir(), 24*time.Hour, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	app := db.AppenderV2(t.Context())
	if _, err := app.Append(0, labels.FromStrings(model.MetricNameLabel, "office:rate", "unit", "x"), 0, 1000, 7, nil, nil, storage.AOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
	querier, err := Sources{Events: events, KPIs: NewKPIs(e, DefaultConfig()), Recorded: db}.ForQueries().Querier(0, 60_000)
	if err != nil {
		t.Fatal(err)
	}
	defer querier.Close()
	check := func(got []string, err error, want string) {
		t.Helper()
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%v %v, want %s", got, err, want)
		}
	}
	names, _, err := querier.LabelValues(t.Context(), model.MetricNameLabel, nil)
	check(names, err, "case.closed case.opened office:rate opened")
	offices, _, err := querier.LabelValues(t.Context(), "office", nil)
	check(offices, err, "north south")
	offices, _, err = querier.LabelValues(t.Context(), "office", &storage.LabelHints{Limit: 1}, equal(model.MetricNameLabel, "case.closed"))
	check(offices, err, "south")
	keys, _, err := querier.LabelNames(t.Context(), nil, labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, "case.*|off.*"))
	check(keys, err, "__name__ channel office unit")
}

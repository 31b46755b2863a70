package prom

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// server is what rules work in.
type server struct {
	testing.TB
	dir    string // of the rule files
	data   string // of what they record
	config promql.Config
	db     *tsdb.DB
	events *promql.Events
	next   uint64
	o      Options
	loader *Loader
	groups []*Group
	kpis   *fakeKPIs
}

func newServer(t testing.TB) *server {
	s := &server{TB: t, dir: t.TempDir(), data: t.TempDir(), config: promql.DefaultConfig(), next: 1, kpis: &fakeKPIs{}}
	s.events = promql.NewEvents(nothing{}, s.config)
	s.o = Options{Logger: slog.New(slog.DiscardHandler), KPI: func(name string) bool { return name == "a.kpi" }}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.Helper()
	var err error
	if s.db, err = promql.OpenRecorded(s.data, 24*time.Hour, s.o.Logger); err != nil {
		s.Fatal(err)
	}
	s.o.Engine, s.o.Recorded = promql.NewEngine(s.config, time.Minute, s.o.Logger), s.db
	s.o.Queryable = promql.Sources{Events: s.events, KPIs: promql.NewKPIs(s.kpis, s.config), Recorded: s.db}.ForRules()
	if s.loader, err = NewLoader(s.o); err != nil {
		s.Fatal(err)
	}
	s.groups = nil
}

func (s *server) stop() {
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			s.Error(err)
		}
		s.db = nil
	}
}

// load puts a rule file in the place of the one before.
func (s *server) load(text string) {
	s.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "r.yml"), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	c := DefaultConfig()
	c.Rules = []string{"*.yml"}
	groups, err := s.loader.Load(c, s.dir, s.groups)
	if err != nil {
		s.Fatal(err)
	}
	s.groups = groups
}

func (s *server) give(events ...event.Event) {
	s.events.Apply(s.next, event.Of(events...))
	s.next += uint64(len(events))
}

// at evaluates all groups, and writes what fires: `Rule{tags} state value`, with
// a question mark where it is provisional.
func (s *server) at(seconds float64) string {
	s.Helper()
	var words []string
	for _, t := range s.found(seconds) {
		var tags []string
		for _, tag := range t.Tags {
			tags = append(tags, tag.Key+"="+tag.Value)
		}
		mark := ""
		if t.Provisional {
			mark = "?"
		}
		words = append(words, fmt.Sprintf("%s{%s} %s%s %v", t.Rule, strings.Join(tags, ","), t.State, mark, t.Value))
	}
	return strings.Join(words, "; ")
}

func (s *server) found(seconds float64) (all []alert.Transition) {
	s.Helper()
	for _, g := range s.groups {
		found, err := g.Evaluate(s.Context(), int64(seconds*1000))
		if err != nil {
			s.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

func (s *server) want(seconds float64, want string) {
	s.Helper()
	if got := s.at(seconds); got != want {
		s.Errorf("at %vs %q, want %q", seconds, got, want)
	}
}

func ev(metric string, v, seconds float64, tags ...string) event.Event {
	e := event.Event{Metric: metric, Value: v, Time: int64(seconds * 1000)}
	for _, t := range tags {
		key, value, _ := strings.Cut(t, "=")
		e.Tags = append(e.Tags, event.Tag{Key: key, Value: value})
	}
	return e
}

// nothing is a store without events: all of them come live.
type nothing struct{}

func (nothing) Position() store.Position                            { return store.Position{} }
func (nothing) Metrics(context.Context) ([]store.MetricInfo, error) { return nil, nil }
func (nothing) Samples(context.Context, store.SampleQuery, func(store.Numbered) error) error {
	return nil
}

// fakeKPIs has one KPI, a.kpi, whose value is value once it is ready.
type fakeKPIs struct {
	ready bool
	value float64
}

func (k *fakeKPIs) List() []engine.Listed {
	return []engine.Listed{{Name: "a.kpi", Definition: &kpi.Definition{Common: kpi.Common{Name: "a.kpi", Window: units.Duration(time.Hour)}}}}
}

func (k *fakeKPIs) Get(name string) (engine.Listed, error) {
	if name != "a.kpi" {
		return engine.Listed{}, engine.ErrUnknown
	}
	return k.List()[0], nil
}

func (k *fakeKPIs) History(_ context.Context, _ engine.Question, span engine.Span) (a engine.Answer, c []engine.Course, err error) {
	a.Ready = k.ready
	c = []engine.Course{{}}
	for t := span.From; t < span.To; t += span.Step.Milliseconds() {
		c[0].Points = append(c[0].Points, engine.Point{T: t, Value: k.value})
	}
	return a, c, nil
}

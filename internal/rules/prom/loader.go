package prom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"

	"github.com/hms-ops/hms-monitor/internal/alert"
	hmspromql "github.com/hms-ops/hms-monitor/internal/promql"
)

// Recorded keeps what rules record.
type Recorded interface {
	storage.AppendableV2
	storage.Queryable
}

// Options are what rules work with.
type Options struct {
	Engine promql.QueryEngine
	// Queryable is what expressions ask; Recorded, which is a part of it, keeps
	// the series that rules make.
	Queryable storage.Queryable
	Recorded  Recorded
	// ExternalURL is for templates, and where the links of alerts lead.
	ExternalURL string
	// KPI tells whether a name is a KPI's; nil: none is.
	KPI func(name string) bool
	// Watermark is the latest event time heard of (ms): what lies behind it is
	// still to come. nil leaves no alert provisional.
	Watermark func() int64
	// Standing lists the alerts that are not ok, as the log has told; nil: none.
	// They stand for a rule that failed at its first evaluation.
	Standing func() []alert.Transition
	// Outage is how long ago an alert may have been active last for its `for` to
	// go on after a restart; 0 for ever.
	Outage time.Duration
	// Testing records the state of alerts at each evaluation, and not once in the
	// interval of their group, and takes files that no server takes together.
	Testing bool
	// Alone: nobody but the rules loaded asks what is recorded, and the states of
	// alerts are not where none of them does.
	Alone  bool
	Logger *slog.Logger
}

// Loader makes groups of rule files.
type Loader struct {
	o       Options
	parser  parser.Parser
	metrics *rules.Metrics
	url     *url.URL
}

// NewLoader makes a loader. The error is of the external URL.
func NewLoader(o Options) (*Loader, error) {
	u, err := url.Parse(o.ExternalURL)
	if err != nil {
		return nil, fmt.Errorf("the external URL cannot be read: %w", err)
	}
	if o.Outage == 0 {
		o.Outage = 100 * 365 * 24 * time.Hour
	}
	return &Loader{o: o, parser: hmspromql.NewParser(), metrics: rules.NewGroupMetrics(nil), url: u}, nil
}

// Load reads the rule files, or gives every fault in them. Groups that were
// there before go on with their state; before may be nil. None of before may
// be under evaluation.
func (l *Loader) Load(c Config, dir string, before []*Group) ([]*Group, error) {
	files, err := c.read(dir)
	if err == nil && !l.o.Testing {
		err = errors.Join(clashes(files)...)
	}
	if err != nil {
		return nil, err
	}
	recorded := map[string]bool{"ALERTS": true, "ALERTS_FOR_STATE": true}
	for _, f := range files {
		for _, g := range f.groups {
			for _, r := range g.Rules {
				recorded[r.Record] = true
			}
		}
	}
	unread := l.o.Alone && !readsStates(files)
	events := func(name string) bool { return !recorded[name] && (l.o.KPI == nil || !l.o.KPI(name)) }
	var all []*Group
	for _, f := range files {
		for _, g := range f.groups {
			made, err := l.group(f.name, g, c, events)
			if err != nil {
				return nil, err
			}
			made.gate.unread = unread
			if i := slices.IndexFunc(before, func(old *Group) bool { return old.Name() == made.Name() }); i >= 0 {
				made.take(before[i])
			}
			all = append(all, made)
		}
	}
	return all, nil
}

func (l *Loader) group(file string, g group, c Config, events func(string) bool) (*Group, error) {
	made := &Group{
		name: rules.GroupKey(file, g.Name), interval: time.Duration(g.Interval), o: &l.o, events: events,
		gate: &gate{AppendableV2: l.o.Recorded, open: true}, ask: rules.EngineQueryFunc(l.o.Engine, l.o.Queryable), url: l.url, merged: map[string]string{},
	}
	if made.interval == 0 {
		made.interval = time.Duration(c.Interval)
	}
	external := labels.FromMap(c.ExternalLabels)
	var inner []rules.Rule
	var exprs []parser.Expr
	for i, r := range g.Rules {
		expr, err := l.parser.ParseExpr(r.Expr)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err) // not reachable: it was parsed before
		}
		exprs = append(exprs, expr)
		given := rules.FromMaps(g.Labels, r.Labels)
		var one rules.Rule = rules.NewRecordingRule(r.Record, expr, given)
		if r.Alert != "" {
			one = rules.NewAlertingRule(r.Alert, expr, time.Duration(r.For), time.Duration(r.KeepFiringFor), given,
				labels.FromMap(r.Annotations), external, l.o.ExternalURL, false, l.o.Logger.With("alert", r.Alert))
		}
		inner = append(inner, one)
		ruled := newRule(one, expr, file, g, i)
		made.rules = append(made.rules, ruled)
		if !l.o.Testing { // the series of tests are in Recorded
			made.merged[ruled.query] = hmspromql.Merged(ruled.query, events)
		}
	}
	made.reads = reads(exprs...)
	made.inner = rules.NewGroup(rules.GroupOptions{
		Name: g.Name, File: file, Interval: made.interval, Limit: g.Limit, Rules: inner, ShouldRestore: true,
		QueryOffset: (*time.Duration)(g.QueryOffset),
		Opts: &rules.ManagerOptions{
			QueryFunc: made.query, NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
			Context: context.Background(), AppendableV2: made.gate, Queryable: l.o.Recorded, ExternalURL: l.url,
			OutageTolerance: l.o.Outage, Logger: l.o.Logger, Metrics: l.metrics, Parser: l.parser,
		},
	})
	return made, nil
}

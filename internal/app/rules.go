package app

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/eventlog"
	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/promql/promapi"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/rules/own"
	"github.com/hms-ops/hms-monitor/internal/rules/prom"
)

// ruleSet is what evaluates rules that are more than a threshold.
type ruleSet struct {
	runner   *rules.Runner
	recorded *tsdb.DB
	events   *promql.Events
	loader   *prom.Loader
	queries  http.Handler // as Prometheus answers them
	prom     []*prom.Group
}

// openRules makes what rules need, and the groups of the configuration. They
// are evaluated once Runner.Run is called.
func (a *App) openRules() (err error) {
	c, log := a.options.Config, a.options.Logger.With("part", "rules")
	r := &a.ruleSet
	r.recorded, err = promql.OpenRecorded(filepath.Join(c.DataDir, "rules"), time.Duration(c.Alerting.PromQL.Retention), log)
	if err != nil {
		return err
	}
	a.later(r.recorded.Close)
	r.events = promql.NewEvents(a.store, c.Alerting.PromQL)
	sources := promql.Sources{Events: r.events, KPIs: promql.NewKPIs(a.kpis, c.Alerting.PromQL), Recorded: r.recorded}
	engine := promql.NewEngine(c.Alerting.PromQL, time.Duration(c.Alerting.Interval), log)
	a.later(engine.Close)
	r.queries = promapi.New(promapi.Options{
		Engine: engine, Queryable: sources.ForQueries(), Parser: promql.NewParser(),
		Applied: a.pipeline.CaughtUp, Now: a.options.Now, Version: a.options.Version,
	})
	r.loader, err = prom.NewLoader(prom.Options{
		Engine: engine, Queryable: sources.ForRules(), Recorded: r.recorded,
		ExternalURL: a.externalURL(c), KPI: a.isKPI, Watermark: a.kpis.Watermark, Standing: a.judge.Standing, Logger: log,
	})
	if err != nil {
		return err
	}
	r.runner = rules.NewRunner(rules.Options{
		Report: a.report, Standing: a.judge.Standing, Metrics: a.kpis.Reads, Now: a.options.Now, Logger: log,
	})
	groups, err := a.groups(c)
	if err != nil {
		return err
	}
	r.runner.Set(groups)
	return nil
}

// report has the log told what changed, with an account of it.
func (a *App) report(ctx context.Context, ids []alert.RuleID, found []alert.Transition, at int64) error {
	changes := a.judge.Differences(ids, found, at)
	rules.Account(ctx, a.kpis, changes)
	return a.pipeline.Tell(ctx, changes)
}

// witness adds what they rest on to values of KPIs that thresholds are to judge.
func (a *App) witness(ctx context.Context, values *event.Block) *event.Block {
	return rules.Witness(ctx, a.kpis, values)
}

// groups reads the rules of a configuration. The groups in place are not under
// evaluation meanwhile.
func (a *App) groups(c config.Config) (all []rules.Group, err error) {
	env, err := c.KPIEnv()
	if err != nil {
		return nil, err
	}
	a.ruleSet.prom, err = a.ruleSet.loader.Load(c.Alerting.RuleFiles(), c.Dir(), a.ruleSet.prom)
	if err != nil {
		return nil, err
	}
	all = append(all, own.NewDisk(func() (own.Space, error) {
		s, err := eventlog.SpaceOf(c.DataDir)
		return own.Space{Free: s.Free, Least: s.MinFree(int64(c.Log.MinFree))}, err
	}))
	for _, g := range a.ruleSet.prom {
		all = append(all, g)
	}
	return append(all, detect.New(c.Alerting.Detectors, a.kpis, env.Calendars)...), nil
}

// took shows rules a block of events that was applied.
func (a *App) took(first uint64, b *event.Block) {
	a.ruleSet.events.Apply(first, b)
	a.ruleSet.runner.Changed(b.Metric.Words[1:])
}

// runRules evaluates rules until ctx ends, once the log is applied.
func (a *App) runRules(ctx context.Context) error {
	if err := a.pipeline.CaughtUp(ctx); err != nil {
		return ignoreEnd(ctx, err)
	}
	a.ruleSet.runner.Run(ctx)
	return nil
}

func (a *App) isKPI(name string) bool {
	_, err := a.kpis.Get(name)
	return err == nil
}

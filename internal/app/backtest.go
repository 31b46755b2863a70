package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/backtest"
	"github.com/hms-ops/hms-monitor/internal/rules/prom"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// backtests runs rules over what is stored, with who would be told by the routing
// in force.
type backtests struct{ app *App }

func (b backtests) Run(ctx context.Context, q backtest.Request) (backtest.Answer, []strict.Fault, error) {
	t, err := b.tester()
	if err != nil {
		return backtest.Answer{}, nil, err
	}
	return t.Run(ctx, q)
}

func (b backtests) Explain(ctx context.Context, t alert.Transition, before *alert.Transition) (backtest.Explanation, error) {
	tester, err := b.tester()
	if err != nil {
		return backtest.Explanation{}, err
	}
	return tester.Explain(ctx, t, before)
}

func (b backtests) tester() (*backtest.Backtester, error) {
	a := b.app
	routing, err := a.routing(a.config())
	if err != nil {
		return nil, err
	}
	return backtest.New(backtest.Options{
		Events: a.store, KPIs: a.kpis, Thresholds: a.judge.Rules, Groups: a.ruleSet.runner.Status,
		Prometheus: a.pastRules, Receivers: routing.Receivers,
	}), nil
}

// pastRules makes groups of a rule file that know nothing of those in force:
// what they record goes into a database of their own.
func (a *App) pastRules(file string, text []byte) (all []rules.Group, end func(), faults []strict.Fault) {
	var closing []func() error
	end = func() {
		for _, c := range closing {
			if err := c(); err != nil {
				a.options.Logger.Warn("what a backtest recorded was not removed", "error", err)
			}
		}
	}
	failed := func(err error) ([]rules.Group, func(), []strict.Fault) {
		end()
		return nil, nil, faultsOf(file, err)
	}
	dir, err := os.MkdirTemp("", "hms-monitor-backtest-")
	if err != nil {
		return failed(err)
	}
	closing = append(closing, func() error { return os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
		return failed(err)
	}
	c, log := a.config(), a.options.Logger.With("part", "backtest")
	recorded, err := promql.OpenRecorded(filepath.Join(dir, "recorded"), farBack, log)
	if err != nil {
		return failed(err)
	}
	closing = append([]func() error{recorded.Close}, closing...)
	sources := promql.Sources{Events: promql.NewEvents(a.store, c.Alerting.PromQL), KPIs: promql.NewKPIs(a.kpis, c.Alerting.PromQL), Recorded: recorded}
	loader, err := prom.NewLoader(prom.Options{
		Engine: promql.NewEngine(c.Alerting.PromQL, time.Duration(c.Alerting.Interval), log), Queryable: sources.ForPast(), Recorded: recorded,
		ExternalURL: a.externalURL(c), KPI: a.isKPI, Alone: true, Logger: log,
	})
	if err != nil {
		return failed(err)
	}
	from := c.Alerting.RuleFiles()
	from.Rules = []string{file}
	groups, err := loader.Load(from, dir, nil)
	if err != nil {
		return failed(err)
	}
	for _, g := range groups {
		all = append(all, g)
	}
	return all, end, nil
}

// farBack is how long a backtest keeps what rules recorded.
const farBack = 100 * 365 * 24 * time.Hour

var placed = regexp.MustCompile(`^[^:]*:(\d+):(?:(\d+):)? *(.*)$`)

// faultsOf gives faults of a rule file their places.
func faultsOf(file string, err error) (all []strict.Fault) {
	errs := []error{err}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		errs = joined.Unwrap()
	}
	for _, e := range errs {
		f := strict.Fault{File: file, Detail: fmt.Sprint(e)}
		if m := placed.FindStringSubmatch(f.Detail); m != nil {
			f.Line, _ = strconv.Atoi(m[1])
			f.Column, _ = strconv.Atoi(m[2])
			f.Detail = m[3]
		}
		all = append(all, f)
	}
	return all
}

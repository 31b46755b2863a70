package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/stream"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// openKPIs brings the KPIs as far as the store is. The pipeline is made after
// it, and what waits for it waits for started.
func (a *App) openKPIs(ctx context.Context, started <-chan struct{}) error {
	env, err := a.options.Config.KPIEnv()
	if err != nil {
		return err
	}
	a.kpis = engine.New(engine.Options{
		History: a.store, Env: *env, Logger: a.options.Logger.With("part", "kpi"),
		Stored: func(ctx context.Context) error {
			select {
			case <-started:
				return a.pipeline.Stored(ctx)
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Watched: func(name string) bool { return a.judge.Watched(name) },
		Changed: func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := a.saveKPIs(ctx); err != nil {
				a.options.Logger.Warn("the KPIs' checkpoint was not stored yet; it will be with the next commit", "error", err)
			}
		},
	})
	a.later(a.kpis.Close)
	if err := a.kpis.Restore(a.store.State, parseStored(*env)); err != nil {
		return err
	}
	metrics, err := a.store.Metrics(ctx)
	if err != nil {
		return err
	}
	for _, m := range metrics {
		a.kpis.Known(m.Metric, m.Last, event.Millis(a.options.Now()))
	}
	if err := a.kpis.CatchUp(ctx); err != nil {
		return fmt.Errorf("bringing the KPIs up to date: %w", err)
	}
	if err := a.configureKPIs(a.options.Config); err != nil {
		return err
	}
	names, err := a.store.States()
	if err != nil {
		return fmt.Errorf("listing what the store keeps of the KPIs: %w", err)
	}
	a.kpis.Sweep(names)
	return nil
}

// parseStored reads definitions that were valid once: what their events and the
// KPIs they refer to are called may have changed since.
func parseStored(env kpi.Env) func(source []byte) (*kpi.Definition, error) {
	env.KnownMetric, env.KPIs = nil, nil
	return func(source []byte) (*kpi.Definition, error) {
		d, document := define.Parse("stored", source, &env)
		return d, document.Err()
	}
}

func (a *App) configureKPIs(c config.Config) error {
	var defaults []*kpi.Definition
	if c.DefaultKPIs {
		all, err := define.Defaults()
		if err != nil {
			return err
		}
		defaults = all
	}
	env, err := c.KPIEnv()
	if err != nil {
		return err
	}
	a.kpis.Configure(*env, c.KPIs.List(), defaults, event.Millis(a.options.Now()))
	return nil
}

// rules are the thresholds of the configuration and those of the KPIs.
func (a *App) rules(c config.Config) []alert.Rule {
	return slices.Concat(c.Thresholds.Rules(), a.kpis.Rules())
}

// kpis are the KPIs as the pipeline wants them.
type kpis struct {
	*engine.Engine
	hub *stream.Hub
}

// Live looks at no KPI while nobody follows the stream: who comes to it is told
// every value that stands.
func (k kpis) Live(now int64) []stream.Update {
	if k.hub.Subscribers() == 0 {
		k.Unheard()
		return nil
	}
	return updates(k.Engine.Live(now))
}

func updates(changed []engine.Update) []stream.Update {
	all := make([]stream.Update, 0, len(changed))
	for _, u := range changed {
		data, err := json.Marshal(u.Answer)
		if err != nil {
			continue // not reachable: what is not a number is null
		}
		all = append(all, stream.Update{KPI: u.Answer.Definition.Name, Tags: u.Answer.Series[0].Tags, Data: data})
	}
	return all
}

// putKPI defines a KPI, and returns once the definition is on disk.
func (a *App) putKPI(ctx context.Context, d *kpi.Definition, c engine.Change) (engine.Record, error) {
	r, err := a.kpis.Put(d, c, event.Millis(a.options.Now()))
	if err != nil {
		return r, err
	}
	return r, a.saveKPIs(ctx)
}

// deleteKPI takes back what was put.
func (a *App) deleteKPI(ctx context.Context, name string, c engine.Change) error {
	if err := a.kpis.Delete(name, c, event.Millis(a.options.Now())); err != nil {
		return err
	}
	return a.saveKPIs(ctx)
}

func (a *App) saveKPIs(ctx context.Context) error {
	a.judge.Reload(a.rules(a.config()))
	a.ruleSet.runner.Resolve()
	a.pipeline.Save()
	return a.pipeline.Stored(ctx)
}

// parseKPI reads a definition against what is defined and known now.
func (a *App) parseKPI(file string, text []byte) (*kpi.Definition, *strict.Document) {
	return define.Parse(file, text, a.kpis.Env())
}

package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/notify"
	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
)

// openNotify makes what tells people about alerts. Nothing is sent before
// startNotify.
func (a *App) openNotify(ctx context.Context, t *telemetry) error {
	c := a.options.Config
	log := a.options.Logger.With("part", "notify")
	notifications, err1 := a.log.Bucket(ctx, "notifications")
	silences, err2 := a.log.Bucket(ctx, "silences")
	deliveries, err3 := a.log.Bucket(ctx, "deliveries")
	if err := errors.Join(err1, err2, err3, a.openStanding(ctx)); err != nil {
		return err
	}
	var err error
	a.outbox, err = outbox.New(ctx, outbox.Options{Bucket: deliveries, Config: c.Alerting.Outbox(), Logger: log, Now: a.options.Now})
	if err != nil {
		return err
	}
	routing, err := a.routing(c)
	if err != nil {
		return err
	}
	a.notify, err = notify.New(ctx, notify.Options{
		Routing: routing, Notifications: notifications, Silences: silences,
		Wrap: a.outbox.Wrap, Together: a.outbox.Together, Told: told(a.outbox), Words: a.words, External: a.pipeline.Tell, Registry: t.registry, Log: log,
	})
	return err
}

// words are the title and unit of a KPI.
func (a *App) words(metric string) (w notify.Words) {
	if is, known := a.kpis.Words(metric); known {
		w.Title, w.Value = is.Title, is.Value
	}
	return w
}

// told gives the notifier what the outbox has been given to send.
func told(o *outbox.Outbox) iter.Seq[notify.Told] {
	return func(yield func(notify.Told) bool) {
		for _, m := range o.Latest() {
			t := notify.Told{
				Receiver: m.Receiver, Integration: m.Integration, Index: m.Index, GroupKey: m.GroupKey,
				At: m.Stored, Repeat: m.Repeat, Store: m.Noted(),
			}
			for _, a := range m.Alerts {
				t.Alerts = append(t.Alerts, a.Original())
			}
			if !yield(t) {
				return
			}
		}
	}
}

// routing reads who is told, with the integrations that the Alertmanager lacks.
func (a *App) routing(c config.Config) (*notify.Routing, error) {
	source, err := c.Routing()
	if err != nil {
		return nil, err
	}
	if source.ExternalURL == nil {
		source.ExternalURL = &url.URL{Scheme: "http", Host: a.Addr()}
	}
	source.Log = a.options.Logger.With("part", "notify")
	source.Email, source.Webhook, source.Functions = outbox.NewEmail, outbox.NewWebhook, outbox.TemplateFunctions
	source.Extra = a.integrations(c, source.ExternalURL)
	routing, faults := notify.Load(source)
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("alerting: %w", err)
	}
	return routing, nil
}

// runNotify tells about alerts until ctx ends: first about those that stand and
// were not told of.
func (a *App) runNotify(ctx context.Context) error {
	if err := a.pipeline.CaughtUp(ctx); err != nil {
		return ignoreEnd(ctx, err)
	}
	if err := a.notify.Start(ctx, a.standing.take()); err != nil {
		return ignoreEnd(ctx, err)
	}
	var reporting sync.WaitGroup
	reporting.Go(func() { a.reports.Run(ctx) })
	err := a.outbox.Run(ctx)
	reporting.Wait()
	stopping, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(ignoreEnd(ctx, err), a.notify.Stop(stopping))
}

// ignoreEnd drops what an orderly end leads to.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// tell hands a transition to the notifier.
func (a *App) tell(t alert.Transition) {
	a.outbox.Observe(notify.Labels(t), string(t.State), time.UnixMilli(t.At))
	if !a.standing.keep(t) {
		a.notify.Take(t)
	}
}

// reloadNotify puts another routing in force.
func (a *App) reloadNotify(c config.Config, routing *notify.Routing) {
	a.outbox.Reload(c.Alerting.Outbox())
	a.notify.Reload(routing)
	a.outbox.Use()
}

// runAlerting evaluates rules and tells about alerts until ctx ends.
func (a *App) runAlerting(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rules := make(chan error, 1)
	go func() {
		rules <- a.runRules(ctx)
		cancel() // one does not go on without the other
	}()
	err := a.runNotify(ctx)
	cancel()
	return errors.Join(err, <-rules)
}

// externalURL is what links to this server start with.
func (a *App) externalURL(c config.Config) string {
	if c.Alerting.ExternalURL != "" {
		return c.Alerting.ExternalURL
	}
	return a.URL()
}

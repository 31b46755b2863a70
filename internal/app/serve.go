package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/httpapi"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

func (a *App) routes(t *telemetry) (err error) {
	c := a.options.Config
	a.auth, err = auth.New(c.Auth, auth.Options{
		Listen: c.Listen, Insecure: a.options.Insecure, KeyFile: filepath.Join(c.DataDir, "session.key"),
		Refuse: httpapi.Refuse, Logger: a.options.Logger, Now: a.options.Now,
	})
	if err != nil {
		return err
	}
	streams, end := context.WithCancel(context.Background())
	a.stream = httpapi.NewStreamHandler(httpapi.StreamOptions{
		Hub: a.hub, History: history{a.store, a.pipeline}, Heartbeat: time.Duration(c.Stream.Heartbeat),
		CurrentKPIs: func() []stream.Update { return updates(a.kpis.Current(event.Millis(a.options.Now()))) },
		Done:        streams.Done(), Logger: a.options.Logger,
	})
	handler := httpapi.New(httpapi.Options{
		Take: a.ingester.Take, Limits: c.Ingest, Reader: a.store, SQL: a.store, Sync: a.pipeline.Sync, Boards: a.boards, PutBoard: a.putBoard, DeleteBoard: a.deleteBoard,
		Applied: a.pipeline.CaughtUp, KPIs: a.kpis, Cases: a.kpis, ParseKPI: a.parseKPI, PutKPI: a.putKPI, DeleteKPI: a.deleteKPI,
		RuleGroups: a.ruleSet.runner.Status, Deliveries: deliveries{a.outbox, a.store}, SentReports: httpapi.SentReports{List: a.reports.Status, Send: a.testReport}, Agency: a.agency, PreviewSilence: a.previewSilence,
		Prometheus: a.ruleSet.queries, Alertmanager: a.notify.Handler(), Receipts: a.receipts(),
		Backtest: backtests{a}, Rules: a.judge.Rules, States: a.judge.States, Health: a.health, Auth: a.auth,
		Stream: http.HandlerFunc(a.serveStream), UI: a.options.UI, Metrics: t.handler(), Refused: t.countRefused,
		Version: a.options.Version, Now: a.options.Now, Logger: a.options.Logger,
	})
	a.server = &http.Server{
		Handler: handler, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.options.Logger.Handler(), slog.LevelDebug),
	}
	a.server.RegisterOnShutdown(end)
	return nil
}

// serveStream begins a live stream. After a crash the hub has to come as far as
// readers had seen before: until then an id of theirs would seem to lie ahead.
func (a *App) serveStream(w http.ResponseWriter, r *http.Request) {
	if err := a.pipeline.CaughtUp(r.Context()); err != nil {
		return // the reader has gone
	}
	a.stream.ServeHTTP(w, r)
}

// shutdownTimeout is how long requests under way may take at the end.
const shutdownTimeout = 10 * time.Second

// Run serves until ctx ends, then stops in an order that loses nothing: no new
// requests, the rest of the log applied, the last commit, the files closed.
func (a *App) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, a.close()) }()
	applying, stopApplying := context.WithCancel(context.Background())
	defer stopApplying()
	applied := make(chan error, 1)
	go func() { applied <- a.pipeline.Run(applying) }()
	alerting, stopAlerting := context.WithCancel(context.Background())
	defer stopAlerting()
	told := make(chan error, 1)
	go func() { told <- a.runAlerting(alerting) }()
	served := make(chan error, 1)
	go func() { served <- a.server.Serve(a.listener) }()

	var failure error
	running := true
	select {
	case <-ctx.Done():
	case failure = <-applied:
		running = false
	case failure = <-served:
	case failure = <-told:
		told <- nil
	}
	stopping, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := a.server.Shutdown(stopping); err != nil {
		failure = errors.Join(failure, fmt.Errorf("requests were cut off: %w", err), a.server.Close())
	}
	a.stream.Wait()
	a.ingester.Stop()
	stopAlerting()
	failure = errors.Join(failure, <-told)
	if running {
		if err := a.pipeline.CaughtUp(stopping); err != nil {
			a.options.Logger.Warn("the event log was not applied to its end; the next start goes on there", "error", err)
		}
		stopApplying()
		failure = errors.Join(failure, <-applied)
	}
	if errors.Is(failure, http.ErrServerClosed) {
		failure = nil
	}
	return failure
}

// Reload puts a changed configuration into force: thresholds, KPIs, rules,
// notifications and tokens. It names the changes that need a restart. When it
// fails everything stays as it was.
func (a *App) Reload(c config.Config) (needRestart []string, err error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	routing, err := a.routing(c)
	if err != nil {
		return nil, err
	}
	plans, err := c.ReportPlans()
	if err != nil {
		return nil, err
	}
	if err := a.auth.Reload(c.Auth); err != nil {
		return nil, err
	}
	if err := a.configureKPIs(c); err != nil {
		return nil, err
	}
	a.judge.Reload(a.rules(c))
	if err := a.ruleSet.runner.Replace(func() ([]rules.Group, error) { return a.groups(c) }); err != nil {
		return nil, err
	}
	a.boards.Use(c.BoardFiles())
	a.reloadNotify(c, routing)
	a.reports.Replace(plans)
	old := a.config()
	for name, changed := range map[string]bool{
		"listen": old.Listen != c.Listen, "data_dir": old.DataDir != c.DataDir, "log": old.Log != c.Log,
		"store": old.Store != c.Store, "ingest": old.Ingest != c.Ingest, "stream": old.Stream != c.Stream,
		"alerting.promql": old.Alerting.PromQL != c.Alerting.PromQL,
	} {
		if changed {
			needRestart = append(needRestart, name)
		}
	}
	a.reloaded(c)
	return needRestart, nil
}

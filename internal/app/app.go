// Package app puts the parts together: it opens the event log and the store,
// starts the pipeline between them, and serves HTTP. It is the only package that
// knows the adapters. Several apps may run in one process.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/boards"
	"github.com/hms-ops/hms-monitor/internal/config"
	"github.com/hms-ops/hms-monitor/internal/eventlog"
	"github.com/hms-ops/hms-monitor/internal/httpapi"
	"github.com/hms-ops/hms-monitor/internal/ingest"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/notify"
	"github.com/hms-ops/hms-monitor/internal/notify/outbox"
	"github.com/hms-ops/hms-monitor/internal/pipeline"
	"github.com/hms-ops/hms-monitor/internal/reports/schedule"
	"github.com/hms-ops/hms-monitor/internal/store/duckdb"
	"github.com/hms-ops/hms-monitor/internal/stream"
)

// Options are what an App is made from.
type Options struct {
	Config config.Config
	// Insecure serves other machines without tokens.
	Insecure bool
	Version  string
	Logger   *slog.Logger
	Now      func() time.Time
	// UI serves the dashboard.
	UI http.Handler
}

// App is a running server.
type App struct {
	options Options
	// changed guards the configuration in options, of which Reload changes parts.
	changed  sync.Mutex
	log      *eventlog.Log
	store    *duckdb.Store
	judge    *alert.Engine
	kpis     *engine.Engine
	hub      *stream.Hub
	pipeline *pipeline.Pipeline
	ingester *ingest.Ingester
	outbox   *outbox.Outbox
	notify   *notify.Service
	reports  *schedule.Runner
	standing standing
	ruleSet  ruleSet
	auth     *auth.Auth
	server   *http.Server
	listener net.Listener
	stream   *httpapi.StreamHandler
	boards   *boards.Catalog
	// opened holds what must be closed again, the last one first.
	opened []func() error
}

// Open starts everything but does not serve yet; Run does, and ends it. When
// Open fails, what it had opened is closed again.
func Open(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{options: o}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	c := a.options.Config
	if err := c.Validate().Err(); err != nil {
		return err
	}
	if err := auth.CheckListen(c.Listen, c.Auth, a.options.Insecure); err != nil {
		return err
	}
	if err := a.listen(ctx); err != nil {
		return err
	}
	if err := a.openData(ctx); err != nil {
		return err
	}
	return a.startPipeline(ctx)
}

// Addr is the address that the app serves.
func (a *App) Addr() string { return a.listener.Addr().String() }

func (a *App) config() config.Config {
	a.changed.Lock()
	defer a.changed.Unlock()
	return a.options.Config
}

// reloaded notes the parts of a configuration that Reload puts into force.
func (a *App) reloaded(c config.Config) {
	a.changed.Lock()
	defer a.changed.Unlock()
	in := &a.options.Config
	in.KPIs, in.DefaultKPIs, in.Auth, in.Thresholds = c.KPIs, c.DefaultKPIs, c.Auth, c.Thresholds
	in.TimeZone, in.Language, in.Reports = c.TimeZone, c.Language, c.Reports
	promQL := in.Alerting.PromQL
	in.Alerting = c.Alerting
	in.Alerting.PromQL = promQL
}

// URL is where a browser on this machine finds the dashboard.
func (a *App) URL() string { return "http://" + a.Addr() }

func (a *App) later(closing func() error) { a.opened = append(a.opened, closing) }

func (a *App) close() error {
	var errs []error
	for _, closing := range slices.Backward(a.opened) {
		errs = append(errs, closing())
	}
	a.opened = nil
	return errors.Join(errs...)
}

func (a *App) listen(ctx context.Context) (err error) {
	a.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", a.options.Config.Listen)
	if err != nil {
		return fmt.Errorf("%w (another address can be given by --listen)", err)
	}
	a.later(func() error {
		if err := a.listener.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

func (a *App) openData(ctx context.Context) (err error) {
	c := a.options.Config
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("the data directory cannot be made: %w", err)
	}
	where := eventlog.Options{
		URL: c.Log.URL, Stream: c.Log.Stream, Keep: time.Duration(c.Log.Keep), MinFree: int64(c.Log.MinFree),
		Logger: a.options.Logger.With("part", "log"), Now: a.options.Now,
	}
	if c.Log.URL == "" {
		where.Dir = filepath.Join(c.DataDir, "log")
	}
	if a.log, err = eventlog.Open(ctx, where); err != nil {
		return err
	}
	a.later(a.log.Close)
	a.store, err = duckdb.Open(ctx, duckdb.Options{
		Dir: c.DataDir, TagColumns: c.Ingest.MaxTagKeys, MemoryLimit: int64(c.Store.MemoryLimit),
		Logger: a.options.Logger.With("part", "store"),
	})
	if err != nil {
		return err
	}
	a.later(a.store.Close)
	return nil
}

func (a *App) startPipeline(ctx context.Context) error {
	c := a.options.Config
	last, err := a.log.Last(ctx)
	if err != nil {
		return err
	}
	if stored := a.store.Position().LogSeq; last < stored {
		return fmt.Errorf("the store has applied the event log up to message %d, but the log ends at %d: the two do not belong together; "+
			"put back the log that belongs to %s, or name another log.stream or data_dir", stored, last, c.DataDir)
	}
	position, err := a.lastPosition(ctx)
	if err != nil {
		return err
	}
	t := newTelemetry(a.options.Version)
	started := make(chan struct{})
	if err := a.openKPIs(ctx, started); err != nil {
		return err
	}
	if err := a.openBoards(); err != nil {
		return err
	}
	a.judge = alert.New(a.rules(c), a.options.Logger)
	a.hub = stream.NewHub(position, stream.Options{RingBytes: int(c.Stream.Buffer)})
	a.pipeline, err = pipeline.New(ctx, pipeline.Options{
		Read: reader(a.log), Append: a.append, Store: a.store, Judge: a.judge, KPIs: keeping{kpis{a.kpis, a.hub}, a.boards}, Publish: a.hub.Publish, Took: a.took, Witness: a.witness, Alerted: a.alerted,
		Applied: a.log.Purge, Acked: func() uint64 { return a.ingester.Acked() },
		Retention: time.Duration(c.Store.Retention), DedupeWindow: time.Duration(c.Ingest.DedupeWindow), DedupeIDs: c.Ingest.DedupeIDs,
		Now: a.options.Now, Logger: a.options.Logger,
	})
	if err != nil {
		return err
	}
	a.ingester = ingest.New(ingest.Options{
		Config: c.Ingest, Log: appender{a.log, t.append}, Acked: last,
		Retention: time.Duration(c.Store.Retention), TagKeys: a.store.TagKeys(),
		Now: a.options.Now, Congested: a.pipeline.Congested,
	})
	a.later(func() error { a.ingester.Stop(); return nil })
	if err := a.openNotify(ctx, t); err != nil {
		return err
	}
	if err := a.openReports(ctx); err != nil {
		return err
	}
	if err := a.openRules(); err != nil {
		return err
	}
	close(started)
	a.observe(t)
	return a.routes(t)
}

// lastPosition is how far the live stream had come.
func (a *App) lastPosition(ctx context.Context) (alert.Position, error) {
	p := alert.Position{Seq: a.store.Position().Seq}
	newest, err := a.store.Alerts(ctx, math.MinInt64, math.MaxInt64, nil, 1)
	if err == nil && len(newest) > 0 && p.Before(newest[0].Position) {
		p = newest[0].Position
	}
	return p, err
}

// append puts what the pipeline found into the log.
func (a *App) append(ctx context.Context, data []byte) error {
	_, err := a.log.AppendOwn(ctx, data)
	return err
}

// alerted writes a transition to the server's log and has people told.
func (a *App) alerted(t alert.Transition) {
	level := slog.LevelWarn
	if t.State == alert.OK {
		level = slog.LevelInfo
	}
	tags := make([]any, 0, len(t.Tags))
	for _, tag := range t.Tags {
		tags = append(tags, slog.String(tag.Key, tag.Value))
	}
	a.options.Logger.Log(context.Background(), level, "alert", "id", t.Position.String(), "rule", t.Rule, "metric", t.Metric,
		slog.Group("tags", tags...), "state", string(t.State), "previous", string(t.Previous), "value", t.Value, "condition", t.Condition)
	a.tell(t)
}

// health is what /readyz shows.
func (a *App) health(ctx context.Context) []httpapi.Check {
	s := a.pipeline.Status()
	var behind error
	if late, _ := a.pipeline.Congested(); late {
		behind = fmt.Errorf("acknowledged events wait %v to be applied", s.Lag.Round(time.Second))
	}
	return []httpapi.Check{
		httpapi.Checked("log", a.log.Health(ctx)),
		httpapi.Checked("store", s.Fault),
		httpapi.Checked("pipeline", behind),
	}
}

// Package httpapi is the HTTP surface: routes, who may use them, faults as
// problem+json, and the OpenAPI description generated from the handlers. It
// turns requests into calls of the packages behind it and holds no logic of its
// own; the app wires it.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/boards"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/ingest"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// Reader is what the API reads events from.
type Reader interface {
	Events(ctx context.Context, q store.EventQuery) (events []event.Event, more bool, err error)
	Metrics(ctx context.Context) ([]store.MetricInfo, error)
	Rates(ctx context.Context, f store.Filter, from, to, step int64) (counts []store.Series, seq uint64, err error)
	FindAlerts(ctx context.Context, q store.AlertQuery) ([]alert.Transition, error)
	LatestAlerts(ctx context.Context, since int64) ([]alert.Transition, error)
}

// Options are what the API stands on.
type Options struct {
	Take   func(ctx context.Context, body []byte, format ingest.Format, key string) error
	Limits ingest.Config
	Reader Reader
	// Sync returns once everything acknowledged can be read.
	Sync func(ctx context.Context) error
	// Applied returns once everything acknowledged is in the KPIs: sooner than Sync.
	Applied func(ctx context.Context) error
	KPIs    KPIs
	Cases   Cases
	// ParseKPI reads a definition against what is defined and known; file stands
	// in its faults. PutKPI and DeleteKPI return once the change is on disk.
	ParseKPI  func(file string, text []byte) (*kpi.Definition, *strict.Document)
	PutKPI    func(ctx context.Context, d *kpi.Definition, c engine.Change) (engine.Record, error)
	DeleteKPI func(ctx context.Context, name string, c engine.Change) error

	SQL SQL
	// Boards are the dashboards; PutBoard and DeleteBoard return once the change
	// is on disk.
	Boards      Boards
	PutBoard    func(ctx context.Context, b *boards.Board, c boards.Change) (boards.Stored, error)
	DeleteBoard func(ctx context.Context, name string, c boards.Change) error

	Rules  func() []alert.Rule
	States func() []alert.Series
	// Backtest runs rules over the past, and judges alerts once more.
	Backtest Backtest
	// RuleGroups are the rules that are more than a threshold.
	RuleGroups func() []rules.GroupStatus
	Deliveries Deliveries
	// PreviewSilence tells what a silence with these matchers would hide.
	PreviewSilence func(ctx context.Context, matchers []string, from, to int64) (SilencePreview, error)
	// Prometheus answers queries at /api/v1, Alertmanager /api/v2, and Receipts
	// takes what providers report of messages.
	Prometheus, Alertmanager, Receipts http.Handler
	SentReports                        SentReports
	// Agency is whose server it is.
	Agency func() Agency
	// Health lists what the server depends on, and what is wrong with it.
	Health func(ctx context.Context) []Check
	Auth   *auth.Auth
	// Stream, UI and Metrics serve the live stream, the dashboard, and the
	// server's own metrics.
	Stream, UI, Metrics http.Handler
	// Refused counts the requests that were not stored, by status.
	Refused func(status int)
	Version string
	// Now is time.Now where it is nil.
	Now    func() time.Time
	Logger *slog.Logger
}

// New is the handler of the whole server.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, h := range []*http.Handler{&o.Prometheus, &o.Alertmanager, &o.Receipts} {
		if *h == nil { // alerting is not there in every test
			*h = http.HandlerFunc(notFound)
		}
	}
	a := &api{Options: o, budget: budget{most: int64(o.Limits.MaxInFlight)}}
	described, _ := a.described()

	read := func(h http.Handler) http.Handler { return o.Auth.Require(auth.RoleRead, h) }
	root := http.NewServeMux()
	root.Handle("POST /metrics", o.Auth.Require(auth.RoleIngest, http.HandlerFunc(a.ingest)))
	root.Handle("GET /metrics", read(o.Metrics))
	root.Handle("GET /metrics/stream", read(o.Stream))
	root.Handle("/api/", read(described))
	operate := o.Auth.Require(auth.RoleOperate, described)
	root.Handle("PUT /api/kpis/{name}", operate)
	root.Handle("DELETE /api/kpis/{name}", operate)
	root.Handle("PUT /api/boards/{name}", operate)
	root.Handle("DELETE /api/boards/{name}", operate)
	for _, change := range []string{"POST /api/alerts/{id}/acknowledge", "POST /api/deliveries/{id}/retry", "POST /api/reports/{name}/send"} {
		root.Handle(change, operate)
	}
	root.Handle("/api/v1/", read(o.Prometheus))
	root.Handle("/api/v2/", o.Auth.Require(auth.RoleOperate, o.Alertmanager))
	root.Handle("GET /api/v2/", read(o.Alertmanager))
	root.Handle("POST /api/v2/alerts", o.Auth.Require(auth.RoleIngest, o.Alertmanager))
	root.Handle("POST /api/receipts/", o.Receipts) // signed by the provider
	root.Handle("/api/session", o.Auth.SessionHandler())
	root.Handle("GET /openapi.json", described)
	root.Handle("GET /openapi.yaml", described)
	root.HandleFunc("GET /healthz", a.alive)
	root.HandleFunc("GET /readyz", a.ready)
	root.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			notFound(w, r)
			return
		}
		o.UI.ServeHTTP(w, r)
	})
	return auth.SecurityHeaders(recovering(o.Logger, root))
}

// described serves what OpenAPI describes.
func (a *api) described() (*http.ServeMux, huma.API) {
	mux := http.NewServeMux()
	spec := humago.New(mux, describe(a.Version))
	a.describeRaw(spec)
	a.registerEvents(spec)
	a.registerMetrics(spec)
	a.registerSQL(spec)
	a.registerBoards(spec)
	a.registerKPIs(spec)
	a.registerCases(spec)
	a.registerAlerts(spec)
	a.registerBacktest(spec)
	a.registerAlertExplain(spec)
	a.registerRules(spec)
	a.registerDeliveries(spec)
	a.registerSilences(spec)
	a.registerReports(spec)
	a.registerSentReports(spec)
	a.registerSettings(spec)
	tidy(spec.OpenAPI())
	mux.HandleFunc("/api/", notFound)
	return mux, spec
}

type api struct {
	Options
	budget budget
	bodies sync.Pool // of *inBody
	// backtesting holds a token while a rule is run over the past.
	backtesting chan struct{}
}

// Refuse answers what auth does not let through.
func Refuse(w http.ResponseWriter, _ *http.Request, r *auth.Refusal) {
	writeProblem(w, Problem{Status: r.Status, Detail: r.Detail})
}

func notFound(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, Problem{Status: http.StatusNotFound, Detail: r.Method + " " + r.URL.Path + " is not part of this API: /openapi.json lists what is"})
}

// recovering answers 500 where a handler panics, and keeps serving.
func recovering(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				log.Error("a request failed inside the server; this is a defect, please report it", "method", r.Method, "path", r.URL.Path, "panic", cause)
				writeProblem(w, Problem{Status: http.StatusInternalServerError, Detail: "the server failed on this request; its log says more"})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func describe(version string) huma.Config {
	c := huma.DefaultConfig("hms-monitor", version)
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.Info.Description = "The live control room of an agency's operations: events in, KPIs, alerts and a live stream out."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":  {Type: "http", Scheme: "bearer", Description: "A token of `auth.tokens`. Not asked for where none is configured."},
		"session": {Type: "apiKey", In: "cookie", Name: auth.CookieName, Description: "What POST /api/session sets."},
	}
	c.Security = []map[string][]string{{"bearer": {}}, {"session": {}}, {}}
	return c
}

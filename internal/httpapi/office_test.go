package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/auth"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/ingest"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

// past is stored history in memory: all that was given, at once.
type past struct {
	mu     sync.Mutex
	events []event.Event
	// Where hold is set, a scan closes begun and waits for hold to close.
	begun, hold chan struct{}
}

func (p *past) Position() store.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return store.Position{Seq: uint64(len(p.events))}
}

func (p *past) Scan(ctx context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	p.mu.Lock()
	events, hold := slices.Clone(p.events[q.After:q.Last]), p.hold
	p.mu.Unlock()
	if hold != nil {
		close(p.begun)
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return yield(q.Last, event.Of(events...))
}

// reader answers pages of the events of the past.
type reader struct {
	Reader
	past *past
}

func (r reader) Events(_ context.Context, q store.EventQuery) (page []event.Event, more bool, err error) {
	r.past.mu.Lock()
	defer r.past.mu.Unlock()
	for _, e := range r.past.events {
		if e.Time < q.To && slices.Contains(e.Tags, q.Tags[0]) {
			page = append(page, e)
		}
	}
	slices.SortStableFunc(page, func(a, b event.Event) int { return cmp.Compare(b.Time, a.Time) })
	more = len(page) > q.Limit
	return page[:min(len(page), q.Limit)], more, nil
}

// office is a server with a real engine over a history in memory.
type office struct {
	http.Handler
	t       *testing.T
	past    past
	engine  *engine.Engine
	now     time.Time
	applied int // how often somebody waited for that
	failing error
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const resolvedPerHour = `{name: cases.resolved.per.hour, title: Cases resolved per hour, type: throughput, event: case.resolved, window: 1h, by: [office], thresholds: {warning: 5, critical: 2}}`

func openOffice(t *testing.T, c auth.Config, file ...string) *office {
	t.Helper()
	o := &office{t: t, now: noon}
	env := kpi.Env{KnownMetric: func(name string) bool { return slices.Contains(define.Vocabulary(), name) }, Metrics: define.Vocabulary()}
	o.engine = engine.New(engine.Options{
		History: &o.past, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler), Env: env,
	})
	t.Cleanup(func() { _ = o.engine.Close() })
	var defined []*kpi.Definition
	for _, text := range file {
		d, document := define.Parse("file", []byte(text), &env)
		if err := document.Err(); err != nil {
			t.Fatal(err)
		}
		defined = append(defined, d)
	}
	o.engine.Configure(env, defined, nil, event.Millis(o.now))
	o.engine.Filled()
	a, err := auth.New(c, auth.Options{Listen: "127.0.0.1:0", Refuse: Refuse, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	none := http.NotFoundHandler()
	o.Handler = New(Options{
		Auth: a, Limits: ingest.DefaultConfig(), Stream: none, UI: none, Metrics: none, Version: "test", Logger: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return o.now }, KPIs: o.engine, Cases: o.engine, Reader: reader{past: &o.past},
		Applied: func(context.Context) error { o.applied++; return nil },
		Sync:    func(context.Context) error { return nil },
		ParseKPI: func(file string, text []byte) (*kpi.Definition, *strict.Document) {
			return define.Parse(file, text, o.engine.Env())
		},
		PutKPI: func(_ context.Context, d *kpi.Definition, c engine.Change) (engine.Record, error) {
			if o.failing != nil {
				return engine.Record{}, o.failing
			}
			r, err := o.engine.Put(d, c, event.Millis(o.now))
			if o.past.hold != nil {
				<-o.past.begun
			}
			return r, err
		},
		DeleteKPI: func(_ context.Context, name string, c engine.Change) error {
			return o.engine.Delete(name, c, event.Millis(o.now))
		},
	})
	return o
}

// holdHistory makes the next scan wait until release is called.
func (o *office) holdHistory() (release func()) {
	o.past.begun, o.past.hold = make(chan struct{}), make(chan struct{})
	return func() {
		close(o.past.hold)
		o.engine.Filled()
		o.past.hold = nil
	}
}

// give stores and applies events.
func (o *office) give(events ...event.Event) {
	o.past.mu.Lock()
	first := uint64(len(o.past.events)) + 1
	for i, e := range events {
		e.Seq = first + uint64(i)
		o.past.events = append(o.past.events, e)
	}
	o.past.mu.Unlock()
	o.engine.Apply(first, event.Of(events...), event.Millis(o.now))
}

// resolve gives cases resolved so long before now.
func (o *office) resolve(in string, ago ...time.Duration) {
	for _, d := range ago {
		o.give(event.Event{Metric: "case.resolved", Value: 1, Time: event.Millis(o.now.Add(-d)), Tags: []event.Tag{{Key: "office", Value: in}}})
	}
}

func (o *office) send(method, path, kind, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

// want sends a request, and reads the answer into `into` once its status is right.
func (o *office) want(status int, method, path, kind, body string, into any) {
	o.t.Helper()
	w := o.send(method, path, kind, body)
	if w.Code != status {
		o.t.Fatalf("%s %s answered %d %s", method, path, w.Code, w.Body)
	}
	if into != nil {
		d := json.NewDecoder(w.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			o.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

func (o *office) get(path string, into any) {
	o.t.Helper()
	o.want(http.StatusOK, http.MethodGet, path, "", "", into)
}

type problem struct {
	Type, Title, Detail string
	Status              int
	Errors              []FieldError
}

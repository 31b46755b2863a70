package notify

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/api"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/route"
)

var errNotStarted = errors.New("alerts and silences are not ready yet: after a start, what the event log holds is applied first. Try again in a second")

// serve makes the Alertmanager's API.
func (s *Service) serve() error {
	s.inbox = &inbox{
		append: s.opts.External, log: s.log, stamp: s.stampNow, standing: map[string]*posted{},
		resolveAfter: func() time.Duration { return time.Duration(s.routing().conf.Global.ResolveTimeout) },
	}
	duration := promauto.With(s.opts.Registry).NewHistogramVec(prometheus.HistogramOpts{
		Name: "alertmanager_http_request_duration_seconds", Help: "Time to answer requests of /api/v2.", Buckets: prometheus.DefBuckets,
	}, []string{"handler", "method", "code"})
	made, err := api.New(api.Options{
		Alerts: s.inbox, Silences: s.silences, GroupMutedFunc: s.groupMarker.Muted,
		Logger: s.log, Registry: s.opts.Registry, RequestDuration: duration,
		GroupFunc: func(ctx context.Context, routes func(*dispatch.Route) bool, alerts func(*amalert.Alert, time.Time) bool) (dispatch.AlertGroups, map[model.Fingerprint][]string, error) {
			d := s.force.dispatcher.Load()
			if d == nil {
				return nil, nil, errNotStarted
			}
			return d.Groups(ctx, routes, alerts)
		},
	})
	if err != nil {
		return err
	}
	s.api = made
	made.Update(s.opts.Routing.conf, s.mark)
	s.handler = s.ready(durably(made.Register(route.New(), "/"), s.silenceJournal, s.log))
	return nil
}

// Handler answers /api/v2 as the Alertmanager does.
func (s *Service) Handler() http.Handler { return s.handler }

// ready refuses requests until Start has taken up what stands.
func (s *Service) ready(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.force.dispatcher.Load() == nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, errNotStarted.Error(), http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// durably answers a change of silences once it is on disk. The Alertmanager has
// no way to tell that storing failed, so its answer is held back until then.
func durably(next http.Handler, silences *journal, log *slog.Logger) http.Handler {
	var one sync.Mutex // an older state must not be written over a newer one
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.URL.Path == "/api/v2/alerts" {
			next.ServeHTTP(w, r)
			return
		}
		one.Lock()
		defer one.Unlock()
		answer := &heldAnswer{header: http.Header{}, code: http.StatusOK}
		next.ServeHTTP(answer, r)
		if err := silences.writeAll(context.WithoutCancel(r.Context())); err != nil {
			log.Error("a silence could not be stored and will be tried again", "err", err)
			http.Error(w, "the silence is in force but could not be stored: it may be lost with a restart. Look at the free disk space and send it again.", http.StatusInternalServerError)
			return
		}
		maps.Copy(w.Header(), answer.header)
		w.WriteHeader(answer.code)
		_, _ = w.Write(answer.body.Bytes())
	})
}

// heldAnswer is a response that has not been sent yet.
type heldAnswer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *heldAnswer) Header() http.Header         { return a.header }
func (a *heldAnswer) WriteHeader(code int)        { a.code = code }
func (a *heldAnswer) Write(b []byte) (int, error) { return a.body.Write(b) }

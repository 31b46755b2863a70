// Package notify tells people and systems about alerts. It is the Alertmanager
// within this server: its packages route, group, inhibit, silence, mute and
// deduplicate, and answer /api/v2; this package feeds them the transitions of
// the event log, keeps their state in buckets, and puts an outbox before every
// integration.
//
// It must not know what judges values, where buckets lie, nor how the outbox
// sends. The app starts it, the pipeline calls Take, the HTTP API mounts Handler.
package notify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/api"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/marker"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// Options are what a Service needs.
type Options struct {
	// Routing is in force until Reload.
	Routing *Routing
	// Notifications keeps what was notified, Silences the silences.
	Notifications, Silences Bucket
	// Wrap puts an outbox before an integration. It is called for every
	// integration at the start and with each Reload; nil sends directly.
	Wrap func(receiver, integration string, index int, to amnotify.Notifier) amnotify.Notifier
	// Together tells the outbox that so many integrations are about to be told
	// of one flush, so that it may store their messages with one write. Each
	// joins with its context and leaves at its end. nil for nothing.
	Together func(members int) (join func(context.Context) (in context.Context, leave func()))
	// Told gives what the outbox was last told about each group, so that a kill
	// between storing a message and noting it does no harm; nil for nothing.
	Told iter.Seq[Told]
	// Words tells how people are told of a metric; nil: by its name, in numbers.
	Words func(metric string) Words
	// External makes changes of alerts that other systems post durable. They
	// come back by Take; nil refuses them.
	External func(context.Context, []alert.Transition) error
	// Registry takes the metrics, of one Service at most; nil for none.
	Registry prometheus.Registerer
	Log      *slog.Logger
}

// Service tells about alerts.
type Service struct {
	opts Options
	log  *slog.Logger

	alerts         *mem.Alerts
	silences       *silence.Silences
	silencer       *silence.Silencer
	silenceJournal *journal
	ledger         *ledger
	groupMarker    marker.GroupMarker

	stageMetrics    *amnotify.Metrics
	dispatchMetrics *dispatch.DispatcherMetrics

	feed    *feed
	inbox   *inbox
	api     *api.API
	handler http.Handler

	// stamp orders what is handed to the Alertmanager.
	stamp struct {
		sync.Mutex
		last time.Time
	}

	// mu guards what Start, Reload and Stop change.
	mu      sync.Mutex
	state   state
	force   inForce
	cancel  context.CancelFunc
	running sync.WaitGroup
}

type state int

const (
	prepared state = iota
	started
	stopped
)

const (
	reconcileEvery = 30 * time.Second
	sweepEvery     = 15 * time.Minute
	collectEvery   = 30 * time.Minute
)

// New prepares a Service. It reads what was notified and the silences from the
// buckets; nothing is sent before Start.
func New(ctx context.Context, o Options) (*Service, error) {
	acceptAnyLabelName()
	tellVersion()
	switch {
	case o.Routing == nil:
		return nil, errors.New("notify: no routing")
	case o.Notifications == nil || o.Silences == nil:
		return nil, errors.New("notify: no bucket for what was notified or for silences")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	s := &Service{opts: o, log: o.Log, groupMarker: marker.NewGroupMarker()}
	s.feed = newFeed(s.put, func(lset labelSet) int { return s.routing().immediate(lset) })
	if err := s.restore(ctx); err != nil {
		return nil, err
	}
	flags := featurecontrol.NoopFlags{}
	s.stageMetrics = amnotify.NewMetrics(o.Registry, flags)
	s.dispatchMetrics = dispatch.NewDispatcherMetrics(false, o.Registry, flags)
	s.force.routing = o.Routing
	if err := s.serve(); err != nil {
		return nil, err
	}
	s.measure(o.Registry)
	return s, nil
}

// restore builds the Alertmanager's states from the buckets.
func (s *Service) restore(ctx context.Context) error {
	o, now := s.opts, time.Now()
	var err error
	if s.ledger, err = newLedger(o.Notifications, o.Registry, o.Log); err != nil {
		return fmt.Errorf("notification log: %w", err)
	}
	if s.silences, s.silenceJournal, err = newSilences(o.Silences, o.Registry, o.Log); err != nil {
		return fmt.Errorf("silences: %w", err)
	}
	if err := s.ledger.journal.load(ctx, now, s.ledger.Merge); err != nil {
		return fmt.Errorf("what was notified cannot be read: %w", err)
	}
	if err := s.silenceJournal.load(ctx, now, s.silences.Merge); err != nil {
		return fmt.Errorf("silences cannot be read: %w", err)
	}
	// From here on only: what has been read need not be written.
	s.ledger.SetBroadcast(s.ledger.journal.note)
	s.silences.SetBroadcast(s.silenceJournal.note)
	if o.Told != nil {
		for t := range o.Told {
			if err := s.ledger.hear(t); err != nil {
				return fmt.Errorf("what was given to %s/%s cannot be noted: %w", t.Receiver, t.Integration, err)
			}
		}
	}
	s.silencer = silence.NewSilencer(s.silences, o.Log, eventrecorder.NopRecorder())
	return nil
}

// Start takes up where an earlier Service stopped: standing has the newest
// transition of every series that is not ok or has recovered lately. What was
// notified is not notified again, what was not, is.
func (s *Service) Start(ctx context.Context, standing []alert.Transition) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != prepared {
		return errors.New("notify: started twice, or after its end")
	}
	var err error
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.alerts, err = mem.NewAlerts(life, collectEvery, 0, s.silencer, s.log, eventrecorder.NopRecorder(), s.opts.Registry, featurecontrol.NoopFlags{})
	if err != nil {
		cancel()
		return err
	}
	s.cancel, s.state = cancel, started
	s.inbox.open(s.alerts)
	if err := s.stand(ctx, standing); err != nil {
		s.log.Warn("alerts that stand could not all be taken up", "err", err)
	}
	s.enforce(s.opts.Routing)
	s.running.Go(func() { s.feed.run(life) })
	s.running.Go(func() { s.maintain(life) })
	return nil
}

// Take hands over a transition of the event log. It never blocks and may be
// called before Start.
func (s *Service) Take(t alert.Transition) { s.feed.take(t) }

// Reload puts another routing in force. Groups are built anew from the alerts
// that stand, and what was notified stays known.
func (s *Service) Reload(r *Routing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case prepared:
		s.opts.Routing = r
		s.force.set(r)
		s.api.Update(r.conf, s.mark)
	case started:
		s.retire()
		s.enforce(r)
	}
}

// Stop ends the work. What has not been notified by now is when a Service
// starts over the same buckets.
func (s *Service) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == started {
		s.cancel()
		s.retire()
		s.running.Wait()
	}
	s.state = stopped
	return errors.Join(s.ledger.journal.writeAll(ctx), s.silenceJournal.writeAll(ctx))
}

// stampNow is now, later than any stamp before: the Alertmanager tells versions
// of an alert apart by it.
func (s *Service) stampNow() time.Time {
	s.stamp.Lock()
	defer s.stamp.Unlock()
	now := time.Now()
	if !now.After(s.stamp.last) {
		now = s.stamp.last.Add(1)
	}
	s.stamp.last = now
	return now
}

// put gives the Alertmanager what a transition means: the alert that it begins,
// first, and the ends of those that stood.
func (s *Service) put(ctx context.Context, t alert.Transition) []*amalert.Alert {
	s.inbox.saw(t)
	alerts := s.alertsOf(t, func(a *amalert.Alert, state alert.State) bool {
		before, err := s.alerts.Get(a.Fingerprint())
		if err != nil || before.Resolved() {
			// The end of a warning that became critical may be open still.
			return state == t.Previous || t.Previous == alert.Critical && t.State == alert.OK
		}
		a.StartsAt = before.StartsAt
		if a.EndsAt.Before(a.StartsAt) {
			a.EndsAt = a.StartsAt
		}
		return true
	})
	if err := s.alerts.Put(ctx, alerts...); err != nil {
		s.log.Error("an alert could not be handed over", "rule", t.Rule, "err", err)
	}
	return alerts
}

package notify

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

type labelSet = model.LabelSet

// inForce is what a routing runs with. Reload replaces all of it.
type inForce struct {
	routing    *Routing
	current    atomic.Pointer[Routing]
	dispatcher atomic.Pointer[dispatch.Dispatcher]
	inhibitor  atomic.Pointer[inhibit.Inhibitor]
	pipeline   *pipeline
}

func (f *inForce) set(r *Routing) {
	f.routing = r
	f.current.Store(r)
}

func (s *Service) routing() *Routing {
	if r := s.force.current.Load(); r != nil {
		return r
	}
	return s.opts.Routing
}

// stand hands over what stood when the service before stopped. Both alerts of a
// series are told, the one that has ended as well: that it had begun may have
// been notified, and its end not.
func (s *Service) stand(ctx context.Context, standing []alert.Transition) error {
	var errs []error
	for _, t := range standing {
		s.inbox.saw(t)
		alerts := s.alertsOf(t, func(*amalert.Alert, alert.State) bool { return true })
		s.feed.seen(t, alerts)
		errs = append(errs, s.alerts.Put(ctx, alerts...))
	}
	return errors.Join(errs...)
}

// alertsOf are the alerts that a transition changes. Of those that end, with
// tells which to give.
func (s *Service) alertsOf(t alert.Transition, with func(*amalert.Alert, alert.State) bool) []*amalert.Alert {
	external, words := s.routing().external, s.words(t.Metric)
	var alerts []*amalert.Alert
	if t.State != alert.OK {
		alerts = append(alerts, firing(t, external, words))
	}
	now := s.stampNow()
	for _, state := range [...]alert.State{alert.Critical, alert.Warning} {
		if state == t.State {
			continue
		}
		a := ended(t, state, external, words, now)
		// Where the severity is no label of its own, both states are one alert.
		same := len(alerts) > 0 && alerts[len(alerts)-1].Fingerprint() == a.Fingerprint()
		if !same && with(a, state) {
			alerts = append(alerts, a)
		}
	}
	for _, a := range alerts {
		a.UpdatedAt = s.stampNow()
	}
	return alerts
}

func (s *Service) words(metric string) (w Words) {
	if s.opts.Words != nil {
		w = s.opts.Words(metric)
	}
	return w
}

// enforce starts a routing. First the inhibitor takes up the alerts, so that
// none is sent that another inhibits; then the dispatcher, without the delay
// that the Alertmanager needs until others send their alerts again.
func (s *Service) enforce(r *Routing) {
	for _, section := range r.Ignored() {
		s.log.Warn("a section of the Alertmanager's file has no effect here", "section", section)
	}
	f := &s.force
	f.set(r)
	inhibitor := inhibit.NewInhibitor(s.alerts, r.conf.InhibitRules, s.log, eventrecorder.NopRecorder())
	f.pipeline = s.newPipeline(r, inhibitor)
	s.running.Go(inhibitor.Run)
	inhibitor.WaitForLoading()
	f.inhibitor.Store(inhibitor)
	s.api.Update(r.conf, s.mark)

	dispatcher := dispatch.NewDispatcher(s.alerts, r.routes, f.pipeline, s.groupMarker, flushTimeout,
		reconcileEvery, nil, s.log, eventrecorder.NopRecorder(), s.dispatchMetrics, r.template)
	s.running.Go(func() { dispatcher.Run(time.Now()) })
	dispatcher.WaitForLoading()
	f.dispatcher.Store(dispatcher)
}

// flushTimeout is how long telling of a group may take.
func flushTimeout(d time.Duration) time.Duration { return max(d, amnotify.MinTimeout) }

// retire ends the routing in force and waits for messages that are being stored.
func (s *Service) retire() {
	s.force.inhibitor.Load().Stop()
	s.force.dispatcher.Load().Stop()
	s.force.pipeline.close()
}

// mark notes on an alert's status what silences and inhibits it.
func (s *Service) mark(ctx context.Context, labels model.LabelSet) {
	if inhibitor := s.force.inhibitor.Load(); inhibitor != nil {
		inhibitor.Mutes(ctx, labels)
	}
	s.silencer.Mutes(ctx, labels)
}

// reconcile hands over again what the dispatcher has missed: it takes alerts
// with several goroutines, of which an older state of an alert may come last.
func (s *Service) reconcile(ctx context.Context) {
	held := map[model.Fingerprint]time.Time{}
	all := func(*dispatch.Route) bool { return true }
	_, _, err := s.force.dispatcher.Load().Groups(ctx, all, func(a *amalert.Alert, _ time.Time) bool {
		fp := a.Fingerprint()
		if at, seen := held[fp]; !seen || a.UpdatedAt.Before(at) {
			held[fp] = a.UpdatedAt
		}
		return false
	})
	if err != nil {
		return
	}
	pending := s.alerts.GetPending()
	defer pending.Close()
	var missed []*amalert.Alert
	for p := range pending.Next() {
		a := p.Data
		at, seen := held[a.Fingerprint()]
		if seen && at.Before(a.UpdatedAt) || !seen && !a.Resolved() {
			missed = append(missed, a)
		}
	}
	if len(missed) == 0 {
		return
	}
	s.log.Info("alerts are handed to the dispatcher again", "alerts", len(missed))
	if err := s.alerts.Put(ctx, missed...); err != nil {
		s.log.Error("alerts could not be handed over", "err", err)
	}
}

// maintain does what must be done now and then.
func (s *Service) maintain(ctx context.Context) {
	reconcile, sweep, expire := time.NewTicker(reconcileEvery), time.NewTicker(sweepEvery), time.NewTicker(expireEvery)
	defer reconcile.Stop()
	defer sweep.Stop()
	defer expire.Stop()
	reconciled := uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-reconcile.C:
			if taken, _ := s.feed.counts(); taken != reconciled {
				s.reconcile(ctx)
				reconciled = taken
			}
			if err := errors.Join(s.ledger.journal.writeAll(ctx), s.silenceJournal.writeAll(ctx)); err != nil {
				s.log.Error("what was notified, or silences, could not be stored and will be tried again", "err", err)
			}
		case <-expire.C:
			s.inbox.expire(ctx)
		case now := <-sweep.C:
			s.sweep(ctx, now)
		}
	}
}

// sweep forgets what has expired, in memory and on disk.
func (s *Service) sweep(ctx context.Context, now time.Time) {
	_, err := s.ledger.GC()
	_, errSilences := s.silences.GC()
	err = errors.Join(err, errSilences, s.ledger.journal.sweep(ctx, now), s.silenceJournal.sweep(ctx, now))
	if err != nil {
		s.log.Error("expired entries could not all be deleted and will be tried again", "err", err)
	}
}

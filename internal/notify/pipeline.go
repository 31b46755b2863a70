package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/nflog/nflogpb"
	amnotify "github.com/prometheus/alertmanager/notify"
)

// pipeline is what a flush of a group goes through: muting, then for each
// integration of the receiver its own deduplication, sending and recording.
type pipeline struct {
	stages amnotify.RoutingStage
	// flushed is told of every flush that has ended.
	flushed func([]*amalert.Alert)

	// inFlight is held for reading by each flush, so that close can wait for
	// the last one: a flush of the next pipeline must see what this one recorded.
	inFlight sync.RWMutex
	closed   bool
}

func (p *pipeline) Exec(ctx context.Context, log *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
	p.inFlight.RLock()
	defer p.inFlight.RUnlock()
	if p.closed {
		return ctx, nil, errors.New("this routing is no longer in force")
	}
	defer p.flushed(alerts)
	return p.stages.Exec(ctx, log, alerts...)
}

func (p *pipeline) close() {
	p.inFlight.Lock()
	defer p.inFlight.Unlock()
	p.closed = true
}

// newPipeline composes the stages of every receiver, in the Alertmanager's order.
func (s *Service) newPipeline(r *Routing, inhibitor *inhibit.Inhibitor) *pipeline {
	inhibited := amnotify.NewMuteStage(inhibitor, s.stageMetrics)
	active := amnotify.NewTimeActiveStage(r.intervener, s.groupMarker, s.stageMetrics)
	quiet := amnotify.NewTimeMuteStage(r.intervener, s.groupMarker, s.stageMetrics)
	silenced := amnotify.NewMuteStage(s.silencer, s.stageMetrics)
	stages := amnotify.RoutingStage{}
	wrapped := map[string][]amnotify.Integration{}
	for name, integrations := range r.receivers {
		fanout := fanout{together: s.opts.Together}
		for i := range integrations {
			integration := s.wrap(name, &integrations[i])
			wrapped[name] = append(wrapped[name], integration)
			fanout.stages = append(fanout.stages, s.integrationStage(r, inhibitor, name, integration))
		}
		stages[name] = amnotify.MultiStage{inhibited, active, quiet, silenced, fanout}
	}
	s.stageMetrics.InitializeFor(wrapped)
	return &pipeline{stages: stages, flushed: s.feed.flushed}
}

// fanout is the Alertmanager's, with the integrations told together.
type fanout struct {
	stages   amnotify.FanoutStage
	together func(int) func(context.Context) (context.Context, func())
}

func (f fanout) Exec(ctx context.Context, log *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
	if f.together == nil || len(f.stages) < 2 {
		return f.stages.Exec(ctx, log, alerts...)
	}
	join := f.together(len(f.stages))
	joined := make(amnotify.FanoutStage, len(f.stages))
	for i, stage := range f.stages {
		joined[i] = amnotify.StageFunc(func(ctx context.Context, log *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
			ctx, leave := join(ctx)
			defer leave()
			return stage.Exec(ctx, log, alerts...)
		})
	}
	return joined.Exec(ctx, log, alerts...)
}

func (s *Service) integrationStage(r *Routing, inhibitor *inhibit.Inhibitor, receiver string, integration amnotify.Integration) amnotify.Stage {
	recorded := notificationLog{s.ledger}
	recv := &nflogpb.Receiver{GroupName: receiver, Integration: integration.Name(), Idx: uint32(integration.Index())}
	var send amnotify.Stage = amnotify.NewRetryStage(integration, receiver, s.stageMetrics, eventrecorder.NopRecorder())
	stages, last := amnotify.MultiStage{}, amnotify.MultiStage{amnotify.NewSetNotifiesStage(recorded, recv)}
	if !keepsIncidents(integration.Name()) {
		changes := &changesOnly{
			send: send, ledger: s.ledger, recv: recv, routing: r, alerts: s.alerts,
			mutes: func(ctx context.Context, a *amalert.Alert) bool {
				return inhibitor.Mutes(ctx, a.Labels) || s.silencer.Mutes(ctx, a.Labels)
			},
		}
		stages, send = append(stages, amnotify.StageFunc(changes.again)), changes
		last = append(last, amnotify.StageFunc(changes.telling.recorded))
	}
	return append(stages,
		amnotify.NewDedupStage(&integration, recorded, recv),
		send,
		last,
	)
}

// keepsIncidents tells integrations that open and close incidents, which must
// hear of each end, from those that write to people.
func keepsIncidents(integration string) bool {
	return slices.Contains([]string{"pagerduty", "opsgenie", "victorops", "incidentio", "jira"}, integration)
}

// wrap puts the outbox before an integration.
func (s *Service) wrap(receiver string, to *amnotify.Integration) amnotify.Integration {
	if s.opts.Wrap == nil {
		return *to
	}
	stored := s.opts.Wrap(receiver, to.Name(), to.Index(), to)
	return amnotify.NewIntegration(unbroken{stored}, to, to.Name(), to.Index(), receiver)
}

// unbroken lets a message be stored although its routing is going out of force:
// one that is stored and not recorded would be sent twice.
type unbroken struct{ next amnotify.Notifier }

const storeTimeout = 30 * time.Second

func (u unbroken) Notify(ctx context.Context, alerts ...*amalert.Alert) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return u.next.Notify(ctx, alerts...)
}

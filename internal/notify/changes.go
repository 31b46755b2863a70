package notify

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/nflog/nflogpb"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// changesOnly sends one message for each change of a series. A series that goes
// from warning to critical ends one alert and begins another: where the same
// integration is told of the critical one, "the warning is resolved" is no news,
// and untrue for whoever reads it. The warning that comes after it is news again.
type changesOnly struct {
	send    amnotify.Stage
	ledger  *ledger
	recv    *nflogpb.Receiver
	routing *Routing
	alerts  *mem.Alerts
	mutes   func(context.Context, *amalert.Alert) bool
	telling telling
}

// Exec sends alerts without the ends that are no news.
func (c *changesOnly) Exec(ctx context.Context, log *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
	told := make([]*amalert.Alert, 0, len(alerts))
	firing, _ := amnotify.FiringAlerts(ctx)
	for _, a := range alerts {
		quiet, open := c.superseded(ctx, a)
		if !quiet {
			told = append(told, a)
		}
		if open {
			firing = append(slices.Clone(firing), hashOf(a.Labels)...)
		}
	}
	ctx = amnotify.WithFiringAlerts(ctx, firing)
	if len(told) < len(alerts) && !c.news(ctx, alerts, told) {
		return ctx, alerts, nil
	}
	noteTold(ctx)
	group, _ := amnotify.GroupKey(ctx)
	c.telling.begin(group, firing)
	if _, _, err := c.send.Exec(ctx, log, told...); err != nil {
		c.telling.end(group)
		return ctx, nil, err
	}
	return ctx, alerts, nil
}

// superseded reports whether the end of a need not be told, because the worse
// alert has been or will be. In the second case the question is open: a counts
// as standing, and its end comes again with that of the worse alert.
func (c *changesOnly) superseded(ctx context.Context, a *amalert.Alert) (quiet, open bool) {
	worse, marked := a.Annotations[annotationSuperseded]
	if !marked || !a.Resolved() {
		return false, false
	}
	labels := a.Labels.Clone()
	labels[labelSeverity] = worse
	now, since := time.Now(), a.StartsAt.UnixNano()
	if store, ok := amnotify.NflogStore(ctx); ok {
		if at, known := store.GetInt(toldKey); known {
			since = at
		}
	}
	for _, route := range c.routing.routes.Match(labels) {
		if route.RouteOpts.Receiver != c.recv.GroupName {
			continue
		}
		told, stands := c.toldOf(route, labels, since)
		if told || c.telling.has(groupKey(route, labels), hashOf(labels)) {
			return true, false
		}
		if !stands && c.willTell(ctx, route, labels, now) {
			return true, true
		}
	}
	return false, false
}

// again makes those warnings news of which the integration was told before it
// was told that they had become critical. It comes before the deduplication.
func (c *changesOnly) again(ctx context.Context, _ *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
	group, _ := amnotify.GroupKey(ctx)
	e := c.entry(group)
	if e == nil {
		return ctx, alerts, nil
	}
	at, _ := nflog.NewStore(e).GetInt(toldKey)
	known := e.FiringAlerts
	for _, a := range alerts {
		if a.Resolved() || a.Labels[labelSeverity] != model.LabelValue(alert.Warning) {
			continue
		}
		labels := a.Labels.Clone()
		labels[labelSeverity] = model.LabelValue(alert.Critical)
		if worse, err := c.alerts.Get(labels.Fingerprint()); err == nil && !worse.Resolved() {
			continue // the warning is about to end
		}
		for _, route := range c.routing.routes.Match(labels) {
			told, _ := c.toldOf(route, labels, at+1)
			if told && route.RouteOpts.Receiver == c.recv.GroupName {
				hash, _ := hashes(a)
				known = slices.DeleteFunc(slices.Clone(known), func(h uint64) bool { return slices.Contains(hash, h) })
			}
		}
	}
	if len(known) == len(e.FiringAlerts) {
		return ctx, alerts, nil
	}
	repeat, _ := amnotify.RepeatInterval(ctx)
	return ctx, alerts, c.ledger.record(c.recv, group, known, e.ResolvedAlerts, nflog.NewStore(e), 2*repeat)
}

// willTell reports whether the alert fires and nothing keeps it from being sent.
func (c *changesOnly) willTell(ctx context.Context, route *dispatch.Route, labels model.LabelSet, now time.Time) bool {
	a, err := c.alerts.Get(labels.Fingerprint())
	if err != nil || a.ResolvedAt(now) || c.routing.muted(route, now) {
		return false
	}
	return !c.mutes(context.WithoutCancel(ctx), a)
}

// toldKey is under what the notification log keeps when a group's integration
// was last told of alerts that fire.
const toldKey = "hms_told"

// toldOf reports whether the integration has been told since a time that the
// alert began, and whether it was told so before and of no end since.
func (c *changesOnly) toldOf(route *dispatch.Route, labels model.LabelSet, since int64) (told, stands bool) {
	e := c.entry(groupKey(route, labels))
	if e == nil {
		return false, false
	}
	at, known := nflog.NewStore(e).GetInt(toldKey)
	recent := known && at >= since
	firing := hashOf(labels)
	if contains(e.FiringAlerts, firing) {
		return recent, !recent
	}
	return recent && contains(e.ResolvedAlerts, firing), false
}

// entry is what the log has about a group, nil for nothing.
func (c *changesOnly) entry(group string) *nflogpb.Entry { return c.ledger.latest(c.recv, group) }

func contains(all, some []uint64) bool {
	return slices.ContainsFunc(some, func(h uint64) bool { return slices.Contains(all, h) })
}

// noteTold remembers that a message says which alerts fire.
func noteTold(ctx context.Context) {
	firing, _ := amnotify.FiringAlerts(ctx)
	if store, ok := amnotify.NflogStore(ctx); ok && len(firing) > 0 {
		store.SetInt(toldKey, time.Now().UnixNano())
	}
}

// news reports whether told alone would be worth a message: the reason for this
// one may have been an end that is left out.
func (c *changesOnly) news(ctx context.Context, alerts, told []*amalert.Alert) bool {
	if len(told) == 0 {
		return false
	}
	reason, _ := amnotify.NotificationReason(ctx)
	if reason != amnotify.ReasonNewResolvedAlerts && reason != amnotify.ReasonAllAlertsResolved {
		return true
	}
	group, _ := amnotify.GroupKey(ctx)
	e := c.entry(group)
	if e == nil {
		return true
	}
	// The hashes of resolved alerts stand in the order of the alerts.
	all, _ := amnotify.ResolvedAlerts(ctx)
	for _, a := range alerts {
		if !a.Resolved() {
			continue
		}
		if len(all) == 0 {
			return true
		}
		hash := all[0]
		all = all[1:]
		if slices.Contains(told, a) && slices.Contains(e.FiringAlerts, hash) {
			return true
		}
	}
	return false
}

// groupKey is the name that the dispatcher gives to the group of an alert.
func groupKey(route *dispatch.Route, labels model.LabelSet) string {
	group := labels.Clone()
	if !route.RouteOpts.GroupByAll {
		maps.DeleteFunc(group, func(name model.LabelName, _ model.LabelValue) bool {
			_, by := route.RouteOpts.GroupBy[name]
			return !by
		})
	}
	return route.Key() + ":" + group.String()
}

// hashOf is how the log calls the alert with these labels.
func hashOf(labels model.LabelSet) []uint64 {
	firing, _ := hashes(&amalert.Alert{Alert: model.Alert{Labels: labels}})
	return firing
}

// hashes asks the Alertmanager's own deduplication how its log calls alerts,
// which it tells through the context only.
func hashes(alerts ...*amalert.Alert) (firing, resolved []uint64) {
	ctx := amnotify.WithRepeatInterval(amnotify.WithGroupKey(context.Background(), "-"), 0)
	ctx, _, err := amnotify.NewDedupStage(everything{}, everything{}, nil).Exec(ctx, nil, alerts...)
	if err != nil {
		return nil, nil // cannot be: the context has what is asked for
	}
	firing, _ = amnotify.FiringAlerts(ctx)
	resolved, _ = amnotify.ResolvedAlerts(ctx)
	return firing, resolved
}

// everything is a notification log that has heard of nothing yet.
type everything struct{}

func (everything) SendResolved() bool { return true }

func (everything) Query(...nflog.QueryParam) ([]*nflogpb.Entry, error) {
	return nil, nflog.ErrNotFound
}

func (everything) Log(*nflogpb.Receiver, string, []uint64, []uint64, *nflog.Store, time.Duration) error {
	return errors.ErrUnsupported
}

package notify

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	amconfig "github.com/prometheus/alertmanager/config"
	amcommon "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// acceptAnyLabelName lets matchers name labels that hold dots and other
// characters, as tags do. The Alertmanager keeps this for the whole process.
var acceptAnyLabelName = sync.OnceFunc(func() {
	compat.InitFromFlags(slog.New(slog.DiscardHandler), featurecontrol.NoopFlags{})
})

// criticalFirst copies a route so that the first page of a critical group leaves
// at once: critical alerts get a route of their own that waits for no others,
// and so groups of their own, for a group that has been told of a warning waits
// for its interval. A route with a child that goes on to others is left as it
// is, for the added child would send twice.
func criticalFirst(r *amconfig.Route) *amconfig.Route {
	out := *r
	out.Routes = make([]*amconfig.Route, 0, len(r.Routes)+1)
	for _, child := range r.Routes {
		out.Routes = append(out.Routes, criticalFirst(child))
	}
	if slices.ContainsFunc(r.Routes, func(c *amconfig.Route) bool { return c.Continue }) {
		return &out
	}
	critical, err := labels.NewMatcher(labels.MatchEqual, labelSeverity, string(alert.Critical))
	if err != nil {
		return &out // cannot be: only regular expressions fail
	}
	out.Routes = append(out.Routes, &amconfig.Route{
		Matchers:  amcommon.Matchers{critical},
		GroupWait: new(model.Duration),
		// A child does not inherit these.
		MuteTimeIntervals: r.MuteTimeIntervals, ActiveTimeIntervals: r.ActiveTimeIntervals,
	})
	return &out
}

// muted reports whether the hours of a route keep it quiet.
func (r *Routing) muted(route *dispatch.Route, now time.Time) bool {
	opts := &route.RouteOpts
	if in, _, err := r.intervener.Mutes(opts.MuteTimeIntervals, now); err != nil || in {
		return true
	}
	if len(opts.ActiveTimeIntervals) == 0 {
		return false
	}
	in, _, err := r.intervener.Mutes(opts.ActiveTimeIntervals, now)
	return err != nil || !in
}

// immediate counts the routes that tell of an alert without waiting for others.
func (r *Routing) immediate(lset model.LabelSet) int {
	n := 0
	for _, route := range r.routes.Match(lset) {
		if route.RouteOpts.GroupWait == 0 {
			n++
		}
	}
	return n
}

// Receivers lists who is told about an alert, whatever the hour.
func (r *Routing) Receivers(t alert.Transition) []string {
	state := t.State
	if state == alert.OK {
		state = t.Previous
	}
	var names []string
	for _, route := range r.routes.Match(labelsOf(t, state)) {
		names = append(names, route.RouteOpts.Receiver)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

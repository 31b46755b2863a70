package prom

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// severity is the label that tells how bad an alert is.
const severity = "severity"

// stateOf is the state that a severity stands for.
func stateOf(text string) alert.State {
	switch strings.ToLower(text) {
	case "critical", "page", "error":
		return alert.Critical
	}
	return alert.Warning
}

// transitions are the alerts of a rule that fire.
func (g *Group) transitions(r *rule, at int64) (all []alert.Transition) {
	var watermark int64
	complete := true
	if g.o.Watermark != nil {
		watermark = g.o.Watermark()
		complete = stands(r.expr, g.events)
	}
	until := r.until + g.inner.QueryOffset().Milliseconds()
	for _, a := range r.alert.ActiveAlerts() {
		if a.State != rules.StateFiring {
			continue
		}
		t := alert.Transition{
			Kind: Kind, Rule: r.inner.Name(), Metric: r.metric, Tags: tags(a.Labels), State: stateOf(a.Labels.Get(severity)),
			Value: a.Value, Timestamp: at, At: at, Since: a.ActiveAt.UnixMilli(), Condition: r.written,
			// Once events are known beyond what was read when it fired, and it still
			// fires, it is confirmed.
			Provisional: !complete && a.FiredAt.UnixMilli()-until > watermark,
			Annotations: texts(a.Annotations),
		}
		e := evidence{
			Group: r.group, Expr: t.Condition, Hash: r.hash, At: at, Value: strconv.FormatFloat(a.Value, 'g', -1, 64), Labels: a.Labels.Map(),
			ActiveAt: t.Since, FiredAt: a.FiredAt.UnixMilli(),
			For: span(r.alert.HoldDuration()), KeepFiringFor: span(r.alert.KeepFiringFor()), Watermark: watermark,
		}
		if !a.KeepFiringSince.IsZero() {
			e.KeptSince = a.KeepFiringSince.UnixMilli()
		}
		t.Evidence = e.json()
		all = append(all, t)
	}
	return all
}

// tags are the labels that tell series of a rule apart.
func tags(l labels.Labels) (all []event.Tag) {
	l.Range(func(l labels.Label) {
		if l.Name != labels.AlertName && l.Name != severity {
			all = append(all, event.Tag{Key: l.Name, Value: l.Value})
		}
	})
	return all
}

func texts(l labels.Labels) (all []event.Tag) {
	l.Range(func(l labels.Label) { all = append(all, event.Tag{Key: l.Name, Value: l.Value}) })
	return all
}

// worstOf collects series. Two rules of one name that differ in severity are
// two states of the same series; the worse one counts.
type worstOf map[string]alert.Transition

func (w worstOf) add(all []alert.Transition) {
	for _, t := range all {
		key := t.SeriesKey()
		if other, there := w[key]; !there || other.State != alert.Critical {
			w[key] = t
		}
	}
}

func (w worstOf) list() []alert.Transition {
	keys := make([]string, 0, len(w))
	for key := range w {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, cmp.Compare)
	all := make([]alert.Transition, len(keys))
	for i, key := range keys {
		all[i] = w[key]
	}
	return all
}

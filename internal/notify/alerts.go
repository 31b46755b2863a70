package notify

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// The labels that an alert has besides its tags.
const (
	labelName     = model.AlertNameLabel
	labelSeverity = "severity"
	labelMetric   = "metric"
)

// annotationSuperseded marks an alert that ended because its series got worse.
const annotationSuperseded = "superseded_by"

// kindExternal is the Kind of alerts that other systems sent, and kindPromQL
// that of rules of Prometheus rule files: the labels of both are their tags.
const (
	kindExternal = "external"
	kindPromQL   = "promql"
)

// Labels are those of the alert that t tells of; of a recovery, those of the
// alert that has ended.
func Labels(t alert.Transition) model.LabelSet {
	if t.State == alert.OK {
		return labelsOf(t, t.Previous)
	}
	return labelsOf(t, t.State)
}

// labelsOf is the identity of a series' alert in a state.
func labelsOf(t alert.Transition, state alert.State) model.LabelSet {
	lset := make(model.LabelSet, len(t.Tags)+3)
	set := func(name, value string) {
		if value != "" {
			lset[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	set(labelName, t.Rule)
	if t.Kind != kindExternal {
		set(labelSeverity, string(state))
		set(labelMetric, t.Metric)
	}
	ownLabels := t.Kind == kindExternal || t.Kind == kindPromQL
	for _, tag := range t.Tags {
		switch tag.Key {
		case labelName, labelSeverity, labelMetric:
			if !ownLabels {
				set("exported_"+tag.Key, tag.Value)
				continue
			}
		}
		set(tag.Key, tag.Value)
	}
	return lset
}

// firing is the alert of a series in warning or critical.
func firing(t alert.Transition, external *url.URL, w Words) *amalert.Alert {
	a := &amalert.Alert{}
	a.Labels = labelsOf(t, t.State)
	a.Annotations = annotationsOf(t, w)
	a.StartsAt = time.UnixMilli(t.At).UTC()
	if t.Kind == kindExternal {
		a.StartsAt = time.UnixMilli(t.Since).UTC()
	}
	a.GeneratorURL = link(t, external)
	return a
}

// ended is the alert that a series had in a state which it left with t.
func ended(t alert.Transition, state alert.State, external *url.URL, w Words, now time.Time) *amalert.Alert {
	a := &amalert.Alert{}
	a.Labels = labelsOf(t, state)
	a.Annotations = annotationsOf(t, w)
	a.EndsAt = time.UnixMilli(t.At).UTC()
	if a.EndsAt.After(now) {
		a.EndsAt = now // an end in the future would be no end yet
	}
	a.StartsAt = a.EndsAt
	if state == alert.Warning && (t.State == alert.Critical || t.State == alert.OK && t.Previous == alert.Critical) {
		a.Annotations[annotationSuperseded] = model.LabelValue(alert.Critical)
	}
	a.GeneratorURL = link(t, external)
	return a
}

func annotationsOf(t alert.Transition, w Words) model.LabelSet {
	texts := model.LabelSet{
		"alert_id": model.LabelValue(t.Position.String()),
		"value":    model.LabelValue(number(t.Value)),
	}
	if t.Condition != "" {
		texts["condition"] = model.LabelValue(t.Condition)
	}
	if t.Provisional {
		texts["provisional"] = "true"
	}
	if t.Kind == kindExternal {
		delete(texts, "value")
	} else {
		texts["summary"] = model.LabelValue(summary(t, w))
		texts["description"] = model.LabelValue(description(t, w))
	}
	for _, a := range t.Annotations {
		if a.Value != "" {
			texts[model.LabelName(a.Key)] = model.LabelValue(a.Value)
		}
	}
	return texts
}

// Words are how people are told of a metric: by its title, where it has one, its
// values with their unit. The zero value writes numbers alone.
type Words struct {
	Title string
	Value func(float64) string
}

func (w Words) value(v float64) string {
	switch {
	case w.Value != nil:
		return w.Value(v)
	case v == math.Trunc(v):
		return number(v)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// condition writes the limit of "below 0.9" like a value.
func (w Words) condition(text string) string {
	at := strings.LastIndexByte(text, ' ') + 1
	limit, err := strconv.ParseFloat(text[at:], 64)
	if err != nil || w.Value == nil {
		return text
	}
	return text[:at] + w.Value(limit)
}

// summary is a sentence: "case.rate is critical: 1, below 2 (office=Boston)".
func summary(t alert.Transition, w Words) string {
	var b strings.Builder
	if w.Title != "" && t.Rule == t.Metric {
		b.WriteString(w.Title)
	} else {
		b.WriteString(t.Rule)
	}
	if t.State == alert.OK {
		b.WriteString(" has recovered: ")
	} else {
		fmt.Fprintf(&b, " is %s: ", t.State)
	}
	b.WriteString(w.value(t.Value))
	if t.Condition != "" {
		b.WriteString(", " + w.condition(t.Condition))
	}
	for i, tag := range t.Tags {
		sep := ", "
		if i == 0 {
			sep = " ("
		}
		b.WriteString(sep + tag.Key + "=" + tag.Value)
	}
	if len(t.Tags) > 0 {
		b.WriteString(")")
	}
	return b.String()
}

func description(t alert.Transition, w Words) string {
	what := t.Metric
	if what == "" {
		what = t.Rule
	}
	text := fmt.Sprintf("%s was %s at %s.", what, w.value(t.Value), time.UnixMilli(t.Timestamp).UTC().Format(time.RFC3339))
	if t.N > 0 {
		text += fmt.Sprintf(" It rests on %d observations.", t.N)
	}
	if t.Previous != "" {
		text += fmt.Sprintf(" The state before was %s.", t.Previous)
	}
	if t.Provisional {
		text += " Late events may still change this."
	}
	return text
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// evidence is that of an alert which another system sent.
type evidence struct {
	GeneratorURL string `json:"generator_url,omitempty"`
}

func link(t alert.Transition, external *url.URL) string {
	if t.Kind == kindExternal {
		var e evidence
		if json.Unmarshal(t.Evidence, &e) == nil {
			return e.GeneratorURL
		}
		return ""
	}
	return external.JoinPath("alerts", t.Position.String()).String()
}

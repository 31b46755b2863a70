package backtest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/fault"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/internal/suggest"
)

// Kind is how a rule is written.
type Kind string

// The kinds.
const (
	// Threshold is an entry of `thresholds`, below its name.
	Threshold Kind = "threshold"
	// KPI is the name of a KPI, as `kpi`, and `thresholds` for it.
	KPI Kind = "kpi"
	// Detector is an entry of `alerting.detectors`.
	Detector Kind = "detector"
	// PromQL is a Prometheus rule file.
	PromQL Kind = "promql"
)

// trial is a rule at work over the past: run tells the recorder every change.
type trial interface {
	run(ctx context.Context, r *recorder) error
}

// rule is one that was read.
type rule struct {
	kind   Kind
	name   string // of a threshold, a KPI or a detector
	text   string // tells whether two are the same; "" where that is not known
	trials []trial
	groups []rules.Group
	ended  func()
}

func (r *rule) end() {
	if r.ended != nil {
		r.ended()
	}
}

func (r *rule) names() []string {
	if len(r.groups) == 0 {
		return []string{r.name}
	}
	all := []string{}
	for _, g := range r.groups {
		for _, s := range g.Rules() {
			if !slices.Contains(all, s.Rule) { // warning and critical may be two rules of one name
				all = append(all, s.Rule)
			}
		}
	}
	return all
}

// read makes a rule of a text, or says what is wrong with it.
func (b *Backtester) read(kind Kind, file string, text []byte) (*rule, []strict.Fault) {
	if kind == "" {
		kind = kindOf(text)
	}
	switch kind {
	case Threshold:
		return b.readThreshold(file, text)
	case KPI:
		return b.readKPI(file, text)
	case Detector:
		return b.readDetector(file, text)
	case PromQL:
		return b.readPromQL(file, text)
	}
	return nil, []strict.Fault{{File: file, Detail: fmt.Sprintf("%q is no kind of rule: write threshold, kpi, detector or promql", kind)}}
}

// kindOf tells the kind by the keys of a text.
func kindOf(text []byte) Kind {
	var keys struct {
		Type       string `yaml:"type"`
		KPI        string `yaml:"kpi"`
		Thresholds any    `yaml:"thresholds"`
		Groups     any    `yaml:"groups"`
	}
	strict.Decode("", text, &keys) // its faults are found by who reads the kind
	switch {
	case keys.Groups != nil:
		return PromQL
	case keys.Type != "":
		return Detector
	case keys.KPI != "" && keys.Thresholds != nil:
		return KPI
	}
	return Threshold
}

func (b *Backtester) readThreshold(file string, text []byte) (*rule, []strict.Fault) {
	var section alert.Thresholds
	d := strict.Decode(file, text, &section)
	if len(d.Faults()) == 0 {
		if len(section) != 1 {
			d.Place(fault.List{{Detail: fmt.Sprintf("has %d rules: one is tried at a time, as in case.resolved.rate: {warning: 5, critical: 2}", len(section))}})
		}
		d.Place(section.Validate())
	}
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults
	}
	return b.threshold(section.Rules()[0]), nil
}

// threshold is a rule of the engine of thresholds: on a KPI where one has the
// name of its metric, otherwise on events.
func (b *Backtester) threshold(r alert.Rule) *rule {
	is := &rule{kind: Threshold, name: r.Name, text: r.Text}
	if l, err := b.o.KPIs.Get(r.Metric); err == nil {
		grouped := l.Definition.Thresholds != nil && l.Definition.Thresholds.PerGroup
		is.trials = []trial{&kpiTrial{b: b, rule: r, of: l.Definition, grouped: grouped}}
		return is
	}
	is.trials = []trial{&metricTrial{b: b, rule: r}}
	return is
}

func (b *Backtester) readKPI(file string, text []byte) (*rule, []strict.Fault) {
	var entry struct {
		KPI        string          `yaml:"kpi"`
		Thresholds *kpi.Thresholds `yaml:"thresholds"`
	}
	d := strict.Decode(file, text, &entry)
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults
	}
	l, err := b.o.KPIs.Get(entry.KPI)
	switch {
	case err != nil:
		d.Place(fault.List{{Path: []string{"kpi"}, Detail: fmt.Sprintf("no KPI is called %q%s", entry.KPI, b.near(entry.KPI))}})
	case entry.Thresholds == nil:
		d.Place(fault.List{{Path: []string{"thresholds"}, Detail: "is missing: write what the value must not be, as in {warning: \"< 0.9\"}"}})
	}
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults
	}
	section := alert.Thresholds{entry.KPI: entry.Thresholds.Rule(l.Definition)}
	for _, f := range section.Validate() {
		d.Place(fault.List{{Path: append([]string{"thresholds"}, f.Path[1:]...), Detail: f.Detail}})
	}
	if entry.Thresholds.MinN < 0 {
		d.Place(fault.List{{Path: []string{"thresholds", "min_n"}, Detail: "cannot be negative"}})
	}
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults
	}
	return b.kpiRule(section.Rules()[0], l.Definition, entry.Thresholds), nil
}

func (b *Backtester) kpiRule(r alert.Rule, d *kpi.Definition, t *kpi.Thresholds) *rule {
	return &rule{
		kind: KPI, name: d.Name, text: fmt.Sprint(r.Text, " min_n ", t.MinN, " per_group ", t.PerGroup),
		trials: []trial{&kpiTrial{b: b, rule: r, of: d, grouped: t.PerGroup, minN: t.MinN}},
	}
}

func (b *Backtester) near(name string) string {
	return suggest.Near(name, slices.Sorted(maps.Keys(b.o.KPIs.Env().KPIs)))
}

func (b *Backtester) readDetector(file string, text []byte) (*rule, []strict.Fault) {
	var entry detect.Entry
	d := strict.Decode(file, text, &entry)
	env := b.o.KPIs.Env()
	if len(d.Faults()) == 0 && entry.Spec == nil {
		d.Place(fault.List{{Detail: "is empty: a detector has a name, a type, a kpi and what the type asks for"}})
	}
	if len(d.Faults()) == 0 {
		for _, f := range (detect.Config{entry}).Validate(env) {
			d.Place(fault.List{{Path: f.Path[1:], Detail: f.Detail}})
		}
	}
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults
	}
	return b.detector(&entry, env), nil
}

func (b *Backtester) detector(entry *detect.Entry, env *kpi.Env) *rule {
	is := &rule{kind: Detector, name: entry.Name, text: string(entry.Source)}
	judged := &groupTrial{}
	var source detect.Source = b.o.KPIs
	if _, asksHowCasesStand := entry.Spec.(*detect.SLACases); asksHowCasesStand {
		judged.past = newReplay(env.KPIs[entry.KPI], env, b.o.Events)
		source, is.ended = judged.past.engine, judged.past.close
	}
	is.groups = detect.New(detect.Config{*entry}, source, env.Calendars)
	judged.group, is.trials = is.groups[0], []trial{judged}
	return is
}

func (b *Backtester) readPromQL(file string, text []byte) (*rule, []strict.Fault) {
	if b.o.Prometheus == nil {
		return nil, []strict.Fault{{File: file, Detail: "rules of Prometheus cannot be tried here"}}
	}
	groups, end, faults := b.o.Prometheus(file, text)
	if len(faults) > 0 {
		return nil, faults
	}
	is := &rule{kind: PromQL, text: string(text), groups: groups, ended: end}
	for _, g := range groups {
		reads := g.Reads()
		kpi := slices.ContainsFunc(reads, func(name string) bool { _, err := b.o.KPIs.Get(name); return err == nil })
		_, foresees := g.(rules.Foreseeing)
		is.trials = append(is.trials, &groupTrial{group: g, quick: foresees && reads != nil && !kpi})
	}
	return is, nil
}

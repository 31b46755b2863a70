package backtest

import (
	"errors"
	"slices"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/rules"
)

var errNoLonger = errors.New("its text no longer fits the KPIs that there are")

// inForce is the rule of the same name that judges now, nil where none does.
func (b *Backtester) inForce(r *rule) (*rule, error) {
	switch r.kind {
	case Threshold:
		all := b.o.Thresholds()
		i := slices.IndexFunc(all, func(other alert.Rule) bool { return other.Name == r.name })
		if i < 0 {
			return nil, nil
		}
		return b.threshold(all[i]), nil
	case KPI:
		return b.kpiInForce(r.name), nil
	}
	return b.groupInForce(r)
}

func (b *Backtester) kpiInForce(name string) *rule {
	l, err := b.o.KPIs.Get(name)
	if err != nil || l.Definition.Thresholds == nil {
		return nil
	}
	t := l.Definition.Thresholds
	all := alert.Thresholds{name: t.Rule(l.Definition)}.Rules()
	return b.kpiRule(all[0], l.Definition, t)
}

// groupInForce makes the rule anew of the text that is in force.
func (b *Backtester) groupInForce(r *rule) (*rule, error) {
	if b.o.Groups == nil || r.kind != Detector {
		return nil, nil // of a rule file only its rules are known, not the groups
	}
	for _, g := range b.o.Groups() {
		for _, s := range g.Rules {
			if s.Rule != r.name || !slices.ContainsFunc(r.groups[0].Rules(), func(own rules.Status) bool { return own.Kind == s.Kind }) {
				continue
			}
			before, faults := b.readDetector("rule in force", []byte(s.Text))
			if len(faults) > 0 {
				return nil, errors.Join(errNoLonger, faults[0])
			}
			return before, nil
		}
	}
	return nil, nil
}

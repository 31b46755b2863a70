package notify

import (
	"fmt"
	"slices"

	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"

	"github.com/hms-ops/hms-monitor/internal/alert"
)

// ParseMatchers reads the matchers of a silence: `office="Boston"`,
// `alertname=~"case.*"`. An alert must meet all of them.
func ParseMatchers(texts []string) (labels.Matchers, error) {
	acceptAnyLabelName()
	var all labels.Matchers
	for _, text := range texts {
		m, err := compat.Matchers(text, "silence preview")
		if err != nil {
			return nil, fmt.Errorf("%q is no matcher: write a label, one of = != =~ !~ and a value, as in office=\"Boston\": %w", text, err)
		}
		all = append(all, m...)
	}
	if len(all) == 0 || !slices.ContainsFunc(all, func(m *labels.Matcher) bool { return !m.Matches("") }) {
		return nil, fmt.Errorf("these matchers hold for every alert: name at least one label and a value for it")
	}
	return all, nil
}

// Standing picks from the newest transitions of all series those whose alerts
// fire and match: what a silence would hide now.
func Standing(m labels.Matchers, standing []alert.Transition) []alert.Transition {
	return slices.DeleteFunc(slices.Clone(standing), func(t alert.Transition) bool {
		return t.State == alert.OK || !m.Matches(labelsOf(t, t.State))
	})
}

// Episode is a time during which an alert fired. End is 0 while it does.
type Episode struct {
	Begin, End int64
	First      alert.Transition
}

// Past is what a silence would have hidden.
type Past struct {
	Episodes []Episode
	// Critical counts the episodes in that state; ByRule and ByReceiver count
	// all, for whom they were meant.
	Critical           int
	ByRule, ByReceiver map[string]int
}

// Hidden goes over past transitions, in their order, and gathers the alerts that
// match. The count by receiver follows the routing of today.
func (r *Routing) Hidden(m labels.Matchers, past []alert.Transition) Past {
	found := Past{ByRule: map[string]int{}, ByReceiver: map[string]int{}}
	open := map[model.Fingerprint]int{}
	for _, t := range past {
		for _, state := range [...]alert.State{alert.Warning, alert.Critical} {
			lset := labelsOf(t, state)
			fp := lset.Fingerprint()
			i, fires := open[fp]
			switch {
			case !m.Matches(lset):
			case t.State == state && !fires:
				open[fp] = len(found.Episodes)
				found.add(r, t)
			case t.State != state && fires && labelsOf(t, t.State).Fingerprint() != fp:
				found.Episodes[i].End = t.At
				delete(open, fp)
			}
		}
	}
	return found
}

func (p *Past) add(r *Routing, t alert.Transition) {
	p.Episodes = append(p.Episodes, Episode{Begin: t.At, First: t})
	p.ByRule[t.Rule]++
	if t.State == alert.Critical {
		p.Critical++
	}
	for _, receiver := range r.Receivers(t) {
		p.ByReceiver[receiver]++
	}
}

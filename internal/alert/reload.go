package alert

import "github.com/hms-ops/hms-monitor/internal/event"

// Rules gives the rules at work.
func (e *Engine) Rules() []Rule {
	e.mu.Lock()
	defer e.mu.Unlock()
	rules := make([]Rule, len(e.watches))
	for i, w := range e.watches {
		rules[i] = w.Rule
	}
	return rules
}

// Reload puts other rules in place. A rule that keeps its name, metric and tag
// keys keeps its series: where its limits changed, they are judged by the new
// ones from their next value on, and conditions not yet held for long enough
// start over. The series of any other rule are forgotten.
func (e *Engine) Reload(rules []Rule) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.watches
	e.setRules(rules)
	for _, old := range before {
		for _, s := range old.series {
			e.adopt(&old.Rule, s)
		}
	}
	e.expect()
}

// expect waits for the series that are expected and were not heard of yet.
func (e *Engine) expect() {
	if e.clock == 0 {
		return
	}
	for _, w := range e.watches {
		for _, values := range w.Expect {
			key := expectedKey(values)
			if _, known := w.series[key]; !known {
				e.waiting.update(w.add(key, e.clock))
			}
		}
	}
}

func (e *Engine) setRules(rules []Rule) {
	e.watches, e.waiting = nil, nil
	e.byMetric = make(map[string][]*watch)
	for _, r := range rules {
		if r.MaxSeries == 0 {
			r.MaxSeries = DefaultMaxSeries
		}
		w := &watch{Rule: r, evidence: r.evidence(), series: make(map[string]*series)}
		w.columns = make([]*event.TagColumn, len(r.By))
		e.watches = append(e.watches, w)
		e.byMetric[r.Metric] = append(e.byMetric[r.Metric], w)
	}
}

// adopt moves a series of an earlier rule to the rule that stands for it now,
// if there is one.
func (e *Engine) adopt(old *Rule, s *series) {
	for _, w := range e.watches {
		if !w.sameSeries(old) {
			continue
		}
		if _, twice := w.series[s.key]; twice {
			return
		}
		if !w.sameTest(old) {
			s.pending, s.leaving = [severities]pending{}, pending{}
			if s.silent = false; w.NoData > 0 {
				s.heard = e.clock
			}
		}
		s.watch, s.idle, s.place = w, nil, -1
		w.series[s.key] = s
		s.rest()
		e.waiting.update(s)
		return
	}
}

package alert

import "github.com/hms-ops/hms-monitor/internal/event"

// Observe judges values that are no events, those of KPIs, at the position
// reached. Received is when the log took them in. Where a value has a source, that
// is a JSON object of what it rests on, and becomes part of the evidence.
func (e *Engine) Observe(b *event.Block, received int64) []Transition {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heed(received)
	e.witness = &b.Source
	defer func() { e.witness = nil }()
	return e.judge(nil, b, func(int) {})
}

// Consider reports of each value whether Observe would change anything by it but
// the latest value, which it notes. So the log needs to hold only what matters.
func (e *Engine) Consider(b *event.Block, received int64) []bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	matters := make([]bool, b.Len())
	if !e.lookUp(b) {
		return matters
	}
	for row, code := range b.Metric.Codes {
		for _, w := range e.byCode[code] {
			matters[row] = e.consider(w, b, row, received) || matters[row]
		}
	}
	return matters
}

func (e *Engine) consider(w *watch, b *event.Block, row int, received int64) bool {
	e.key = w.appendKey(e.key[:0], row)
	s, known := w.series[string(e.key)]
	if !known {
		s = &series{watch: w}
	}
	next := *s
	if next.judge(b.Values[row], b.Times[row], max(e.clock, received)) || next.pending != s.pending || next.leaving != s.leaving {
		return true
	}
	if s.value, s.time = next.value, next.time; !known {
		if s := e.find(w); s != nil {
			s.value, s.time = next.value, next.time
			s.rest()
		}
	}
	return false
}

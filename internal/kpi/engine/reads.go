package engine

import "slices"

// Reads lists the events that a KPI is made from, those of the KPIs that it
// refers to included; nil for a name that is no KPI.
func (e *Engine) Reads(name string) []string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.reads(name, nil)
}

func (e *Engine) reads(name string, above []string) (metrics []string) {
	s, ok := e.byName[name]
	if !ok || slices.Contains(above, name) {
		return nil
	}
	d := s.current().def
	metrics = slices.Clone(d.Spec.Reads(&d.Common).Metrics)
	if r, ok := d.Spec.(refers); ok {
		for _, other := range r.Refers() {
			metrics = append(metrics, e.reads(other, append(above, name))...)
		}
	}
	slices.Sort(metrics)
	return slices.Compact(metrics)
}

// Watermark is the latest event time heard of.
func (e *Engine) Watermark() int64 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.newest
}

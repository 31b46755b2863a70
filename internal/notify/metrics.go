package notify

import "github.com/prometheus/client_golang/prometheus"

// measure registers what this package adds to the Alertmanager's own metrics.
func (s *Service) measure(r prometheus.Registerer) {
	r.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "hms_notify_transitions", Help: "Transitions taken from the event log.",
		}, func() float64 { taken, _ := s.feed.counts(); return float64(taken) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hms_notify_waiting", Help: "Transitions taken and not yet handed to the routing.",
		}, func() float64 { _, waiting := s.feed.counts(); return float64(waiting) }),
	)
	for state, j := range map[string]*journal{"notifications": s.ledger.journal, "silences": s.silenceJournal} {
		labels := prometheus.Labels{"state": state}
		r.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "hms_notify_stored_entries", Help: "Entries that outlive a restart.", ConstLabels: labels,
			}, func() float64 { n, _ := j.counts(); return float64(n) }),
			prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name: "hms_notify_store_errors", Help: "Entries that could not be stored at once.", ConstLabels: labels,
			}, func() float64 { _, n := j.counts(); return float64(n) }),
		)
	}
}

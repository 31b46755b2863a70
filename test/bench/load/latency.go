//go:build linux

package load

import (
	"slices"
	"time"
)

// Latencies are kept one by one: a bench row has some hundred thousand.
type Latencies struct {
	all    []time.Duration
	sorted bool
}

// Add takes one in.
func (l *Latencies) Add(d time.Duration) { l.all, l.sorted = append(l.all, d), false }

// Merge takes in what another run measured.
func (l *Latencies) Merge(o Latencies) { l.all, l.sorted = append(l.all, o.all...), false }

// Len is how many there are.
func (l *Latencies) Len() int { return len(l.all) }

// Quantile is the smallest latency that a share q of all do not exceed.
func (l *Latencies) Quantile(q float64) time.Duration {
	if len(l.all) == 0 {
		return 0
	}
	if !l.sorted {
		slices.Sort(l.all)
		l.sorted = true
	}
	return l.all[min(len(l.all)-1, int(q*float64(len(l.all))))]
}

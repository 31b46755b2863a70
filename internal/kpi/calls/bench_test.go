package calls

import (
	"fmt"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// centre makes blocks of 1,000 events: each call is offered and later answered
// or abandoned.
func centre(n int) (blocks []*event.Block) {
	var b event.Builder
	for i := range n {
		t, id, what := int64(i)*500, i/2, "offered"
		if i%2 == 1 {
			id = max(0, id-100)
			what = []string{"answered", "answered", "answered", "abandoned"}[id%4]
		}
		b.Append(of(what, t, float64(id%97), "callId", fmt.Sprint("c", id), "queue", fmt.Sprint("q", id%20)))
		if b.Len() == 1000 {
			blocks = append(blocks, b.Block())
			b = event.Builder{}
		}
	}
	return blocks
}

func BenchmarkApply(b *testing.B) {
	blocks := centre(200_000)
	b.ResetTimer()
	for b.Loop() {
		e := newBench(New(), "queue")
		for _, block := range blocks {
			e.Apply(kpi.NewBatch(block, e.keys))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200_000, "ns/event")
}

func BenchmarkValue(b *testing.B) {
	e := newBench(New(), "queue")
	for _, block := range centre(500_000) {
		e.Apply(kpi.NewBatch(block, e.keys))
	}
	const hour = 3_600_000
	for name, q := range map[string]kpi.Query{
		"hour":           {From: 40 * hour, At: 41 * hour},
		"hour 20 queues": {From: 40 * hour, At: 41 * hour, By: []int{0}},
		"day":            {From: 20 * hour, At: 44 * hour},
		"day brief":      {From: 20 * hour, At: 44 * hour, Brief: true},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e.Value(q)
			}
		})
	}
}

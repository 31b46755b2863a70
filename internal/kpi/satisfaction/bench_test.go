package satisfaction

import (
	"fmt"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// surveys makes blocks of 1,000 events: each survey is sent and later answered.
func surveys(n int, metric func(i int) string) []*event.Block {
	var blocks []*event.Block
	var b event.Builder
	for i := range n {
		t := int64(i) * 1000
		survey := i / 2
		if i%2 == 1 {
			survey = max(0, i/2-200)
		}
		tags := []string{"office", fmt.Sprint("o", survey%20), "agentId", fmt.Sprint("a", survey%200)}
		if metric(i) != "case.edited" {
			tags = append(tags, "surveyId", fmt.Sprint("s", survey), "instrument", "nps")
		}
		b.Append(event.Event{Metric: metric(i), Time: t, Value: float64(i % 11), Tags: pairs(tags)})
		if b.Len() == 1000 {
			blocks = append(blocks, b.Block())
			b = event.Builder{}
		}
	}
	return blocks
}

func BenchmarkApply(b *testing.B) {
	every := func(i int) string { return []string{"survey.sent", "survey.answered"}[i%2] }
	for name, metric := range map[string]func(i int) string{
		"surveys": every,
		"1-in-50": func(i int) string {
			if i%100 < 2 {
				return every(i)
			}
			return "case.edited"
		},
	} {
		b.Run(name, func(b *testing.B) {
			blocks := surveys(200_000, metric)
			b.ResetTimer()
			for b.Loop() {
				e := newBench(anyOf("nps"), "office", "agentId")
				for _, block := range blocks {
					e.Apply(kpi.NewBatch(block, e.keys))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200_000, "ns/event")
		})
	}
}

func BenchmarkValue(b *testing.B) {
	e := newBench(anyOf("nps"), "office", "agentId")
	for _, block := range surveys(500_000, func(i int) string { return []string{"survey.sent", "survey.answered"}[i%2] }) {
		e.Apply(kpi.NewBatch(block, e.keys))
	}
	const week = 7 * 86_400_000
	for name, by := range map[string][]int{"total": nil, "20 offices": {0}, "200 agents": {1}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e.Value(kpi.Query{From: 400_000_000 - week/2, At: 400_000_000, By: by})
			}
		})
	}
}

package custom

import (
	"fmt"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// blocks are n events of calls, one a second, 10,000 a block.
func blocks(n int) (all []*event.Block) {
	var rows event.Builder
	for i := range n {
		rows.Append(event.Event{
			Metric: []string{"call.offered", "call.answered"}[i%2], Time: int64(i) * 1000, Value: float64(i * 7919 % 300),
			Tags: tags("queue", fmt.Sprint("q", i%20), "agentId", fmt.Sprint("a", i*31%500), "callId", fmt.Sprint("c", i/2)),
		})
		if rows.Len() == 10_000 {
			all = append(all, rows.Block())
			rows = event.Builder{}
		}
	}
	return all
}

func BenchmarkApply(b *testing.B) {
	all := blocks(200_000)
	for _, v := range []struct {
		expr string
		by   []string
	}{
		{`count("call.answered")`, nil},
		{`count("call.answered", value <= 60)`, nil},
		{`count("call.answered", value <= 60 and queue == "q7")`, nil},
		{`count("call.answered", queue matches "^q1") / count("call.*")`, nil},
		{`sum("call.answered", value <= 60)`, nil},
		{`count("call.answered")`, []string{"queue"}},
		{`count("call.answered", value <= 60)`, []string{"queue"}},
		{`distinct(agentId, "call.answered")`, nil},
		{`distinct(callId, "call.answered")`, []string{"queue"}},
	} {
		b.Run(fmt.Sprint(v.expr, v.by), func(b *testing.B) {
			keys := kpi.NewKeys()
			for b.Loop() {
				e := define(b, &kpi.Common{By: v.by}, nil, v.expr)
				for _, block := range all {
					e.Apply(kpi.NewBatch(block, keys))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200_000, "ns/event")
		})
	}
}

// A window of 100,000 events, 50,000 of them selected.
func BenchmarkValue(b *testing.B) {
	all := blocks(200_000)
	for _, expr := range []string{
		`count("call.answered", value <= 60) / count("call.answered")`, `sum("call.answered")`, `max("call.answered")`, `last("call.answered")`,
		`quantile(0.9, "call.answered")`, `distinct(agentId, "call.answered")`, `distinct(callId, "call.answered")`,
	} {
		for _, by := range [][]int{nil, {0}} {
			b.Run(fmt.Sprint(expr, by), func(b *testing.B) {
				e := define(b, &kpi.Common{By: []string{"queue"}}, nil, expr)
				keys := kpi.NewKeys()
				for _, block := range all {
					e.Apply(kpi.NewBatch(block, keys))
				}
				b.ReportAllocs()
				for b.Loop() {
					e.Value(kpi.Query{From: 50_000_000, At: 150_000_000, Now: 150_000_000, By: by})
				}
			})
		}
	}
}

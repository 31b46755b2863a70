package conflict

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

// work makes blocks of 1,000 events, each what of gives for its number.
func work(n int, of func(i int) (metric string, tags []event.Tag)) (blocks []*event.Block) {
	var b event.Builder
	for i := range n {
		metric, tags := of(i)
		b.Append(event.Event{Metric: metric, Time: int64(i) * 100, Value: 1, Tags: tags})
		if b.Len() == 1000 || i == n-1 {
			blocks = append(blocks, b.Block())
			b = event.Builder{}
		}
	}
	return blocks
}

func tags(pairs ...any) (all []event.Tag) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, event.Tag{Key: pairs[i].(string), Value: fmt.Sprint(pairs[i+1])})
	}
	return all
}

// day is work of 200 agents: they open a case, beat, edit it, and close it.
func day(i int) (string, []event.Tag) {
	agent, turn := i%200, i/200
	who := tags("caseId", turn/12*200+agent+i%3, "agentId", agent, "office", agent%20, "sessionId", turn/12)
	switch turn % 12 {
	case 0:
		return "presence.started", who
	case 2:
		return "edit.started", append(who, tags("editId", turn, "baseVersion", 1)...)
	case 5, 9:
		return "case.edited", append(who, tags("editId", turn, "version", turn%12, "baseVersion", turn%12-1, "fields", "status")...)
	case 11:
		return "presence.ended", who
	}
	return "presence.beat", who
}

func edits(i int) (string, []event.Tag) {
	return "case.edited", tags("caseId", i/5+i%7, "agentId", i%200, "office", i%20)
}

func apply(blocks []*event.Block, by ...string) *bench {
	e := newBench(New(), 24*time.Hour, by...)
	for _, block := range blocks {
		e.Apply(kpi.NewBatch(block, e.keys))
	}
	return e
}

func BenchmarkApply(b *testing.B) {
	const n = 100_000
	for _, c := range []struct {
		name string
		of   func(i int) (string, []event.Tag)
	}{
		{"edits", edits},
		{"day", day},
		{"beats of one agent", func(int) (string, []event.Tag) { return "presence.beat", tags("caseId", 1, "agentId", "a") }},
		{"beats of two agents", func(i int) (string, []event.Tag) { return "presence.beat", tags("caseId", 1, "agentId", i%2) }},
		{"versions of one case", func(i int) (string, []event.Tag) {
			return "case.edited", tags("caseId", 1, "agentId", i%3, "version", i+2, "baseVersion", i)
		}},
		{"1 in 50", func(i int) (string, []event.Tag) {
			if i%50 == 0 {
				return edits(i / 50)
			}
			return "case.opened", tags("caseId", i, "office", i%20)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			blocks := work(n, c.of)
			b.ReportAllocs()
			for b.Loop() {
				apply(blocks, "office")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
		})
	}
}

func BenchmarkValue(b *testing.B) {
	e := apply(work(300_000, day), "office")
	const at = 300_000 * 100
	for name, q := range map[string]kpi.Query{
		"brief": {Brief: true}, "total": {}, "20 offices": {By: []int{0}}, "history step": {From: at - 3_600_000, Brief: true},
	} {
		b.Run(name, func(b *testing.B) {
			q.At = at
			if q.From == 0 {
				q.From = at - 86_400_000
			}
			for b.Loop() {
				e.Value(q)
			}
		})
	}
	b.Run("conflicts", func(b *testing.B) {
		for b.Loop() {
			e.Conflicts(at)
		}
	})
}

// BenchmarkMemory tells what a case takes that was edited twice and looked at.
func BenchmarkMemory(b *testing.B) {
	const n = 250_000
	for b.Loop() {
		var before, after runtime.MemStats
		keys := kpi.NewKeys()
		e := newBench(New(), 24*time.Hour, "office", "queue")
		for round, metric := range []string{"presence.started", "case.edited", "case.edited", "presence.ended"} {
			for _, block := range work(n, func(i int) (string, []event.Tag) {
				return metric, tags("caseId", i, "agentId", (i+round)%200, "office", i%20, "queue", i%7)
			}) {
				if round == 0 {
					kpi.NewBatch(block, keys).Codes("caseId")
				}
				e.keys = keys
				if round == 0 && before.HeapAlloc == 0 {
					runtime.GC()
					runtime.ReadMemStats(&before)
				}
				e.Apply(kpi.NewBatch(block, keys))
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/case")
		runtime.KeepAlive(e)
	}
}

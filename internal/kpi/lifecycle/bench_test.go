package lifecycle

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

const rows = 4000

// office is work in blocks: cases are opened, edited, answered and resolved, one in
// ten is reopened, and two thousand are open at a time.
func office(blocks int) (all []*event.Block) {
	const atOnce = 2000
	metrics := []string{"case.opened", "case.edited", "case.responded", "case.resolved", "case.edited"}
	for i := range blocks {
		var b event.Builder
		for row := range rows {
			n := i*rows + row
			phase, id := n/atOnce%5, n/(5*atOnce)*atOnce+n%atOnce
			metric := metrics[phase]
			if phase == 4 && id%10 == 0 {
				metric = "case.reopened"
			}
			b.Append(event.Event{Metric: metric, Value: 1, Time: 1_700_000_000_000 + int64(n)*200, Tags: []event.Tag{
				{Key: "agentId", Value: fmt.Sprint(n * 7919 % 2000)}, {Key: "caseId", Value: fmt.Sprint("C-", id)}, {Key: "office", Value: fmt.Sprint(id % 50)}, {Key: "queue", Value: fmt.Sprint(id % 4)}}})
		}
		all = append(all, b.Block())
	}
	return all
}

func BenchmarkApply(b *testing.B) {
	for _, name := range []string{"backlog", "first_response", "reopen_rate"} {
		b.Run(name, func(b *testing.B) {
			blocks := office(50)
			keys := kpi.NewKeys()
			for _, block := range blocks { // what all KPIs share is not measured
				kpi.NewBatch(block, keys).Codes("caseId")
			}
			for b.Loop() {
				e := newBench(kinds[name], []string{"office", "queue"})
				for _, block := range blocks {
					e.Apply(kpi.NewBatch(block, keys))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*50*rows), "ns/event")
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// millionOpen is an evaluator with many cases open.
func millionOpen(name string) *bench {
	const cases = 1_000_000
	e := newBench(kinds[name], []string{"office"})
	var offices []string
	for i := range 50 {
		offices = append(offices, fmt.Sprint("office ", i))
	}
	for first := 0; first < cases; first += 10_000 {
		var b event.Builder
		for i := first; i < first+10_000; i++ {
			b.Append(event.Event{Metric: "case.opened", Value: 1, Time: 1_700_000_000_000 + int64(i)*1000, Tags: []event.Tag{{Key: "caseId", Value: fmt.Sprint(i)}, {Key: "office", Value: offices[i%50]}}})
		}
		e.Apply(kpi.NewBatch(b.Block(), e.keys))
	}
	return e
}

func BenchmarkOpenCases(b *testing.B) {
	for name := range kinds {
		b.Run(name+"/cases=1M", func(b *testing.B) {
			var perCase, perKey float64
			for b.Loop() {
				before := heap()
				e := millionOpen(name)
				all := heap()
				keys := e.keys
				*e = bench{}
				keysAlone := heap()
				perCase, perKey = float64(all-keysAlone)/1e6, float64(keysAlone-before)/1e6
				runtime.KeepAlive(keys)
			}
			b.ReportMetric(perCase, "bytes/case")
			b.ReportMetric(perKey, "key-bytes/case")
		})
	}
}

func BenchmarkValue(b *testing.B) {
	for name := range kinds {
		for _, brief := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/open=1M/brief=%v", name, brief), func(b *testing.B) {
				e := millionOpen(name)
				at := int64(1_700_000_000_000 + 1_000_000_000)
				for b.Loop() {
					e.Value(kpi.Query{From: at - 7*86_400_000, At: at, Brief: brief})
				}
			})
		}
	}
}

// A year of cases, one in twenty of which stays open, asked about by office.
func BenchmarkBacklogOfAYear(b *testing.B) {
	const cases, year, day = 2_000_000, 365 * 86_400_000, 86_400_000
	e := newBench(kinds["backlog"], []string{"office", "queue"})
	var all []event.Event
	for i := range int64(cases) {
		tags := []event.Tag{{Key: "caseId", Value: fmt.Sprint(i)}, {Key: "office", Value: fmt.Sprint(i * 7919 % 8)}, {Key: "queue", Value: fmt.Sprint(i * 104729 % 4)}}
		t := i * year / cases
		all = append(all, event.Event{Metric: "case.opened", Time: t, Tags: tags})
		if i%20 > 0 {
			all = append(all, event.Event{Metric: "case.resolved", Time: t + i*7919%(4*day), Tags: tags})
		}
	}
	slices.SortFunc(all, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	for part := range slices.Chunk(all, 10_000) {
		e.Apply(kpi.NewBatch(event.Of(part...), e.keys))
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		e.Value(kpi.Query{From: 0, At: year - int64(i%50)*5*day, By: []int{0}})
	}
}

package sla

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/units"
)

func benchEvaluator(all map[string]*calendar.Calendar, calendar string) *Evaluator {
	s := New()
	s.Target, s.Objective, s.Calendar = Target{Default: units.Duration(48 * time.Hour)}, 0.9, calendar
	return s.New(&kpi.Common{By: []string{"office", "queue"}}, &kpi.Env{Calendars: all}).(*Evaluator)
}

// traffic is cases that are opened one each second and resolved a day or two
// later, some paused, in blocks of rows in the order of time.
func traffic(cases, rows int) []*event.Block {
	r := rand.New(rand.NewPCG(1, 2))
	type due struct {
		t    int64
		name string
		id   int
	}
	var all []due
	for i := range cases {
		t := base + int64(i)*1000
		took := int64(r.ExpFloat64() * 20 * 3_600_000)
		all = append(all, due{t, "case.opened", i}, due{t + took, "case.resolved", i})
		if i%5 == 0 {
			all = append(all, due{t + took/3, "case.paused", i}, due{t + took/2, "case.resumed", i})
		}
	}
	slices.SortStableFunc(all, func(a, b due) int { return cmp.Compare(a.t, b.t) })
	var blocks []*event.Block
	for len(all) > 0 {
		var b event.Builder
		for _, d := range all[:min(rows, len(all))] {
			e := event.Event{Metric: d.name, Time: d.t, Value: 1, Tags: []event.Tag{{Key: "caseId", Value: fmt.Sprint("C-", d.id)}}}
			if d.name == "case.opened" {
				e.Tags = append(e.Tags, event.Tag{Key: "office", Value: fmt.Sprint("office-", d.id%50)}, event.Tag{Key: "queue", Value: fmt.Sprint("queue-", d.id%7)})
			}
			b.Append(e)
		}
		blocks = append(blocks, b.Block())
		all = all[min(rows, len(all)):]
	}
	return blocks
}

func BenchmarkApply(b *testing.B) {
	all := calendars(b)
	for _, calendar := range []string{"", "federal"} {
		for _, rows := range []int{8000, 30} {
			blocks := traffic(200_000, rows)
			b.Run(fmt.Sprintf("calendar=%s/cases=200000/rows=%d", calendar, rows), func(b *testing.B) {
				n := 0
				for b.Loop() {
					e, keys := benchEvaluator(all, calendar), kpi.NewKeys()
					n = 0
					for _, block := range blocks {
						e.Apply(kpi.NewBatch(block, keys))
						n += block.Len()
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
			})
		}
	}
}

// openCases has a million cases open.
func openCases(b testing.TB, n int) (*Evaluator, *kpi.Keys, int64) {
	e, keys := benchEvaluator(calendars(b), "federal"), kpi.NewKeys()
	for first := 0; first < n; first += 10_000 {
		var block event.Builder
		for i := first; i < first+10_000; i++ {
			block.Append(event.Event{Metric: "case.opened", Time: base + int64(i)*100, Value: 1, Tags: []event.Tag{
				{Key: "caseId", Value: fmt.Sprint("C-", i)}, {Key: "office", Value: fmt.Sprint("office-", i%50)}, {Key: "queue", Value: fmt.Sprint("queue-", i%7)},
			}})
		}
		e.Apply(kpi.NewBatch(block.Block(), keys))
	}
	return e, keys, base + int64(n)*100 + 1000
}

func BenchmarkCases(b *testing.B) {
	e, keys, now := openCases(b, 1_000_000)
	q := kpi.CaseQuery{At: now, Limit: 50, Text: func(key uint32) string { return keys.Text("caseId", key) }}
	list := func(e *Evaluator, q kpi.CaseQuery) {
		rows, err := e.Cases(q)
		if err != nil {
			b.Fatal(err)
		}
		rows()
	}
	started := time.Now()
	list(e, q)
	b.Logf("the first list takes %v", time.Since(started).Round(time.Millisecond))
	for _, order := range []kpi.CaseOrder{kpi.NextBreach, kpi.ByAge} {
		for _, tags := range []map[string]string{nil, {"queue": "queue-3"}} {
			for _, state := range []kpi.CaseState{"", kpi.CaseAtRisk} {
				b.Run(fmt.Sprintf("open=1000000/order=%s/tags=%d/state=%s", order, len(tags), state), func(b *testing.B) {
					q.Order, q.Tags, q.State = order, tags, state
					for b.Loop() {
						list(e, q)
					}
				})
			}
		}
	}
	e2, keys2 := benchEvaluator(nil, ""), kpi.NewKeys()
	for _, block := range traffic(200_000, 8000) {
		e2.Apply(kpi.NewBatch(block, keys2))
	}
	b.Run("cases=200000/closed", func(b *testing.B) {
		q := kpi.CaseQuery{At: now, Select: kpi.ClosedCases, Limit: 50, Text: func(key uint32) string { return keys2.Text("caseId", key) }}
		for b.Loop() {
			list(e2, q)
		}
	})
	b.Run("open=1000000/account", func(b *testing.B) {
		for b.Loop() {
			e.Account(5, now)
		}
	})
}

// BenchmarkBreached tells how long events wait for a list of all that breached,
// and how long the list takes to make beside them.
func BenchmarkBreached(b *testing.B) {
	for _, open := range []int{10_000, 100_000} {
		e, keys, now := openCases(b, open)
		q := kpi.CaseQuery{
			Limit: 10_001, Select: kpi.OpenCases, Order: kpi.NextBreach, State: kpi.CaseBreached,
			Text: func(key uint32) string { return keys.Text("caseId", key) },
		}
		for name, at := range map[string]int64{"all": now + 100*24*hour, "none": now} {
			b.Run(fmt.Sprintf("open=%d/breached=%s", open, name), func(b *testing.B) {
				q.At = at
				var wait, beside time.Duration
				for b.Loop() {
					began := time.Now()
					list, err := e.Cases(q)
					if err != nil {
						b.Fatal(err)
					}
					chosen := time.Now()
					list()
					wait, beside = wait+chosen.Sub(began), beside+time.Since(chosen)
				}
				b.ReportMetric(float64(wait.Microseconds())/float64(b.N), "wait-µs/op")
				b.ReportMetric(float64(beside.Microseconds())/float64(b.N), "beside-µs/op")
			})
		}
	}
}

func BenchmarkValue(b *testing.B) {
	e, keys := benchEvaluator(nil, ""), kpi.NewKeys()
	for _, block := range traffic(200_000, 8000) {
		e.Apply(kpi.NewBatch(block, keys))
	}
	now := base + 200_000_000
	for _, by := range [][]int{nil, {0}, {0, 1}} {
		for _, brief := range []bool{true, false} {
			b.Run(fmt.Sprintf("cycles=200000/by=%d/brief=%v", len(by), brief), func(b *testing.B) {
				for b.Loop() {
					e.Value(kpi.Query{From: now - 7*24*hour, At: now, By: by, Brief: brief})
				}
			})
		}
	}
	b.Run("cycles=200000/changes", func(b *testing.B) {
		for b.Loop() {
			e.Changes(now, now+5, 7*24*hour)
		}
	})
}

func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkMemory tells what a million open cases take, the names of the cases
// left out, for all KPIs share those.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heapBytes()
		e, keys, now := openCases(b, 1_000_000)
		withKeys := heapBytes()
		_, _ = e.Cases(kpi.CaseQuery{At: now, Limit: 1, Text: func(uint32) string { return "" }})
		withBoard := heapBytes()
		board := withBoard - withKeys
		n := e.goals[0].cases.Len()
		runtime.KeepAlive(e)
		alone := heapBytes() - before // the evaluator is garbage by now
		b.ReportMetric(float64(withBoard-before-alone-board)/float64(n), "B/case")
		b.ReportMetric(float64(board)/float64(n), "B/case-listed")
		runtime.KeepAlive(keys)
	}
}

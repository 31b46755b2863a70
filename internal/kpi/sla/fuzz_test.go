package sla

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

func fuzzSpec() *Spec {
	s := New()
	s.DueTag, s.Calendar = "dueAt", "federal"
	s.Goals = []Goal{
		{Name: "first_response", Stop: "case.responded", Target: Target{Default: 3600e9}},
		{Name: "resolution"},
	}
	return s
}

// Damaged checkpoints give an error or another state, never a panic, however
// they are asked afterwards.
func FuzzRestore(f *testing.F) {
	env := &kpi.Env{Calendars: calendars(f)}
	c := &kpi.Common{By: []string{"office", goalTag}}
	e, keys, r := fuzzSpec().New(c, env).(*Evaluator), kpi.NewKeys(), rand.New(rand.NewPCG(1, 1))
	f.Add(e.AppendBinary(nil))
	var events []event.Event
	for range 60 {
		events = append(events, makeEvent(5, func(_ string, n int) int { return r.IntN(n) }))
	}
	feed(e, keys, r, events)
	f.Add(e.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		e := fuzzSpec().New(c, env).(*Evaluator)
		reader := bin.NewReader(data)
		if e.Restore(reader); reader.End() != nil {
			return
		}
		again := fuzzSpec().New(c, env).(*Evaluator)
		if reader := bin.NewReader(e.AppendBinary(nil)); true {
			if again.Restore(reader); reader.End() != nil {
				t.Fatal("what was written cannot be read:", reader.Err())
			}
		}
		e.Value(kpi.Query{From: base, At: base + 300*minute, By: []int{0, 1}})
		e.Changes(base, base+minute, minute)
		if _, err := e.Cases(kpi.CaseQuery{At: base + 300*minute, Limit: 5, Select: kpi.AllCases, Text: func(uint32) string { return "" }}); err != nil {
			t.Fatal(err)
		}
		for range e.Cycles(math.MinInt64, math.MaxInt64, base+300*minute) {
		}
		e.Account(1, base+300*minute)
		e.Forget(base)
	})
}

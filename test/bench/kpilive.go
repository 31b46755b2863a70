//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/test/bench/load"
)

// nothing is a history without events.
type nothing struct{}

func (nothing) Position() store.Position { return store.Position{} }

func (nothing) Scan(context.Context, store.ScanQuery, func(uint64, *event.Block) error) error {
	return nil
}

// kpiLive measures what the default KPIs cost an event, in this process: cases
// of a month in the order of time, in blocks as a busy server makes them.
func (b *bench) kpiLive() error {
	defaults, err := define.Defaults()
	if err != nil {
		return err
	}
	for _, rows := range []int{30, 1000} {
		blocks, events := month(150_000, rows)
		// Other work on the machine only ever adds to a time.
		all := time.Duration(math.MaxInt64)
		for range 3 {
			once, err := apply(defaults, blocks)
			if err != nil {
				return err
			}
			all = min(all, once)
		}
		b.report.add(row{
			Section: "kpi-live", Name: fmt.Sprintf("default KPIs, an event in blocks of %d", rows), Unit: seconds,
			Ours: sec(all) / float64(events), Target: atMost(1e-6), Note: "the quickest of three; no server, the KPIs side by side on the cores",
		})
		for _, d := range defaults {
			one, err := apply([]*kpi.Definition{d}, blocks)
			if err != nil {
				return err
			}
			b.report.add(row{Section: "kpi-live", Name: "… " + d.Name + " alone", Unit: seconds, Ours: sec(one) / float64(events)})
		}
	}
	return b.kpiOpen()
}

// month is the events of so many cases in the order of time, in blocks of rows. The
// events themselves are gone: the collector would go through them all while the
// KPIs are measured, as it need not in a server.
func month(cases, rows int) (blocks []*event.Block, n int) {
	office := load.Office{Cases: cases, To: 30 * 86_400_000}
	var events []event.Event
	for i := range office.Cases {
		events = office.Case(i, events)
	}
	slices.SortStableFunc(events, func(a, b event.Event) int { return int(max(-1, min(1, a.Time-b.Time))) })
	for part := range slices.Chunk(events, rows) {
		blocks = append(blocks, event.Of(part...))
	}
	return blocks, len(events)
}

// kpiOpen measures what the default KPIs keep of open cases, in this process.
func (b *bench) kpiOpen() error {
	defaults, err := define.Defaults()
	if err != nil {
		return err
	}
	const cases, atOnce = 1_000_000, 1000
	e := newEngine(defaults)
	before := heap()
	two := load.Office{Cases: cases, To: 47 * 3_600_000}
	for i := 0; i < cases; i += atOnce {
		var events []event.Event
		for k := range atOnce {
			events = two.Case(i+k, events)[:len(events)+1]
		}
		e.Apply(uint64(i)+1, event.Of(events...), two.To)
	}
	after := heap()
	a, err := e.Value(engine.Question{KPI: "case.backlog", At: two.To + 1, Now: two.To + 1})
	if err != nil || a.Series[0].Value != cases {
		return fmt.Errorf("%v open cases, %w", a.Series, err)
	}
	b.report.add(row{
		Section: "kpi-live", Name: "1,000,000 open cases, default KPIs: live heap", Unit: byteCount, Ours: float64(after - before),
		Target: atMost(500e6), Note: fmt.Sprintf("%d bytes a case, its id included", (after-before)/cases),
	})
	return e.Close()
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func newEngine(defined []*kpi.Definition) *engine.Engine {
	e := engine.New(engine.Options{
		History: nothing{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler),
	})
	e.Configure(kpi.Env{}, nil, defined, 0)
	e.Filled()
	return e
}

func apply(defined []*kpi.Definition, blocks []*event.Block) (time.Duration, error) {
	e := newEngine(defined)
	runtime.GC()
	seq, started := uint64(1), time.Now()
	for _, block := range blocks {
		e.Apply(seq, block, block.Times[0])
		seq += uint64(block.Len())
	}
	return time.Since(started), e.Close()
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
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
	month := load.Office{Cases: 150_000, To: 30 * 86_400_000}
	var events []event.Event
	for i := range month.Cases {
		events = month.Case(i, events)
	}
	slices.SortStableFunc(events, func(a, b event.Event) int { return int(max(-1, min(1, a.Time-b.Time))) })
	for _, rows := range []int{30, 1000} {
		blocks := make([]*event.Block, 0, len(events)/rows+1)
		for part := range slices.Chunk(events, rows) {
			blocks = append(blocks, event.Of(part...))
		}
		all, err := apply(defaults, blocks)
		if err != nil {
			return err
		}
		b.report.add(row{
			Section: "kpi-live", Name: fmt.Sprintf("default KPIs, an event in blocks of %d", rows), Unit: seconds,
			Ours: sec(all) / float64(len(events)), Target: atMost(1e-6), Note: "in one goroutine, no server",
		})
		for _, d := range defaults {
			one, err := apply([]*kpi.Definition{d}, blocks)
			if err != nil {
				return err
			}
			b.report.add(row{Section: "kpi-live", Name: "… " + d.Name + " alone", Unit: seconds, Ours: sec(one) / float64(len(events))})
		}
	}
	return nil
}

func apply(defined []*kpi.Definition, blocks []*event.Block) (time.Duration, error) {
	e := engine.New(engine.Options{
		History: nothing{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler),
	})
	e.Configure(kpi.Env{}, nil, defined, 0)
	e.Filled()
	seq, started := uint64(1), time.Now()
	for _, block := range blocks {
		e.Apply(seq, block, block.Times[0])
		seq += uint64(block.Len())
	}
	return time.Since(started), e.Close()
}

//go:build linux

package main

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/load"
)

const idleRate = 200

func (b *bench) latencyIdle() error {
	ours, durable, err := b.paced(idleRate)
	if err != nil {
		return err
	}
	b.report.add(
		latencyRow("idle", "200 POSTs a second: to 204, p50", ours.Answered, durable.Answered, .5, atMost(sec(2*time.Millisecond))),
		latencyRow("idle", "… to 204, p99", ours.Answered, durable.Answered, .99, target{}),
		latencyRow("idle", "… to a subscriber, p50", ours.Delivered, durable.Delivered, .5, atMost(sec(2*time.Millisecond))),
		latencyRow("idle", "… to a subscriber, p99", ours.Delivered, durable.Delivered, .99, atMost(sec(10*time.Millisecond))),
	)
	return nil
}

func (b *bench) latencyHalf() error {
	if b.singleRate == 0 {
		if err := b.findSingleRate(); err != nil {
			return err
		}
	}
	ours, durable, err := b.paced(b.singleRate / 2)
	if err != nil {
		return err
	}
	b.report.add(
		latencyRow("half", fmt.Sprintf("%.0f POSTs a second, half of the most: to 204, p50", b.singleRate/2), ours.Answered, durable.Answered, .5, target{}),
		latencyRow("half", "… to 204, p99", ours.Answered, durable.Answered, .99, target{}),
		latencyRow("half", "… to a subscriber, p50", ours.Delivered, durable.Delivered, .5, target{}),
		latencyRow("half", "… to a subscriber, p99", ours.Delivered, durable.Delivered, .99, atMost(sec(20*time.Millisecond))),
	)
	return nil
}

func latencyRow(section, name string, ours, floor load.Latencies, q float64, t target) row {
	return row{Section: section, Name: name, Unit: seconds, Ours: sec(ours.Quantile(q)), Floor: sec(floor.Quantile(q)), Target: t}
}

// paced runs an open loop at a rate on ours and the durable floor, in turn.
func (b *bench) paced(rate float64) (ours, durable load.OpenResult, err error) {
	server, err := b.serve("")
	if err != nil {
		return
	}
	defer func() { _ = server.Stop() }()
	floor, err := b.floor("durable")
	if err != nil {
		return
	}
	defer floor.Kill()
	for round := range rounds {
		for _, turn := range []struct {
			srv  *subject
			into *load.OpenResult
		}{{floor, &durable}, {server, &ours}} {
			loop := load.Open{Addr: turn.srv.Addr, Rate: rate, Connections: 64, Warmup: b.warmup, Duration: b.length / rounds, Seed: uint64(round)}
			var result load.OpenResult
			if result, err = loop.Run(b.ctx); err != nil {
				return
			}
			if result.Undelivered > 0 || result.Refused > 0 {
				err = fmt.Errorf("%d of %d events did not reach the subscriber, %d were refused", result.Undelivered, result.Sent, result.Refused)
				return
			}
			turn.into.Answered.Merge(result.Answered)
			turn.into.Delivered.Merge(result.Delivered)
			if err = turn.srv.quiet(b.ctx); err != nil {
				return
			}
		}
	}
	return
}

// findSingleRate measures the most of single events when that row was left out.
func (b *bench) findSingleRate() error {
	server, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	var s sample
	if err := b.pressed(server, &s, load.Closed{Connections: 64, Events: 1}); err != nil {
		return err
	}
	b.singleRate = s.rate()
	return nil
}

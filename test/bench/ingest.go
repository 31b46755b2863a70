//go:build linux

package main

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/load"
)

// sample is what one server did under one kind of load.
type sample struct {
	events  int
	elapsed time.Duration
	latency load.Latencies
	refused int
	cpu     time.Duration
	acked   uint64
	// visible is from the first request until queries saw every event.
	visible time.Duration
}

func (s *sample) rate() float64 { return float64(s.events) / s.elapsed.Seconds() }

func (s *sample) cpuPerEvent() time.Duration {
	return time.Duration(float64(s.cpu) / float64(max(s.acked, 1)))
}

// storedRate is events a second until they were stored, not just acknowledged.
func (s *sample) storedRate() float64 { return float64(s.acked) / s.visible.Seconds() }

// rounds is how often ours and the floors take turns: what else the machine
// does then meets all of them.
const rounds = 2

// pressed measures a closed loop on one server and adds it to s. before is how
// many events the server has already.
func (b *bench) pressed(srv *subject, s *sample, loop load.Closed) error {
	before := s.acked
	cpu, err := srv.CPU()
	if err != nil {
		return err
	}
	loop.Addr, loop.Seed = srv.Addr, before
	loop.Warmup, loop.Duration = b.warmup, b.length/rounds
	result, err := loop.Run(b.ctx)
	if err != nil {
		return fmt.Errorf("%w (log: %s.log)", err, srv.dir)
	}
	s.events += result.Events
	s.elapsed += result.Elapsed
	s.latency.Merge(result.Latency)
	s.refused += result.Refused
	s.acked += result.Acknowledged
	if err := srv.caughtUp(b.ctx, s.acked); err != nil {
		return err
	}
	s.visible += time.Since(result.Started)
	if err := srv.quiet(b.ctx); err != nil {
		return err
	}
	now, err := srv.CPU()
	s.cpu += now - cpu
	return err
}

// compare runs the same closed loop on ours, the durable and the drain floor.
func (b *bench) compare(loop load.Closed) (ours, durable, drain sample, peak uint64, err error) {
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
	empty, err := b.floor("drain")
	if err != nil {
		return
	}
	defer empty.Kill()
	for range rounds {
		if err = b.pressed(floor, &durable, loop); err != nil {
			return
		}
		if err = b.pressed(server, &ours, loop); err != nil {
			return
		}
		if err = b.pressed(empty, &drain, loop); err != nil {
			return
		}
	}
	_, peak, err = server.Memory()
	return
}

func (b *bench) single() error {
	ours, durable, drain, _, err := b.compare(load.Closed{Connections: 64, Events: 1})
	if err != nil {
		return err
	}
	b.singleRate = ours.rate()
	b.report.add(
		row{Section: "single", Name: "one event a POST, 64 connections: durable", Unit: perSecond, Ours: ours.rate(), Floor: durable.rate(),
			Target: atLeast(0.70).ofFloor(), Note: refusals(ours.refused)},
		row{Section: "single", Name: "… of what net/http does at all (drains, 204)", Unit: perSecond, Ours: ours.rate(), Floor: drain.rate()},
		row{Section: "single", Name: "… latency p50", Unit: seconds, Ours: sec(ours.latency.Quantile(.5)), Floor: sec(durable.latency.Quantile(.5))},
		row{Section: "single", Name: "… latency p99", Unit: seconds, Ours: sec(ours.latency.Quantile(.99)), Floor: sec(durable.latency.Quantile(.99))},
		row{Section: "single", Name: "… server CPU an event", Unit: seconds, Ours: sec(ours.cpuPerEvent()), Floor: sec(durable.cpuPerEvent())},
	)
	return nil
}

// batchTarget is VictoriaLogs with caseId as a share of the durable floor, both
// measured on one machine: 389,000 of 1,440,000 events a second.
const batchTarget = 0.27

func (b *bench) batch() error {
	loop := load.Closed{Connections: 8, Events: 1000}
	ours, durable, drain, peak, err := b.compare(loop)
	if err != nil {
		return err
	}
	b.report.add(
		row{Section: "batch", Name: "NDJSON of 1,000, 8 connections: durable", Unit: perSecond, Ours: ours.rate(), Floor: durable.rate(),
			Target: atLeast(batchTarget).ofFloor(), Note: refusals(ours.refused)},
		row{Section: "batch", Name: "… of what net/http does at all (drains, 204)", Unit: perSecond, Ours: ours.rate(), Floor: drain.rate()},
		row{Section: "batch", Name: "… until stored and seen by queries", Unit: perSecond, Ours: ours.storedRate(), Floor: durable.rate(), Target: atLeast(batchTarget).ofFloor()},
		row{Section: "batch", Name: "… latency p50", Unit: seconds, Ours: sec(ours.latency.Quantile(.5)), Floor: sec(durable.latency.Quantile(.5))},
		row{Section: "batch", Name: "… latency p99", Unit: seconds, Ours: sec(ours.latency.Quantile(.99)), Floor: sec(durable.latency.Quantile(.99))},
		row{Section: "batch", Name: "… server CPU an event", Unit: seconds, Ours: sec(ours.cpuPerEvent()), Floor: sec(durable.cpuPerEvent())},
		row{Section: "batch", Name: "… server memory, peak", Unit: byteCount, Ours: float64(peak)},
	)
	return b.streamed(loop, durable.rate())
}

// streamed presses a server with a subscriber who wants everything.
func (b *bench) streamed(loop load.Closed, floor float64) error {
	server, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	follower, err := load.Follow(b.ctx, server.Addr)
	if err != nil {
		return err
	}
	defer follower.Close()
	loop.Addr, loop.Duration, loop.Follow = server.Addr, b.length, follower
	result, err := loop.Run(b.ctx)
	if err != nil {
		return fmt.Errorf("streamed: %w (log: %s.log)", err, server.dir)
	}
	if err := follower.Until(b.ctx, result.Acknowledged, time.Minute); err != nil {
		return err
	}
	if err := server.caughtUp(b.ctx, result.Acknowledged); err != nil {
		return err
	}
	took := time.Since(result.Started)
	note := ""
	if follower.Resumed > 0 {
		note = fmt.Sprintf("the subscriber fell behind %d times and resumed", follower.Resumed)
	}
	if follower.Gaps > 0 {
		return fmt.Errorf("streamed: %d gaps in the ids", follower.Gaps)
	}
	b.report.add(row{Section: "batch", Name: "… until stored, and streamed to a subscriber", Unit: perSecond,
		Ours: float64(result.Acknowledged) / took.Seconds(), Floor: floor, Target: atLeast(batchTarget).ofFloor(), Note: note})
	return nil
}

func refusals(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d requests refused for overload and sent again", n)
}

//go:build linux

package main

import (
	"fmt"

	"github.com/hms-ops/hms-monitor/test/bench/load"
)

const (
	manySubscribers = 1000
	idleSubscribers = 10_000
)

func (b *bench) fanout() error {
	server, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	floor, err := b.floor("stream")
	if err != nil {
		return err
	}
	defer floor.Kill()
	var ours, floors load.FanoutResult
	for round := range rounds {
		for _, turn := range []struct {
			srv  *subject
			into *load.FanoutResult
		}{{floor, &floors}, {server, &ours}} {
			result, err := load.Fanout{Addr: turn.srv.Addr, Subscribers: manySubscribers, Publishers: 8, Window: 128,
				Warmup: b.warmup, Duration: b.length / rounds, Seed: uint64(round)}.Run(b.ctx)
			if err != nil {
				return err
			}
			turn.into.Deliveries += result.Deliveries
			turn.into.Elapsed += result.Elapsed
			turn.into.Lost += result.Lost
			if err := turn.srv.quiet(b.ctx); err != nil {
				return err
			}
		}
	}
	if ours.Lost > 0 {
		return fmt.Errorf("%d deliveries never came", ours.Lost)
	}
	_, peak, err := server.Memory()
	if err != nil {
		return err
	}
	b.report.add(
		row{Section: "fanout", Name: "1,000 subscribers, single events as fast as it goes: deliveries", Unit: perSecond,
			Ours: ours.Rate(), Floor: floors.Rate(), Target: atLeast(200_000)},
		row{Section: "fanout", Name: "… server memory, peak", Unit: byteCount, Ours: float64(peak)})
	return nil
}

func (b *bench) idleSubscribers() error {
	ours, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { _ = ours.Stop() }()
	memory, alone, err := b.withSubscribers(ours)
	if err != nil {
		return err
	}
	floor, err := b.floor("stream")
	if err != nil {
		return err
	}
	defer floor.Kill()
	floorMemory, _, err := b.withSubscribers(floor)
	if err != nil {
		return err
	}
	b.report.add(row{Section: "subscribers", Name: "10,000 idle subscribers: server memory", Unit: byteCount,
		Ours: float64(memory), Floor: float64(floorMemory), Target: atMost(400e6),
		Note: byteCount.format(float64(alone)) + " before the first"})
	return nil
}

// withSubscribers measures a server's memory with idle subscribers, and before.
func (b *bench) withSubscribers(srv *subject) (with, without uint64, err error) {
	if without, _, err = srv.Memory(); err != nil {
		return 0, 0, err
	}
	subscribers := make([]*load.Subscriber, 0, idleSubscribers)
	defer func() {
		for _, s := range subscribers {
			s.Close()
		}
	}()
	for range idleSubscribers {
		s, err := load.Subscribe(srv.Addr, nil)
		if err != nil {
			return 0, 0, fmt.Errorf("subscriber %d: %w", len(subscribers)+1, err)
		}
		subscribers = append(subscribers, s)
	}
	if err := load.Opened(b.ctx, subscribers); err != nil {
		return 0, 0, err
	}
	if err := srv.quiet(b.ctx); err != nil {
		return 0, 0, err
	}
	with, _, err = srv.Memory()
	return with, without, err
}

//go:build linux

package main

import (
	"fmt"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/load"
)

// restart stores many events, then starts the server again: after an orderly
// end, and after kill -9.
func (b *bench) restart() error {
	server, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { server.Kill() }()
	result, err := load.Closed{Addr: server.Addr, Connections: 8, Events: 1000, Duration: 10 * time.Minute, Most: b.load}.Run(b.ctx)
	if err != nil {
		return err
	}
	if err := server.caughtUp(b.ctx, result.Acknowledged); err != nil {
		return err
	}
	loading := time.Since(result.Started)
	_, peak, err := server.Memory()
	if err != nil {
		return err
	}
	many := fmt.Sprintf("%.3g million events", float64(result.Acknowledged)/1e6)
	b.report.add(
		row{Section: "restart", Name: many + " loaded, until stored", Unit: perSecond, Ours: float64(result.Acknowledged) / loading.Seconds(), Note: refusals(result.Refused)},
		row{Section: "restart", Name: "… server memory, peak", Unit: byteCount, Ours: float64(peak)})

	if err := server.Stop(); err != nil {
		return err
	}
	log, store, err := server.sizes()
	if err != nil {
		return err
	}
	events := float64(result.Acknowledged)
	b.report.add(
		row{Section: "restart", Name: "… bytes an event in the store", Unit: plain, Ours: float64(store) / events, Target: atMost(20),
			Note: fmt.Sprintf("the log holds another %.1f", float64(log)/events)})

	orderly, err := b.again(&server, result.Acknowledged)
	if err != nil {
		return err
	}
	more, err := load.Closed{Addr: server.Addr, Connections: 8, Events: 1000, Duration: time.Minute, Most: 200_000}.Run(b.ctx)
	if err != nil {
		return err
	}
	result.Acknowledged += more.Acknowledged
	server.Kill()
	killed, err := b.again(&server, result.Acknowledged)
	if err != nil {
		return err
	}
	b.report.add(
		row{Section: "restart", Name: "… restart to ready", Unit: seconds, Ours: sec(orderly)},
		row{Section: "restart", Name: "… restart to ready after kill -9 under load", Unit: seconds, Ours: sec(killed)})
	return nil
}

// again starts the server anew on the same data, and checks that all is there.
func (b *bench) again(server **subject, events uint64) (time.Duration, error) {
	start := time.Now()
	next, err := b.serve((*server).dir)
	if err != nil {
		return 0, err
	}
	took := time.Since(start)
	*server = next
	return took, next.caughtUp(b.ctx, events)
}

//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/load"
)

// peerTrials is how often each is measured: the peers look at their rules once
// an interval, so a trial takes about as long.
const peerTrials = 20

// alertPeer measures from a value to a webhook beside Prometheus with the
// Alertmanager, which are asked to evaluate far more often than anyone has them do.
func (b *bench) alertPeer() error {
	if err := findPeers(); err != nil {
		return err
	}
	sinks, err := openSinks(b.ctx)
	if err != nil {
		return err
	}
	defer sinks.close()
	server, err := b.serveAlerts(sinks)
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	versions := peerVersions(b.ctx)
	for variant, every := range []time.Duration{time.Second, 100 * time.Millisecond} {
		ours, theirs, err := b.besidePeers(server, sinks, variant, every)
		if err != nil {
			return fmt.Errorf("rules every %v: %w", every, err)
		}
		note := fmt.Sprintf("in the column of floors: %s, remote write, rules every %v, group_wait 0", versions, every)
		b.report.add(
			row{Section: "alert-peer", Name: fmt.Sprintf("A critical value -> a webhook, beside Prometheus with rules every %v, p50", every), Unit: seconds, Ours: sec(ours.Quantile(.5)), Floor: sec(theirs.Quantile(.5)), Note: note},
			row{Section: "alert-peer", Name: "… p99 (the slowest of 20)", Unit: seconds, Ours: sec(ours.Quantile(1)), Floor: sec(theirs.Quantile(1))},
		)
	}
	return nil
}

// besidePeers takes turns. The waits between are drawn, for the peers' intervals
// begin at fixed times.
func (b *bench) besidePeers(server *subject, s *sinks, variant int, every time.Duration) (ours, theirs load.Latencies, err error) {
	p, err := b.startPeers(s, every)
	if err != nil {
		return ours, theirs, err
	}
	defer p.stop()
	const warm = 3 // open connections, first evaluations
	random := rand.New(rand.NewPCG(1, uint64(every)))
	for i := range peerTrials + warm {
		select {
		case <-time.After(time.Duration(random.Int64N(int64(every)))):
		case <-b.ctx.Done():
			return ours, theirs, b.ctx.Err()
		}
		their, err := p.probe(b.ctx, s, fmt.Sprintf("p%d0%04d", variant+1, i))
		if err != nil {
			return ours, theirs, err
		}
		our, err := s.probe(b.ctx, server, fmt.Sprintf("p%d1%04d", variant+1, i), []string{"webhook", "email", "sms"})
		if err != nil {
			return ours, theirs, err
		}
		if i >= warm {
			ours.Add(our["webhook"])
			theirs.Add(their)
		}
	}
	return ours, theirs, nil
}

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/test/bench/floor"
	"github.com/hms-ops/hms-monitor/test/bench/load"
	"github.com/hms-ops/hms-monitor/test/bench/proc"
)

// alerts measures from the POST of a value that is critical to the sockets of
// receivers: a webhook, an SMTP server, and an API for text messages. Each value
// is of a series of its own, so each is one ungrouped alert.
func (b *bench) alerts() error {
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
	least, err := b.floor(string(floor.Relay))
	if err != nil {
		return err
	}
	defer least.Kill()

	const every = 50 * time.Millisecond
	var relayed load.Latencies
	got := map[string]*load.Latencies{"webhook": {}, "email": {}, "sms": {}}
	probes := int(b.length / every)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for i := range probes + 10 { // the first ones open connections
		probe := fmt.Sprintf("p%06d", i)
		for _, turn := range []*subject{least, server} {
			select {
			case <-tick.C:
			case <-b.ctx.Done():
				return b.ctx.Err()
			}
			wanted := []string{"webhook", "email", "sms"}
			if turn.floor {
				wanted = wanted[:1]
			}
			took, err := sinks.probe(b.ctx, turn, probe, wanted)
			if err != nil {
				return err
			}
			if i < 10 {
				continue
			}
			if turn.floor {
				relayed.Add(took["webhook"])
				continue
			}
			for name, d := range took {
				got[name].Add(d)
			}
		}
	}
	for _, r := range []struct{ name, what string }{{"webhook", "a webhook"}, {"email", "an SMTP server"}, {"sms", "an API for text messages"}} {
		l := got[r.name]
		first := row{Section: "alert", Name: "POST of a critical value -> " + r.what + ", p50", Unit: seconds, Ours: sec(l.Quantile(.5)), Target: atMost(0.005)}
		last := row{Section: "alert", Name: "… p99", Unit: seconds, Ours: sec(l.Quantile(.99)), Target: atMost(0.05)}
		if r.name == "webhook" {
			first.Floor, last.Floor = sec(relayed.Quantile(.5)), sec(relayed.Quantile(.99))
		}
		b.report.add(first, last)
	}
	return nil
}

// serveAlerts starts a server that tells the sinks of everything.
func (b *bench) serveAlerts(s *sinks) (*subject, error) {
	dir := b.newDir("alerts")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	files := map[string]string{
		"hms.yaml": fmt.Sprintf(`
listen: 127.0.0.1:0
data_dir: %s/data
thresholds:
  bench.page: {critical: "< 2", by: [probe], max_series: 100000}
alerting:
  alertmanager: alertmanager.yml
  receivers:
    - {name: all, sms: [{to: ["+16175550123"], from: "+16175550100", account_sid: AC00000000000000000000000000000000, auth_token: bench, base_url: "http://%s"}]}
`, dir, s.http),
		"alertmanager.yml": fmt.Sprintf(`
global: {smtp_smarthost: "%s", smtp_from: monitor@example.org, smtp_require_tls: false}
route: {receiver: all, group_by: ["..."]}
receivers:
  - name: all
    webhook_configs: [{url: "http://%s/webhook"}]
    email_configs: [{to: duty@example.org}]
`, s.smtp, s.http),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	p, err := proc.Start(b.ctx, dir+".log", b.binary, "serve", "--config", filepath.Join(dir, "hms.yaml"))
	if err != nil {
		return nil, err
	}
	server := &subject{Process: p, dir: dir}
	return server, server.ready(b.ctx)
}

// probe posts one value and waits until it has come where it is wanted.
func (s *sinks) probe(ctx context.Context, to *subject, probe string, wanted []string) (map[string]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	arrivals := s.expect(probe)
	defer s.forget(probe)
	body := fmt.Sprintf(`{"metricName":"bench.page","value":1,"tags":{"probe":"%s"},"timestamp":%d}`, probe, time.Now().UnixMilli())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+to.Addr+"/metrics", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(floor.ToHeader, "http://"+s.http+"/webhook")
	began := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		return nil, fmt.Errorf("POST /metrics answered %s", answer.Status)
	}
	return await(ctx, arrivals, probe, began, wanted)
}

// await waits for a probe to arrive, and says how long after began it did so where.
func await(ctx context.Context, arrivals <-chan arrival, probe string, began time.Time, wanted []string) (map[string]time.Duration, error) {
	took := map[string]time.Duration{}
	for len(took) < len(wanted) {
		select {
		case a := <-arrivals:
			if _, twice := took[a.at]; twice {
				return nil, fmt.Errorf("%s came to %s twice", probe, a.at)
			}
			took[a.at] = a.when.Sub(began)
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("%s reached %d of %v", probe, len(took), wanted), ctx.Err())
		}
	}
	return took, nil
}

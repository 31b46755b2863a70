//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hms-ops/hms-monitor/test/bench/proc"
)

// The peers as Debian's packages of these names install them.
const (
	prometheusName   = "prometheus"
	alertmanagerName = "prometheus-alertmanager"
)

var errNoPeers = errors.New("needs the programs prometheus and prometheus-alertmanager (Debian: apt-get install --no-install-recommends prometheus prometheus-alertmanager)")

// peers are a Prometheus that takes remote write, and the Alertmanager that it
// tells of alerts.
type peers struct {
	prometheus, alertmanager *proc.Process
}

func findPeers() error {
	for _, name := range []string{prometheusName, alertmanagerName} {
		if _, err := exec.LookPath(name); err != nil {
			return errNoPeers
		}
	}
	return nil
}

// peerVersions is like "Prometheus 2.42.0, Alertmanager 0.25.0".
func peerVersions(ctx context.Context) string {
	version := func(name string) string {
		// Some write it to one, some to the other.
		out, err := exec.CommandContext(ctx, name, "--version").CombinedOutput()
		_, after, found := strings.Cut(string(out), "version ")
		if words := strings.Fields(after); err == nil && found && len(words) > 0 {
			return words[0]
		}
		return "of unknown version"
	}
	return fmt.Sprintf("Prometheus %s, Alertmanager %s", version(prometheusName), version(alertmanagerName))
}

// startPeers has rules evaluated at an interval and everything sent at once.
func (b *bench) startPeers(to *sinks, every time.Duration) (*peers, error) {
	dir := b.newDir("peers")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	path := func(name string) string { return filepath.Join(dir, name) }
	web, err := freeAddr(b.ctx)
	if err != nil {
		return nil, err
	}
	alerts, err := freeAddr(b.ctx)
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{
		"prometheus.yml": fmt.Sprintf(`
global: {evaluation_interval: %s, scrape_interval: 1h}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["%s"]}]}]}
`, every, alerts),
		"rules.yml": `groups: [{name: bench, rules: [{alert: page, expr: bench_page < 2, labels: {severity: critical}}]}]`,
		"alertmanager.yml": fmt.Sprintf(`
route: {receiver: all, group_by: ["..."], group_wait: 0s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: all, webhook_configs: [{url: "http://%s/webhook"}]}]
`, to.http),
	} {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	p := &peers{}
	p.alertmanager, err = proc.Start(b.ctx, path("alertmanager.log"), alertmanagerName, "--config.file="+path("alertmanager.yml"),
		"--storage.path="+path("alertmanager"), "--web.listen-address="+alerts, "--cluster.listen-address=")
	if err != nil {
		return nil, err
	}
	p.prometheus, err = proc.Start(b.ctx, path("prometheus.log"), prometheusName, "--config.file="+path("prometheus.yml"),
		"--storage.tsdb.path="+path("prometheus"), "--web.listen-address="+web, "--web.enable-remote-write-receiver")
	if err != nil {
		p.stop()
		return nil, err
	}
	if err := p.ready(b.ctx); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *peers) stop() {
	for _, s := range []*proc.Process{p.prometheus, p.alertmanager} {
		if s != nil {
			s.Kill()
		}
	}
}

// freeAddr is an address on loopback that nothing listens at just now.
func freeAddr(ctx context.Context) (string, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// ready waits until Prometheus takes samples in and knows its Alertmanager,
// which it looks for every 5 s only.
func (p *peers) ready(ctx context.Context) error {
	at := &subject{Process: p.prometheus}
	var last error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		_, body, err := at.get(ctx, "/api/v1/alertmanagers")
		if err == nil && bytes.Contains(body, []byte(p.alertmanager.Addr)) {
			return nil
		}
		last = fmt.Errorf("prometheus knows of no Alertmanager: %.200s %w", body, err)
	}
	return errors.Join(last, ctx.Err())
}

// probe writes one sample of a series of its own and waits for its alert.
func (p *peers) probe(ctx context.Context, s *sinks, probe string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	arrivals := s.expect(probe)
	defer s.forget(probe)
	began := time.Now()
	body := snappy.Encode(nil, writeRequest(1, began, "__name__", "bench_page", "probe", probe))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.prometheus.Addr+"/api/v1/write", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Encoding", "snappy")
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil || answer.StatusCode/100 != 2 {
		return 0, fmt.Errorf("remote write answered %s %w", answer.Status, err)
	}
	where, err := await(ctx, arrivals, probe, began, []string{"webhook"})
	return where["webhook"], err
}

// writeRequest is prometheus.WriteRequest with one sample of one series.
func writeRequest(value float64, at time.Time, labels ...string) []byte {
	nested := func(to []byte, number protowire.Number, inner []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), inner)
	}
	var series []byte
	for i := 0; i+1 < len(labels); i += 2 {
		label := nested(nested(nil, 1, []byte(labels[i])), 2, []byte(labels[i+1]))
		series = nested(series, 1, label)
	}
	sample := protowire.AppendFixed64(protowire.AppendTag(nil, 1, protowire.Fixed64Type), math.Float64bits(value))
	sample = protowire.AppendVarint(protowire.AppendTag(sample, 2, protowire.VarintType), uint64(at.UnixMilli()))
	return nested(nil, 1, nested(series, 2, sample))
}

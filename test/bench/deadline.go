//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
)

// deadlines measures how long after a case's deadline has passed, with no event,
// the alert about it is on the live stream.
func (b *bench) deadlines(server *subject) error {
	const probes = 20
	if err := server.put(b.ctx, "bench.deadline", `{"type":"sla","due_tag":"dueAt","window":"1h","by":["probe"],"thresholds":{"critical":"< 1","per_group":true}}`); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+server.Addr+"/metrics/stream?events=alert", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()

	due := map[string]time.Time{}
	var events []event.Event
	now := time.Now()
	for i := range probes {
		name, at := fmt.Sprint("p", i), now.Add(2*time.Second+time.Duration(i)*137*time.Millisecond).Truncate(time.Millisecond)
		due[name] = at
		events = append(events, event.Event{Metric: "case.opened", Value: 1, Time: now.UnixMilli(), Tags: []event.Tag{
			{Key: "caseId", Value: "probe-" + name}, {Key: "dueAt", Value: fmt.Sprint(at.UnixMilli())}, {Key: "probe", Value: name}}})
	}
	c := client.Client{URL: "http://" + server.Addr, GiveUp: time.Minute}
	if err := c.Post(ctx, events, client.NewKey()); err != nil {
		return err
	}
	var took []time.Duration
	lines := bufio.NewScanner(answer.Body)
	for len(took) < probes && lines.Scan() {
		text, is := strings.CutPrefix(lines.Text(), "data: ")
		var alert struct {
			Rule string            `json:"rule"`
			Tags map[string]string `json:"tags"`
		}
		if !is || json.Unmarshal([]byte(text), &alert) != nil || alert.Rule != "bench.deadline" || alert.Tags["probe"] == "" {
			continue
		}
		took = append(took, time.Since(due[alert.Tags["probe"]]))
	}
	if len(took) < probes {
		return errors.Join(fmt.Errorf("%d of %d deadlines were told", len(took), probes), lines.Err())
	}
	slices.Sort(took)
	b.report.add(
		row{Section: "open", Name: "… a deadline passes -> alert on the stream, p50 of 20", Unit: seconds, Ours: sec(took[probes/2])},
		row{Section: "open", Name: "… the slowest", Unit: seconds, Ours: sec(took[probes-1]), Target: atMost(0.1)})
	return nil
}

//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hms-ops/hms-monitor/internal/client"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/test/bench/load"
)

// eventsOfACase is about how many an Office makes.
const eventsOfACase = 5.5

// kpi loads a year of cases and asks KPIs about it: a new definition over all of
// it, values, a year by the hour, the same again after kill -9.
func (b *bench) kpi() error {
	server, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { server.Kill() }()
	year := load.Office{Cases: int(float64(b.load) / eventsOfACase), From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli(), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()}
	started := time.Now()
	events, err := server.post(b.ctx, year.Cases, year.Case)
	if err != nil {
		return err
	}
	if err := server.caughtUp(b.ctx, events); err != nil {
		return err
	}
	many := fmt.Sprintf("%.3g million events of a year", float64(events)/1e6)
	_, peak, err := server.Memory()
	if err != nil {
		return err
	}
	b.report.add(
		row{Section: "kpi", Name: many + " loaded, until stored and counted", Unit: perSecond, Ours: float64(events) / time.Since(started).Seconds()},
		row{Section: "kpi", Name: "… server memory, peak", Unit: byteCount, Ours: float64(peak)})
	if err := server.quiet(b.ctx); err != nil {
		return err
	}
	if err := b.backFill(server, events); err != nil {
		return err
	}
	if err := b.questions(server, year); err != nil {
		return err
	}
	before, err := server.answers(b.ctx, year.To)
	if err != nil {
		return err
	}
	server.Kill()
	took, err := b.again(&server, events)
	if err != nil {
		return err
	}
	after, err := server.answers(b.ctx, year.To)
	if err != nil {
		return err
	}
	b.report.add(row{Section: "kpi", Name: "… restart to ready after kill -9", Unit: seconds, Ours: sec(took), Target: atMost(3), Note: "answers as before"})
	for name, answer := range before {
		if after[name] != answer {
			return fmt.Errorf("%s answers differently after kill -9: %.200s, before %.200s", name, after[name], answer)
		}
	}
	return nil
}

// backFill defines a KPI over everything stored.
func (b *bench) backFill(server *subject, events uint64) error {
	started := time.Now()
	if err := server.put(b.ctx, "bench.sla", `{"type":"sla","target":"24h","window":"7d","by":["office"]}`); err != nil {
		return err
	}
	for {
		var k struct {
			Ready bool `json:"ready"`
		}
		if err := server.ask(b.ctx, "/api/kpis/bench.sla", &k); err != nil {
			return err
		}
		if k.Ready {
			break
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-b.ctx.Done():
			return b.ctx.Err()
		}
	}
	took := time.Since(started)
	b.report.add(row{Section: "kpi", Name: "… a new SLA over all of them", Unit: perSecond, Ours: float64(events) / took.Seconds(), Target: atLeast(2e6), Note: took.Round(time.Millisecond).String()})
	return nil
}

func (b *bench) questions(server *subject, year load.Office) error {
	const tries = 50
	for _, name := range []string{"case.sla", "cases.resolved.per.hour", "case.backlog", "case.conflicts", "caller.satisfaction"} {
		var took []time.Duration
		for i := range tries {
			at := year.To - int64(i)*int64(5*24*time.Hour/time.Millisecond)
			started := time.Now()
			var answer any
			if err := server.ask(b.ctx, fmt.Sprintf("/api/kpis/%s/value?at=%d&by=office", name, at), &answer); err != nil {
				return err
			}
			took = append(took, time.Since(started))
		}
		slices.Sort(took)
		b.report.add(row{Section: "kpi", Name: "… " + name + " by office, p90 of " + fmt.Sprint(tries), Unit: seconds, Ours: sec(took[tries*9/10]), Target: atMost(0.005)})
		took = took[:0]
		for range 5 {
			started := time.Now()
			var answer any
			if err := server.ask(b.ctx, fmt.Sprintf("/api/kpis/%s/history?from=%d&to=%d&step=1h", name, year.From, year.To), &answer); err != nil {
				return err
			}
			took = append(took, time.Since(started))
		}
		slices.Sort(took)
		b.report.add(row{Section: "kpi", Name: "… " + name + ", a year by the hour, p50 of 5", Unit: seconds, Ours: sec(took[2]), Target: atMost(0.1)})
	}
	return nil
}

// openCases posts a million cases and resolves none.
func (b *bench) openCases() error {
	server, err := b.serve("")
	if err != nil {
		return err
	}
	defer func() { server.Kill() }()
	before, _, err := server.Memory()
	if err != nil {
		return err
	}
	cases := int(min(b.load, 1_000_000))
	now := time.Now().UnixMilli()
	year := load.Office{Cases: cases, From: now - 47*3_600_000, To: now}
	if _, err := server.post(b.ctx, cases, func(i int, events []event.Event) []event.Event {
		return year.Case(i, events)[:len(events)+1]
	}); err != nil {
		return err
	}
	if err := server.caughtUp(b.ctx, uint64(cases)); err != nil {
		return err
	}
	if err := server.quiet(b.ctx); err != nil {
		return err
	}
	after, _, err := server.Memory()
	if err != nil {
		return err
	}
	b.report.add(row{
		Section: "open", Name: fmt.Sprintf("%d open cases posted: memory of the server more than idle", cases), Unit: byteCount,
		Ours: float64(after) - float64(before), Note: "the store's buffers, the live stream's and what the collector leaves; kpi-live has the KPIs' own",
	})
	return b.deadlines(server)
}

// post sends the events of cases by tens of thousands, on four connections.
func (s *subject) post(ctx context.Context, cases int, of func(int, []event.Event) []event.Event) (uint64, error) {
	const atOnce = 4000 // cases
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	counts := make([]uint64, cases/atOnce+1)
	for part := range counts {
		group.Go(func() error {
			var events []event.Event
			for i := part * atOnce; i < min(cases, (part+1)*atOnce); i++ {
				events = of(i, events)
			}
			counts[part] = uint64(len(events))
			if len(events) == 0 {
				return nil
			}
			c := client.Client{URL: "http://" + s.Addr, GiveUp: time.Minute}
			return c.Post(ctx, events, client.NewKey())
		})
	}
	err := group.Wait()
	var n uint64
	for _, c := range counts {
		n += c
	}
	return n, err
}

func (s *subject) ask(ctx context.Context, path string, into any) error {
	status, body, err := s.get(ctx, path)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET %s: %d %.300s", path, status, body)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func (s *subject) put(ctx context.Context, name, definition string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+s.Addr+"/api/kpis/"+name, bytes.NewReader([]byte(definition)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		err = fmt.Errorf("PUT %s: %d", name, answer.StatusCode)
	}
	return errors.Join(err, answer.Body.Close())
}

// answers is what every KPI says as of an instant, for comparison.
func (s *subject) answers(ctx context.Context, at int64) (map[string]string, error) {
	var list struct {
		KPIs []struct {
			Name string `json:"name"`
		} `json:"kpis"`
	}
	if err := s.ask(ctx, "/api/kpis", &list); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, k := range list.KPIs {
		var a struct {
			Series json.RawMessage `json:"series"`
		}
		if err := s.ask(ctx, fmt.Sprintf("/api/kpis/%s/value?at=%d&window=30d&by=office", k.Name, at), &a); err != nil {
			return nil, err
		}
		all[k.Name] = string(a.Series)
	}
	return all, nil
}

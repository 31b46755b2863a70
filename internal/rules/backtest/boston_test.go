package backtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/detect"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

const openedPerDay = `
kpis:
  - {name: opened, type: throughput, event: case.opened, window: 1d, per: 1d, by: [office], thresholds: {warning: "> 600", critical: "> 900"}}
  - {name: sla, type: sla, due_tag: dueAt}
`

const oddDay = `{name: odd day, type: anomaly, kpi: opened, window: 1d, time_zone: America/New_York, min_history: 6, direction: %s}`

// The hurricane Irene reached Boston on Sunday 2011-08-28.
func TestBostonSurgeWouldHaveFired(t *testing.T) {
	events, zone := boston(t)
	b := newBench(t, openedPerDay)
	// They come in any order, as an import would bring them.
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	b.give(events...)
	from, to := time.Date(2011, 7, 1, 0, 0, 0, 0, zone).UnixMilli(), time.Date(2012, 1, 1, 1, 0, 0, 0, zone).UnixMilli()
	for _, direction := range []string{"low", "both"} {
		begin := time.Now()
		a := b.run(fmt.Sprintf(oddDay, direction), from, to, 0)
		took := time.Since(begin)
		t.Logf("%s: %d firings, judged at %d instants, step %v, in %v; %.2f pages a week; %v", direction, a.Count, a.Judged, time.Duration(a.Step)*time.Millisecond, took, a.PagesPerWeek, a.Limits)
		found := slices.IndexFunc(a.Firings, func(f Firing) bool { return time.UnixMilli(f.FiredAt).In(zone).Format("01-02") == "08-28" })
		if (direction == "both") != (found >= 0) {
			t.Errorf("%s: %+v", direction, a.Firings)
		}
		if took > 20*time.Second {
			t.Errorf("%s took %v", direction, took)
		}
	}
}

// The same rule, judged live while the events come, fires at the same instants
// as over the past.
func TestBostonLiveFiresAsTheBacktestSays(t *testing.T) {
	events, zone := boston(t)
	from, to := time.Date(2011, 7, 1, 0, 0, 0, 0, zone).UnixMilli(), time.Date(2012, 1, 1, 1, 0, 0, 0, zone).UnixMilli()
	whole := newBench(t, openedPerDay)
	whole.give(events...)
	for _, rule := range []string{
		fmt.Sprintf(oddDay, "both"),
		fmt.Sprintf(oddDay, "low"),
		`{name: per office, type: anomaly, kpi: opened, window: 1d, by: [office], time_zone: America/New_York, direction: high, keep_firing_for: 1d}`,
		`{name: late, type: sla_breach, kpi: sla}`,
	} {
		step := 15 * time.Minute
		to := to
		if strings.Contains(rule, "sla") {
			step, to = 6*time.Hour, from+14*24*hour
		}
		begin := time.Now()
		a := whole.run(rule, from, to, step)
		took := time.Since(begin)
		live := newBench(t, openedPerDay)
		g := live.detector(rule)
		e := alert.New(nil, quiet())
		var got []string
		rest := events
		trial := groupTrial{group: g}
		for _, at := range trial.instants(newRecorder(Request{From: from, To: to, Step: step}, DefaultLimits())) {
			n := 0
			for n < len(rest) && rest[n].Time < at {
				n++
			}
			live.give(rest[:n]...)
			rest = rest[n:]
			found, err := g.Evaluate(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range e.Found(e.Differences(ids(g), found, at), at) {
				if c.State != alert.OK && c.State != c.Previous {
					got = append(got, fmt.Sprint(at, c.State, c.Tags, c.Value))
				}
			}
		}
		var want []string
		for _, f := range a.Firings {
			want = append(want, fmt.Sprint(f.FiredAt, f.State, f.first.Tags, *f.Value))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s: live it fired %d times, in the backtest %d times\n%v\n%v", rule, len(got), len(want), got[:min(5, len(got))], want[:min(5, len(want))])
		}
		t.Logf("%s: %d times both; judged at %d instants in %v", rule, len(got), a.Judged, took)
	}
}

// A threshold on a KPI, judged live each time that an event came, is the one of
// the backtest.
func TestBostonThresholdOnAKPI(t *testing.T) {
	events, zone := boston(t)
	from, to := time.Date(2011, 8, 25, 0, 0, 0, 0, zone).UnixMilli(), time.Date(2011, 9, 15, 0, 0, 0, 0, zone).UnixMilli()
	whole := newBench(t, openedPerDay)
	whole.give(events...)
	begin := time.Now()
	a := whole.run(`{kpi: opened, thresholds: {warning: "> 600", critical: "> 900"}}`, from, to, 0)
	t.Logf("%d firings, judged at %d instants, step %d, in %v, %v", a.Count, a.Judged, a.Step, time.Since(begin), a.Limits)
	if a.Step != 0 || a.InForce == nil || !a.InForce.Same || a.InForce.GainedCount+a.InForce.LostCount != 0 {
		t.Fatalf("%+v", a)
	}
	live := newBench(t, openedPerDay)
	e := alert.New(live.engine.Rules(), quiet())
	var got, want []string
	// Looked at when an event comes, and when it leaves the window.
	var looks []int64
	for _, event := range events {
		looks = append(looks, event.Time, event.Time+24*hour-1, event.Time+24*hour)
	}
	slices.Sort(looks)
	rest := events
	for _, now := range slices.Compact(looks) {
		if now >= to {
			break
		}
		n := 0
		for n < len(rest) && rest[n].Time <= now {
			n++
		}
		live.give(rest[:n]...)
		rest = rest[n:]
		if b := live.engine.Due(now); b != nil {
			got = append(got, fired(e.Observe(b, now), from)...)
		}
	}
	for _, f := range a.Firings {
		want = append(want, fmt.Sprint(f.FiredAt, f.State, *f.Value))
	}
	if !slices.Equal(got, want) || len(got) == 0 {
		t.Errorf("live\n%v\nbacktest\n%v", got, want)
	}
}

func fired(all []alert.Transition, from int64) (texts []string) {
	for _, t := range all {
		if t.State != alert.OK && t.At >= from {
			texts = append(texts, fmt.Sprint(t.At, t.State, t.Value))
		}
	}
	return texts
}

// detector makes a live one.
func (b *bench) detector(text string) rules.Group {
	b.t.Helper()
	var entry detect.Entry
	d := strict.Decode("rule", []byte(text), &entry)
	d.Place(detect.Config{entry}.Validate(b.engine.Env()).Under())
	if err := d.Err(); err != nil {
		b.t.Fatal(err)
	}
	return detect.New(detect.Config{entry}, b.engine, b.env.Calendars)[0]
}

package backtest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/promql"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/rules/prom"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/strict"
)

func (m *memory) Metrics(context.Context) ([]store.MetricInfo, error) {
	return []store.MetricInfo{{Metric: "case.opened"}, {Metric: "case.resolved"}}, nil
}

// prometheus makes groups of a rule file, as the app does.
func (b *bench) prometheus(file string, text []byte) ([]rules.Group, func(), []strict.Fault) {
	dir := b.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
		b.t.Fatal(err)
	}
	recorded, err := promql.OpenRecorded(filepath.Join(dir, "recorded"), 100*365*24*time.Hour, quiet())
	if err != nil {
		b.t.Fatal(err)
	}
	c := promql.DefaultConfig()
	sources := promql.Sources{Events: promql.NewEvents(b.past, c), KPIs: promql.NewKPIs(b.engine, c), Recorded: recorded}
	loader, err := prom.NewLoader(prom.Options{
		Engine: promql.NewEngine(c, time.Minute, quiet()), Queryable: sources.ForPast(), Recorded: recorded, Alone: true, Logger: quiet(),
		KPI: func(name string) bool { _, err := b.engine.Get(name); return err == nil },
	})
	if err != nil {
		b.t.Fatal(err)
	}
	from := prom.DefaultConfig()
	from.Rules = []string{file}
	groups, err := loader.Load(from, dir, nil)
	if err != nil {
		return nil, nil, []strict.Fault{{File: file, Detail: err.Error()}}
	}
	var all []rules.Group
	for _, g := range groups {
		all = append(all, g)
	}
	return all, func() {
		if err := recorded.Close(); err != nil {
			b.t.Error(err)
		}
	}, nil
}

// Each case is a series of its own; half a year of them is judged within the limit.
func TestBostonRuleFileOverEachCase(t *testing.T) {
	events, zone := boston(t)
	b := newBench(t, openedPerDay)
	b.o.Prometheus, b.o.Limits.Time = b.prometheus, 2*time.Minute // others may use the processor
	b.give(events...)
	from, to := time.Date(2011, 7, 1, 0, 0, 0, 0, zone).UnixMilli(), time.Date(2012, 1, 1, 0, 0, 0, 0, zone).UnixMilli()
	for _, expr := range []string{
		`sum by (office) (count_over_time({"case.opened"}[1h])) > 30`,
		`sum by (office) (count_over_time({"case.opened"}[7d])) > 1500`,
		`sum by (office) (count_over_time({"case.opened"}[1h])) / sum by (office) (count_over_time({"case.resolved"}[1h])) > 20`,
		`count(count_over_time({"case.opened"}[1h])) > 100`,
		`{"opened", office!=""} > 300`,
	} {
		begin := time.Now()
		a := b.run("groups:\n- name: g\n  interval: 1m\n  rules:\n  - alert: Busy\n    expr: '"+expr+"'\n", from, to, 0)
		t.Logf("%s: %d firings, judged at %d instants, step %v, in %v; %v", expr, a.Count, a.Judged, time.Duration(a.Step)*time.Millisecond, time.Since(begin), a.Limits)
		if a.Through != a.To || a.Count == 0 {
			t.Errorf("%s: through %d %v", expr, a.Through-a.To, a.Limits)
		}
	}
}

// A rule that cannot be judged is told of: that it never fires would be read as
// good news.
func TestRulesThatFailAreToldOf(t *testing.T) {
	b := newBench(t, openedPerDay)
	b.o.Prometheus = b.prometheus
	b.give(point("case.opened", 1, 2*hour, "caseId", "1", "office", "n"), point("case.opened", 1, 2*hour, "caseId", "2", "office", "n"))
	a := b.run("groups:\n- name: g\n  rules:\n  - alert: Twice\n    expr: 'label_replace({\"case.opened\"}, \"caseId\", \"\", \"\", \"\") > 0'\n", 0, 4*hour, 0)
	if len(a.Limits) != 1 || !strings.HasPrefix(a.Limits[0], "Twice could not be judged at 20 instants, first at 1970-01-01T02:00:00Z") || !strings.Contains(a.Limits[0], "same labelset") {
		t.Errorf("%q", a.Limits)
	}
}

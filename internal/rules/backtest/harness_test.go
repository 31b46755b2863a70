package backtest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/rules"
	"github.com/hms-ops/hms-monitor/internal/store"
	"github.com/hms-ops/hms-monitor/internal/strict"
	"github.com/hms-ops/hms-monitor/test/datasets"
)

// memory is stored history, in the order in which it came.
type memory []event.Event

func (m *memory) Position() store.Position { return store.Position{Seq: uint64(len(*m))} }

func (m *memory) Samples(ctx context.Context, q store.SampleQuery, yield func(store.Numbered) error) error {
	var b event.Builder
	var seqs []uint64
	flush := func() error {
		if len(seqs) == 0 {
			return nil
		}
		n := store.Numbered{Seqs: seqs, Block: b.Block()}
		b, seqs = event.Builder{}, nil
		return yield(n)
	}
	for i, e := range (*m)[:q.Last] {
		if e.Time < q.From || e.Time >= q.To || len(q.Metrics) > 0 && !slices.Contains(q.Metrics, e.Metric) {
			continue
		}
		b.Append(e)
		if seqs = append(seqs, uint64(i)+1); len(seqs) == 1000 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(flush(), ctx.Err())
}

func (m *memory) Scan(_ context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	return yield(q.Last, event.Of((*m)[q.After:q.Last]...))
}

// bench is history, a real engine with KPIs over it, and a backtester.
type bench struct {
	*Backtester
	t      testing.TB
	past   *memory
	engine *engine.Engine
	env    kpi.Env
	// inForce are thresholds and detectors that judge now.
	thresholds []alert.Rule
	groups     []rules.Group
}

func newBench(t testing.TB, kpis string) *bench {
	b := &bench{t: t, past: &memory{}}
	calendars, err := calendar.Config{{Name: "city", TimeZone: "America/New_York", Hours: map[string]string{"mon-sun": "00:00-24:00"}}}.Build("")
	if err != nil {
		t.Fatal(err)
	}
	b.env = kpi.Env{Calendars: calendars}
	b.engine = b.newEngine(kpis)
	b.Backtester = New(Options{
		Events: b.past, KPIs: b.engine, Thresholds: func() []alert.Rule { return b.thresholds },
		Groups: func() (all []rules.GroupStatus) {
			for _, g := range b.groups {
				all = append(all, rules.GroupStatus{Group: g.Name(), Rules: g.Rules()})
			}
			return all
		},
		Receivers: func(t alert.Transition) []string {
			if t.State == alert.Critical {
				return []string{"oncall", "mail"}
			}
			return []string{"mail"}
		},
	})
	return b
}

func (b *bench) newEngine(kpis string) *engine.Engine {
	b.t.Helper()
	var file struct {
		KPIs define.Definitions `yaml:"kpis"`
	}
	d := strict.Decode("kpis.yaml", []byte(kpis), &file)
	d.Place(file.KPIs.Validate(&b.env).Under("kpis"))
	if err := d.Err(); err != nil {
		b.t.Fatal(err)
	}
	e := engine.New(engine.Options{
		History: b.past, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return true },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler), Env: b.env,
	})
	b.t.Cleanup(func() { _ = e.Close() })
	e.Configure(b.env, file.KPIs.List(), nil, 0)
	e.Filled()
	return e
}

// give stores events and applies them.
func (b *bench) give(events ...event.Event) {
	for part := range slices.Chunk(events, 1000) {
		first := uint64(len(*b.past)) + 1
		*b.past = append(*b.past, part...)
		b.engine.Apply(first, event.Of(part...), slices.MaxFunc(part, func(x, y event.Event) int { return cmp.Compare(x.Time, y.Time) }).Time)
	}
}

func (b *bench) run(text string, from, to int64, step time.Duration) Answer {
	b.t.Helper()
	a, faults, err := b.Run(context.Background(), Request{File: "rule.yaml", Text: []byte(text), From: from, To: to, Step: step, List: 1_000_000})
	if err != nil || len(faults) > 0 {
		b.t.Fatal(err, faults)
	}
	return a
}

func tag(pairs ...string) (tags []event.Tag) {
	for i := 0; i < len(pairs); i += 2 {
		tags = append(tags, event.Tag{Key: pairs[i], Value: pairs[i+1]})
	}
	return tags
}

func point(metric string, value float64, at int64, pairs ...string) event.Event {
	return event.Event{Metric: metric, Value: value, Time: at, Tags: tag(pairs...)}
}

const (
	minute = int64(60_000)
	hour   = 60 * minute
)

// boston is the city's requests as events, and the zone of its clocks.
func boston(t testing.TB) ([]event.Event, *time.Location) {
	return datasets.Cases(datasets.Boston(t)), datasets.NewYork(t)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (m *memory) Replay(_ context.Context, f store.Filter, seq, last uint64, yield func(store.Numbered) error) error {
	var b event.Builder
	var seqs []uint64
	for i, e := range (*m)[seq:last] {
		all := slices.Contains(f.Metrics, e.Metric)
		for _, t := range f.Tags {
			all = all && slices.Contains(e.Tags, t)
		}
		if all {
			b.Append(e)
			seqs = append(seqs, seq+uint64(i)+1)
		}
	}
	return yield(store.Numbered{Seqs: seqs, Block: b.Block()})
}

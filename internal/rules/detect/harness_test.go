package detect

import (
	"cmp"
	"context"
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
)

// nothing is a store without events: what is tested is applied.
type nothing struct{}

func (nothing) Position() store.Position { return store.Position{} }

func (nothing) Scan(context.Context, store.ScanQuery, func(uint64, *event.Block) error) error {
	return nil
}

// bench is a real engine with KPIs, and detectors over it.
type bench struct {
	*engine.Engine
	t         testing.TB
	env       kpi.Env
	calendars map[string]*calendar.Calendar
	seq       uint64
}

func newBench(t testing.TB, calendars map[string]*calendar.Calendar, kpis string) *bench {
	b := &bench{t: t, calendars: calendars, env: kpi.Env{Calendars: calendars}, seq: 1}
	var file struct {
		KPIs define.Definitions `yaml:"kpis"`
	}
	d := strict.Decode("kpis.yaml", []byte(kpis), &file)
	d.Place(file.KPIs.Validate(&b.env).Under("kpis"))
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	b.Engine = engine.New(engine.Options{
		History: nothing{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler), Env: b.env,
	})
	t.Cleanup(func() { _ = b.Close() })
	b.Configure(b.env, file.KPIs.List(), nil, 0)
	b.Filled()
	b.env.KPIs = map[string]*kpi.Definition{}
	for _, l := range file.KPIs.List() {
		b.env.KPIs[l.Name] = l
	}
	return b
}

// give applies events, in the order of their time.
func (b *bench) give(events ...event.Event) {
	slices.SortStableFunc(events, func(x, y event.Event) int { return cmp.Compare(x.Time, y.Time) })
	for part := range slices.Chunk(events, 1000) {
		b.Apply(b.seq, event.Of(part...), part[len(part)-1].Time)
		b.seq += uint64(len(part))
	}
}

// read is a section of detectors.
func (b *bench) read(text string) (Config, error) {
	var file struct {
		Detectors Config `yaml:"detectors"`
	}
	d := strict.Decode("hms-monitor.yaml", []byte(text), &file)
	if len(d.Faults()) == 0 {
		d.Place(file.Detectors.Validate(&b.env).Under("detectors"))
	}
	return file.Detectors, d.Err()
}

// detectors makes the groups of a section.
func (b *bench) detectors(text string) []rules.Group {
	b.t.Helper()
	c, err := b.read(text)
	if err != nil {
		b.t.Fatal(err)
	}
	return New(c, b.Engine, b.calendars)
}

// detector makes one.
func (b *bench) detector(text string) rules.Group {
	b.t.Helper()
	return b.detectors("detectors: [" + text + "]")[0]
}

func evaluate(t interface {
	Helper()
	Fatal(...any)
}, g rules.Group, at int64) []alert.Transition {
	t.Helper()
	all, err := g.Evaluate(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	return all
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
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	days   = 24 * hour
)

// monday is midnight of a Monday, UTC.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixMilli()

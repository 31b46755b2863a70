package reports

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/alert"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

// none is a store without history: everything is applied as it comes.
type none struct{}

func (none) Position() store.Position { return store.Position{} }
func (none) Scan(_ context.Context, q store.ScanQuery, yield func(uint64, *event.Block) error) error {
	return yield(q.Last, event.Of())
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const hour = int64(3_600_000)

type office struct {
	engine *engine.Engine
	seq    uint64
}

func open(t *testing.T, texts ...string) *office {
	t.Helper()
	e := engine.New(engine.Options{
		History: none{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler), Env: kpi.Env{},
	})
	t.Cleanup(func() { _ = e.Close() })
	var all []*kpi.Definition
	for _, text := range texts {
		d, document := define.Parse("file", []byte(text), &kpi.Env{})
		if err := document.Err(); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	e.Configure(kpi.Env{}, all, nil, noon.UnixMilli())
	e.Filled()
	return &office{engine: e}
}

func (o *office) tell(metric, caseID, in string, ago time.Duration, more ...event.Tag) {
	o.seq++
	o.engine.Apply(o.seq, event.Of(event.Event{Seq: o.seq, Metric: metric, Value: 1, Time: event.Millis(noon.Add(-ago)),
		Tags: append([]event.Tag{{Key: "caseId", Value: caseID}, {Key: "office", Value: in}}, more...)}), noon.UnixMilli())
}

func (o *office) sources(h told) Sources { return Sources{KPIs: o.engine, Cases: o.engine, Alerts: h} }

// shift is the last eight hours.
var shift = Span{From: noon.UnixMilli() - 8*hour, To: noon.UnixMilli(), Now: noon.UnixMilli()}

func busy(t *testing.T) *office {
	o := open(t,
		`{name: resolved, title: Resolved per hour, type: throughput, event: case.resolved, window: 1h, by: [office], thresholds: {warning: 1, critical: 0.3}}`,
		`{name: case.sla, title: On time, type: sla, target: 48h, objective: 0.9, window: 7d, by: [office]}`,
		`{name: case.conflicts, type: conflict, window: 24h}`,
	)
	for i, hours := range []int{1, 2, 3, 9, 10, 11, 12} {
		office := "north"
		if i == 0 {
			office = "south"
		}
		o.tell("case.resolved", "R", office, time.Duration(hours)*time.Hour)
	}
	o.tell("case.opened", "late", "north", 52*time.Hour)   // due 4 hours ago, open
	o.tell("case.opened", "before", "north", 60*time.Hour) // due before the shift
	o.tell("case.opened", "ended", "south", 54*time.Hour)  // due 6 hours ago, ended an hour later
	o.tell("case.resolved", "ended", "south", 5*time.Hour)
	o.tell("case.opened", "intime", "south", 50*time.Hour)
	o.tell("case.resolved", "intime", "south", 7*time.Hour)
	for range 2 {
		o.tell("case.edited", "X", "north", time.Minute, event.Tag{Key: "agentId", Value: "a1"})
		o.tell("case.edited", "X", "north", time.Minute-time.Second, event.Tag{Key: "agentId", Value: "a2"})
	}
	return o
}

func (s *Summary) kpi(t *testing.T, name string) KPI {
	t.Helper()
	for _, k := range s.KPIs {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("%s is not in the summary", name)
	return KPI{}
}

func TestAShiftSummedUp(t *testing.T) {
	o := busy(t)
	s, err := o.sources(nil).Make(context.Background(), shift)
	if err != nil {
		t.Fatal(err)
	}
	// Each value is what the engine says of that span.
	for _, k := range s.KPIs {
		for at, got := range map[int64]*float64{shift.To: k.Value, shift.From: k.Before} {
			a, err := o.engine.Value(engine.Question{KPI: k.Name, At: at, Window: 8 * time.Hour, Now: shift.Now})
			if err != nil {
				t.Fatal(err)
			}
			want := known(a.Series[0].Value)
			if (want == nil) != (got == nil) || want != nil && *want != *got {
				t.Errorf("%s as of %d: %v, want %v", k.Name, at, got, want)
			}
		}
	}
	resolved := s.kpi(t, "resolved")
	if *resolved.Value != 5.0/8 || *resolved.Before != 4.0/8 || *resolved.Change != 1.0/8 || resolved.State != "warning" || resolved.Warning != "below 1" {
		t.Errorf("%+v", resolved)
	}
	if len(resolved.Worst) != 2 || resolved.Worst[0].Tags["office"] != "north" || resolved.Worst[0].Value != 2.0/8 || resolved.Worst[0].State != "critical" {
		t.Errorf("worst groups: %+v", resolved.Worst)
	}
	if sla := s.kpi(t, "case.sla"); sla.Objective == nil || *sla.Objective != 0.9 || len(sla.Worst) == 0 {
		t.Errorf("%+v", sla)
	}
	if c := s.Cases; c.KPI != "case.sla" || c.Count != 2 || c.Open != 1 || c.Shown[0].CaseID != "late" || c.Shown[0].OverrunMs != 4*hour ||
		c.Shown[1].CaseID != "ended" || c.Shown[1].OverrunMs != hour || c.Shown[1].Ended == nil || c.Cut {
		t.Errorf("cases: %+v", c)
	}
	if want := o.engine.Conflicts(shift.To); len(want) == 0 || s.Conflicts.Open != len(want) || s.Conflicts.Shown[0].CaseID != want[0].CaseID {
		t.Errorf("conflicts: %+v, want %+v", s.Conflicts, want)
	}
}

func TestSpansThatAreNone(t *testing.T) {
	from := open(t).sources(nil)
	now := noon.UnixMilli()
	for _, span := range []Span{{now, now, now}, {now + 1, now, now}, {now + hour, now + 2*hour, now}, {now - 200*24*hour, now, now}} {
		if _, err := from.Make(context.Background(), span); !errors.Is(err, ErrSpan) {
			t.Errorf("%+v: %v", span, err)
		}
	}
	s, err := from.Make(context.Background(), Span{now - hour, now + hour, now})
	if err != nil || s.Over || s.To != now || s.Before != now-2*hour || s.Cases.KPI != "" || s.Cases.Count != 0 {
		t.Errorf("a span that is not over: %+v %v", s, err)
	}
}

func TestMail(t *testing.T) {
	o := busy(t)
	o.tell("case.opened", `<script>alert(1)</script>`, "north", 51*time.Hour)
	h := told{{Position: alert.Position{Seq: 1}, Kind: "threshold", Rule: "resolved", State: alert.Critical, Previous: alert.OK, At: shift.From + hour,
		Tags: []event.Tag{{Key: "office", Value: "north"}}}}
	s, err := o.sources(h).Make(context.Background(), shift)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("no zones here: ", err)
	}
	m := Mail{Summary: s, Zone: zone, Language: English, Link: "https://monitor.example.org/reports"}
	var html, text strings.Builder
	if err := errors.Join(m.HTML(&html), m.Text(&text)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Resolved per hour", "0.625 per hour", "up 0.125 per hour", "warning below 1", "7h", "till standing", "late", "23:00", "goal 90.0%"} {
		for form, got := range map[string]string{"HTML": html.String(), "text": text.String()} {
			if !strings.Contains(got, want) {
				t.Errorf("the %s has no %q:\n%s", form, want, got)
			}
		}
	}
	for _, bad := range []string{"<script", "ZgotmplZ", "<style", "src=", "class="} {
		if strings.Contains(html.String(), bad) {
			t.Errorf("the mail has %q", bad)
		}
	}
	if got := m.Subject(); got != "Summary of operations, Sun Mar 1, 2026, 23:00 to Mar 2, 07:00 EST: 1 critical, 1 warning" {
		t.Error(got)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", 12345: "12,345", -1234567: "-1,234,567", 0.625: "0.625", 1.2345: "1.23", 12.345: "12.3", 123.45: "123", 0.00012: "0.00012"} {
		if got := number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
	for ms, want := range map[int64]string{0: "0s", 59_999: "59s", 60_000: "1m", 3_600_000: "1h", 5_400_000: "1h 30m", 90_000_000: "1d 1h", 172_800_000: "2d"} {
		if got := english().Length(ms); got != want {
			t.Errorf("%d ms is written %s, want %s", ms, got, want)
		}
	}
}

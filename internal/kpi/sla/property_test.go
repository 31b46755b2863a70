package sla

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/calendar"
	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/stats"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// base is a Monday, 07:00 in New York.
var base = time.Date(2024, 3, 4, 12, 0, 0, 0, time.UTC).UnixMilli()

func calendars(t testing.TB) map[string]*calendar.Calendar {
	all, err := calendar.Config{
		{Name: "federal", TimeZone: "America/New_York", Hours: map[string]string{"mon-fri": "08:00-17:00"}},
		{Name: "split", TimeZone: "UTC", Hours: map[string]string{"mon-sun": "12:30-13:00, 13:10-13:20, 14:00-16:00"}},
	}.Build("")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// scenario is a definition and what happens under it.
type scenario struct {
	spec   *Spec
	common *kpi.Common
	env    *kpi.Env
	events []event.Event
}

func drawTarget(t *rapid.T, name string) Target {
	minutes := func(what string) units.Duration {
		return units.Duration(time.Duration(4*rapid.IntRange(1, 40).Draw(t, name+" "+what)) * time.Minute)
	}
	if rapid.Bool().Draw(t, name+" by tag") {
		return Target{Tag: "priority", Values: map[string]units.Duration{"high": minutes("high"), "low": minutes("low")}, Default: minutes("default")}
	}
	return Target{Default: minutes("target")}
}

func drawSpec(t *rapid.T) *Spec {
	s := New()
	s.Calendar = rapid.SampledFrom([]string{"", "federal", "split"}).Draw(t, "calendar")
	s.AtRisk = rapid.SampledFrom([]float64{0, 0.25, 0.5}).Draw(t, "at risk")
	s.Objective = 0.9
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		s.Target = drawTarget(t, "")
	case 1:
		s.DueTag = "dueAt"
	case 2:
		s.DueTag, s.Target = "dueAt", drawTarget(t, "")
	default:
		s.DueTag = "dueAt"
		s.Goals = []Goal{
			{Name: "first_response", Stop: "case.responded", Target: drawTarget(t, "response"), Calendar: "split"},
			{Name: "resolution"},
		}
	}
	return s
}

var metrics = []string{
	"case.opened", "case.opened", "case.resolved", "case.resolved", "case.responded", "case.reopened", "case.paused", "case.paused",
	"case.resumed", "case.resumed", "case.cancelled", "case.priority_changed", "case.edited",
}

// makeEvents makes events of what pick chooses among so many things.
func makeEvent(cases int, pick func(what string, n int) int) event.Event {
	e := event.Event{Metric: metrics[pick("metric", len(metrics))], Value: 1, Time: base + minute*int64(pick("minute", 400))}
	tag := func(key string, values ...string) {
		if i := pick(key, len(values)+2); i < len(values) {
			e.Tags = append(e.Tags, event.Tag{Key: key, Value: values[i]})
		}
	}
	e.Tags = append(e.Tags, event.Tag{Key: "caseId", Value: fmt.Sprint("C", pick("case", cases))})
	tag("dueAt", strconv.FormatInt(base+minute*int64(pick("due", 510)-10), 10))
	tag("office", "north", "south")
	tag("priority", "high", "low", "odd")
	tag("queue", "a", "b")
	tag("to", "high", "low", "odd")
	return e
}

// drawEvents draws a few events that can be shrunk, or many that cannot.
func drawEvents(t *rapid.T) []event.Event {
	if rapid.IntRange(0, 9).Draw(t, "size") > 0 {
		cases := rapid.IntRange(1, 3).Draw(t, "cases")
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
			return makeEvent(cases, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) })
		}), 0, 40).Draw(t, "events")
	}
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "events"), 2))
	events := make([]event.Event, 300)
	for i := range events {
		events[i] = makeEvent(70, func(_ string, n int) int { return r.IntN(n) })
	}
	return events
}

func drawScenario(t *rapid.T, all map[string]*calendar.Calendar) scenario {
	s := scenario{spec: drawSpec(t), common: &kpi.Common{By: []string{"office"}}, env: &kpi.Env{Calendars: all}}
	if len(s.spec.Goals) > 0 {
		s.common.By = append(s.common.By, goalTag)
	}
	if faults := s.spec.Validate(s.common, s.env); faults != nil {
		t.Fatal(faults)
	}
	s.events = drawEvents(t)
	return s
}

func (s scenario) new() *Evaluator { return s.spec.New(s.common, s.env).(*Evaluator) }

// feed applies events in blocks of random size.
func feed(e *Evaluator, keys *kpi.Keys, r *rand.Rand, events []event.Event) {
	for len(events) > 0 {
		n := 1 + r.IntN(min(len(events), 9))
		e.Apply(kpi.NewBatch(event.Of(events[:n]...), keys))
		events = events[n:]
	}
}

// expected is the value as the reference has it, of the cycles that match: what was
// known at the instant, and what is now.
func (s scenario) expected(now, after *reference, q kpi.Query, match func(tags map[string]string, goal string) bool) (n int64, value float64, f Figures) {
	in := func(t int64) bool { return q.From <= t && t < q.At }
	final := func(c *refCycle) map[string]string {
		for _, o := range after.cycles {
			if o.caseID == c.caseID && o.goal == c.goal && o.no == c.no {
				return o.tags
			}
		}
		panic("a cycle that is there no more")
	}
	for _, c := range now.cycles {
		if match(final(c), c.goal) {
			s.closedFigures(c, in, &f)
		}
		if match(c.tags, c.goal) && c.bound && c.open() {
			switch {
			case c.paused:
				f.Live.Paused++
			case c.overdue():
				f.Live.Breached++
			case c.atRisk || q.At+ahead >= s.newest() && now.soon(c, q.At):
				f.Live.AtRisk++
			default:
				f.Live.OnTrack++
			}
		}
	}
	count := func(all []refCount) (n int) {
		for _, c := range all {
			if in(c.at) && match(c.tags, c.goal) {
				n++
			}
		}
		return n
	}
	f.Unmatched, f.Repeated = count(now.unmatched), count(now.repeated)
	f.ClosedAndOverdue.Met, f.ClosedAndOverdue.Total = f.Closed.Met, f.Closed.Total+f.Live.Breached
	value = math.NaN()
	if f.Due.Total > 0 {
		value = float64(f.Due.Met) / float64(f.Due.Total)
	}
	return int64(f.Due.Total), value, f
}

// newest is the time of the latest event that means anything.
func (s scenario) newest() int64 {
	newest := int64(0)
	for _, e := range s.events {
		for _, g := range s.spec.terms() {
			if s.spec.kinds(&g)[e.Metric] != 0 {
				newest = max(newest, e.Time)
			}
		}
	}
	return newest
}

// closedFigures counts a cycle in the figures over the window.
func (s scenario) closedFigures(c *refCycle, in func(int64) bool, f *Figures) {
	switch {
	case !c.bound:
		if in(c.start) {
			f.WithoutGoal++
		}
		return
	case c.cancelled:
		if c.deadline == nil && in(*c.end) {
			f.Cancelled++
		}
	case c.end != nil && in(*c.end):
		f.Closed.Total++
		if c.met() {
			f.Closed.Met++
		}
	}
	if c.deadline == nil || !in(*c.deadline) {
		return
	}
	f.Due.Total++
	if c.end != nil && !c.cancelled && c.met() {
		f.Due.Met++
	}
}

// soon: less time is left than cycles of the queue took, at the median.
func (r *reference) soon(c *refCycle, at int64) bool {
	until := at - at%3_600_000
	var took []float64
	for _, o := range r.cycles {
		if o.goal == c.goal && o.tags["queue"] == c.tags["queue"] && (o.tags["queue"] == "") == (c.tags["queue"] == "") &&
			o.end != nil && o.bound && !o.cancelled && *o.end < until && *o.end >= until-28*24*3_600_000 {
			took = append(took, float64(o.took))
		}
	}
	return len(took) >= 10 && float64(c.rest) < stats.Quantile(took, 0.5)
}

func TestAnswersAsTheReferenceDoes(t *testing.T) {
	all := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, all)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := slices.Clone(s.events)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		e, keys := s.new(), kpi.NewKeys()
		half := r.IntN(len(shuffled) + 1)
		feed(e, keys, r, shuffled[:half])
		e.Value(kpi.Query{At: base + 200*minute, From: base}) // so that something is remembered
		if rapid.Bool().Draw(t, "restart") {
			data := e.AppendBinary(nil)
			e = s.new()
			reader := bin.NewReader(data)
			if e.Restore(reader); reader.End() != nil {
				t.Fatal(reader.Err())
			}
		}
		feed(e, keys, r, shuffled[half:])

		for range 4 {
			at := base + minute*rapid.Int64Range(0, 600).Draw(t, "at")
			q := kpi.Query{From: at - minute*rapid.Int64Range(1, 500).Draw(t, "window"), At: at, Now: at}
			for i := range s.common.By {
				q.By = append(q.By, i)
			}
			s.compare(t, e, q)
		}
		if e.index.Missing() != 0 {
			t.Fatal("facts were missing")
		}
	})
}

func (s scenario) compare(t *rapid.T, e *Evaluator, q kpi.Query) {
	now, after := look(s.spec, s.env.Calendars, s.events, q.At), look(s.spec, s.env.Calendars, s.events, base+401*minute)
	for i, got := range e.Value(q) {
		want := map[string]string{}
		for _, tag := range got.Tags {
			want[tag.Key] = tag.Value
		}
		n, value, f := s.expected(now, after, q, func(tags map[string]string, goal string) bool {
			return i == 0 || tags["office"] == want["office"] && (len(s.spec.Goals) == 0 || goal == want[goalTag])
		})
		g := got.Figures.(Figures)
		g.Due.Ratio, g.Closed.Ratio, g.ClosedAndOverdue.Ratio = nil, nil, nil
		g.Due.Label, g.Closed.Label, g.ClosedAndOverdue.Label = "", "", ""
		g.Verdict, g.Needed, g.NeededLate = nil, nil, nil
		if newest := s.newest(); q.At <= newest && q.At+ahead >= newest {
			// What is at risk by what is usual is seen from the newest event on.
			g.Live.AtRisk, g.Live.OnTrack = g.Live.AtRisk+g.Live.OnTrack, 0
			f.Live.AtRisk, f.Live.OnTrack = f.Live.AtRisk+f.Live.OnTrack, 0
		}
		if got.N != n || got.Value != value && !(math.IsNaN(value) && math.IsNaN(got.Value)) || g != f {
			a, _ := json.Marshal(g)
			b, _ := json.Marshal(f)
			t.Fatalf("at minute %d from %d, %v:\n got %d %v %s\nwant %d %v %s", (q.At-base)/minute, (q.From-base)/minute, got.Tags, got.N, got.Value, a, n, value, b)
		}
	}
}

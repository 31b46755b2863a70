package explain

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/define"
	"github.com/hms-ops/hms-monitor/internal/kpi/engine"
	"github.com/hms-ops/hms-monitor/internal/store"
)

type nothing struct{}

func (nothing) Position() store.Position { return store.Position{} }

func (nothing) Scan(context.Context, store.ScanQuery, func(uint64, *event.Block) error) error {
	return nil
}

// over is a real engine with KPIs and events.
func over(t testing.TB, events []event.Event, kpis ...string) *engine.Engine {
	e := engine.New(engine.Options{
		History: nothing{}, Stored: func(context.Context) error { return nil }, Watched: func(string) bool { return false },
		Changed: func() {}, Logger: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = e.Close() })
	env := kpi.Env{KPIs: map[string]*kpi.Definition{}}
	var all []*kpi.Definition
	for _, text := range kpis {
		d, document := define.Parse("test", []byte(text), &env)
		if err := document.Err(); err != nil {
			t.Fatal(err)
		}
		env.KPIs[d.Name] = d
		all = append(all, d)
	}
	e.Configure(kpi.Env{}, all, nil, 0)
	e.Filled()
	slices.SortStableFunc(events, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	seq := uint64(1)
	for part := range slices.Chunk(events, 1000) {
		e.Apply(seq, event.Of(part...), part[len(part)-1].Time)
		seq += uint64(len(part))
	}
	return e
}

func point(metric string, value float64, at int64, pairs ...string) event.Event {
	e := event.Event{Metric: metric, Value: value, Time: at}
	for i := 0; i < len(pairs); i += 2 {
		e.Tags = append(e.Tags, event.Tag{Key: pairs[i], Value: pairs[i+1]})
	}
	return e
}

const day = 86_400_000

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixMilli()

func text(v any) string {
	t, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(t)
}

// Of 10 cases a day north had 6 and south 4; then 14, of which north has 12: all
// of the 4 more and the 2 that south has fewer.
func TestDifferenceByHand(t *testing.T) {
	var events []event.Event
	for d, counts := range []map[string]int{{"north": 6, "south": 3, "": 1}, {"north": 12, "south": 1, "": 1}} {
		for office, n := range counts {
			for i := range n {
				events = append(events, point("case.opened", 1, monday+int64(d)*day+int64(i), "office", office, "queue", "one"))
			}
		}
	}
	e := over(t, events, `{name: opened, type: throughput, event: case.opened, per: 1d, by: [office, queue]}`)
	got, err := Explain(t.Context(), e, Request{KPI: "opened", From: monday + day, To: monday + 2*day, BaseFrom: monday, BaseTo: monday + day})
	if err != nil {
		t.Fatal(err)
	}
	if *got.Change != 4 || got.Tags[0].Method != Difference || *got.Now.Value != 14 || got.Base.N != 10 || len(got.Tags) != 2 {
		t.Fatal(text(got))
	}
	office, queue := got.Tags[0], got.Tags[1]
	if office.Tag != "office" || len(office.Parts) != 3 || office.Parts[0].Value != "north" || *office.Parts[0].Contribution != 6 || *office.Parts[0].Share != 1.5 ||
		office.Parts[1].Value != "south" || *office.Parts[1].Contribution != -2 || *office.Parts[2].Contribution != 0 || office.Rest != nil {
		t.Error(text(office))
	}
	// Shares less those of before: 1.5 - 0.6, -0.5 - 0.3, 0 - 0.1.
	if math.Abs(*office.Concentration-0.9) > 1e-12 {
		t.Error(*office.Concentration)
	}
	if queue.Tag != "queue" || *queue.Concentration != 0 || queue.Surprise != 0 || *queue.Parts[0].Share != 1 {
		t.Error("all of it is one queue, which says nothing:", text(queue))
	}
	one, err := Explain(t.Context(), e, Request{KPI: "opened", From: monday + day, To: monday + 2*day, BaseFrom: monday, BaseTo: monday + day, Tags: []string{"office"}, Limit: 1})
	if err != nil || len(one.Tags) != 1 || len(one.Tags[0].Parts) != 1 || one.Tags[0].Rest.Values != 2 || *one.Tags[0].Rest.Contribution != -2 || *one.Tags[0].Rest.Share != -0.5 {
		t.Error(text(one), err)
	}
}

// Kitagawa by hand: north 90 of 100 and south 10 of 20 become 80 of 100 and 50
// of 100. 100/120 falls to 130/200, by 11/60.
func TestMixAndRateByHand(t *testing.T) {
	var events []event.Event
	n := 0
	calls := func(d int64, office string, good, bad int) {
		for i := range good + bad {
			n++
			wait := 5.0
			if i >= good {
				wait = 60
			}
			id := fmt.Sprint(n)
			events = append(events, point("call.offered", 0, monday+d*day+int64(i), "callId", id, "office", office), point("call.answered", wait, monday+d*day+int64(i)+1, "callId", id, "office", office))
		}
	}
	calls(0, "north", 90, 10)
	calls(0, "south", 10, 10)
	calls(1, "north", 80, 20)
	calls(1, "south", 50, 50)
	e := over(t, events, `{name: calls, type: call_service_level, answer_within: 20s, by: [office]}`)
	got, err := Explain(t.Context(), e, Request{KPI: "calls", From: monday + day, To: monday + 2*day, BaseFrom: monday, BaseTo: monday + day})
	if err != nil {
		t.Fatal(err)
	}
	usual := (100.0/120 + 130.0/200) / 2
	want := map[string][2]float64{ // mix, rate
		"north": {(0.5 - 100.0/120) * (0.85 - usual), -0.1 * (0.5 + 100.0/120) / 2},
		"south": {(0.5 - 20.0/120) * (0.5 - usual), 0},
	}
	if got.Tags[0].Method != MixAndRate || math.Abs(*got.Change+11.0/60) > 1e-12 || len(got.Tags[0].Parts) != 2 || got.Tags[0].Rest != nil {
		t.Fatal(text(got))
	}
	for _, p := range got.Tags[0].Parts {
		w := want[p.Value]
		if math.Abs(*p.Mix-w[0]) > 1e-12 || math.Abs(*p.Rate-w[1]) > 1e-12 || math.Abs(*p.Contribution-w[0]-w[1]) > 1e-12 {
			t.Error(text(p), w)
		}
	}
	// South gained weight and is the worse one; its own rate is as it was.
	if got.Tags[0].Parts[0].Value != "north" && got.Tags[0].Parts[0].Value != "south" || *got.Tags[0].Parts[1].Mix >= 0 {
		t.Error(text(got.Tags))
	}
}

// 1/2 and 1/2 against 3/4 and 1/4: JS divergence by its definition.
func TestSurpriseByHand(t *testing.T) {
	want := (0.5*math.Log(0.5/0.625)+0.75*math.Log(0.75/0.625))/2 + (0.5*math.Log(0.5/0.375)+0.25*math.Log(0.25/0.375))/2
	if got := surprise(0.5, 0.75) + surprise(0.5, 0.25); math.Abs(got-want) > 1e-15 {
		t.Error(got, want)
	}
	if got := surprise(1, 0) + surprise(0, 1); math.Abs(got-math.Ln2) > 1e-15 {
		t.Error(got)
	}
}

// Whatever happens, the parts of each tag and their rest are the whole.
func TestPartsAddUpToTheWhole(t *testing.T) {
	kpis := []string{
		`{name: opened, type: throughput, event: case.opened, by: [office, queue]}`,
		`{name: backlog, type: backlog, by: [office, queue]}`,
		`{name: sla, type: sla, target: 5h, by: [office, queue]}`,
		`{name: stars, type: satisfaction, instrument: stars5, by: [office, agentId]}`,
		`{name: nps, type: satisfaction, instrument: nps, by: [office]}`,
		`{name: conflicts, type: conflict, by: [office, queue]}`,
		`{name: count, type: custom, expr: 'count("case.opened") + count("case.resolved")', by: [office, queue]}`,
		`{name: average, type: custom, expr: 'avg("survey.answered")', by: [office]}`,
		`{name: wait, type: first_response, by: [office]}`,
	}
	methods := map[string]map[Method]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		var events []event.Event
		word := rapid.SampledFrom([]string{"a", "b", "c", ""})
		for i := range rapid.IntRange(0, 120).Draw(rt, "events") {
			at := monday + rapid.Int64Range(0, 2*day).Draw(rt, "at")
			id, office, queue := fmt.Sprint(i), word.Draw(rt, "office"), word.Draw(rt, "queue")
			tags := []string{"caseId", id, "surveyId", id, "office", office, "queue", queue, "agentId", queue}
			events = append(events, point("case.opened", 1, at, tags...), point("case.edited", 1, at, tags...),
				point("survey.answered", float64(rapid.IntRange(0, 6).Draw(rt, "score")), at, tags...))
			if rapid.Bool().Draw(rt, "resolved") {
				events = append(events, point("case.resolved", 1, at+rapid.Int64Range(0, day).Draw(rt, "after"), tags...))
			}
		}
		e := over(t, events, kpis...)
		r := Request{From: monday + day, To: monday + 2*day, BaseFrom: monday, BaseTo: monday + rapid.SampledFrom([]int64{day / 2, day}).Draw(rt, "base"), Limit: rapid.SampledFrom([]int{0, 1, 2}).Draw(rt, "limit")}
		for _, l := range e.List() {
			r.KPI = l.Name
			got, err := Explain(rt.Context(), e, r)
			if err != nil {
				rt.Fatal(err)
			}
			if methods[l.Name] == nil {
				methods[l.Name] = map[Method]bool{}
			}
			if strings.Contains(text(got), "NaN") {
				rt.Fatal(text(got))
			}
			for _, tag := range got.Tags {
				methods[l.Name][tag.Method] = true
				var sum, shares float64
				for _, p := range tag.Parts {
					sum += value(p.Contribution)
					shares += value(p.Share)
				}
				if tag.Rest != nil {
					sum, shares = sum+value(tag.Rest.Contribution), shares+value(tag.Rest.Share)
				}
				if tag.Method != None && got.Change != nil && (math.Abs(sum-*got.Change) > 1e-9 || *got.Change != 0 && math.Abs(shares-1) > 1e-6) {
					rt.Fatalf("the parts by %s are %v, shares %v: %s", tag.Tag, sum, shares, text(got))
				}
				if r.Limit > 0 && len(tag.Parts) > r.Limit {
					rt.Fatalf("%d parts: %s", len(tag.Parts), text(tag))
				}
			}
		}
	})
	for name, want := range map[string]Method{"opened": Difference, "backlog": Difference, "sla": MixAndRate, "stars": MixAndRate, "nps": MixAndRate, "count": Difference, "average": MixAndRate, "wait": None} {
		if !methods[name][want] {
			t.Errorf("%s: %v", name, methods[name])
		}
	}
}

func TestRequestsThatCannotBeAnswered(t *testing.T) {
	e := over(t, nil, `{name: opened, type: throughput, event: case.opened, by: [office]}`)
	for want, r := range map[error]Request{
		engine.ErrUnknown:  {KPI: "closed", From: 0, To: 1, BaseFrom: 0, BaseTo: 1},
		engine.ErrQuestion: {KPI: "opened", From: 1, To: 1, BaseFrom: 0, BaseTo: 1},
	} {
		if _, err := Explain(t.Context(), e, r); !errors.Is(err, want) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if _, err := Explain(t.Context(), e, Request{KPI: "opened", From: 1, To: 2, BaseFrom: 0, BaseTo: 1, Tags: []string{"queue"}}); !errors.Is(err, engine.ErrQuestion) {
		t.Error(err)
	}
}

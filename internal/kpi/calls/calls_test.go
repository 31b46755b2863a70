package calls

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/units"
)

// bench is an evaluator with the keys that an engine would keep for it.
type bench struct {
	*Evaluator
	keys *kpi.Keys
	spec *Spec
	by   []string
}

func newBench(spec *Spec, by ...string) *bench {
	c := &kpi.Common{By: by}
	if faults := spec.Validate(c, nil); faults != nil {
		panic(faults.Err())
	}
	return &bench{Evaluator: spec.New(c, nil).(*Evaluator), keys: kpi.NewKeys(), spec: spec, by: by}
}

func (b *bench) apply(events ...event.Event) {
	b.Apply(kpi.NewBatch(event.Of(events...), b.keys))
}

// again is a copy by way of a checkpoint.
func (b *bench) again() (*bench, error) {
	data := b.AppendBinary(b.keys.AppendBinary(nil))
	fresh := newBench(b.spec, b.by...)
	r := bin.NewReader(data)
	fresh.keys.Restore(r)
	fresh.Restore(r)
	return fresh, r.End()
}

// of is an event: what is one of offered, answered, abandoned.
func of(what string, t int64, wait float64, tags ...string) event.Event {
	e := event.Event{Metric: "call." + what, Time: t, Value: wait}
	for i := 0; i < len(tags); i += 2 {
		e.Tags = append(e.Tags, event.Tag{Key: tags[i], Value: tags[i+1]})
	}
	return e
}

func (b *bench) total(from, at int64) (kpi.Series, Figures) {
	s := b.Value(kpi.Query{From: from, At: at, Now: at})[0]
	return s, s.Figures.(Figures)
}

func TestServiceLevel(t *testing.T) {
	b := newBench(New())
	b.apply(
		of("offered", 0, 0, "callId", "a"), of("answered", 20_000, 20, "callId", "a"), // just in time
		of("offered", 1, 0, "callId", "b"), of("answered", 20_100, 20.0000001, "callId", "b"), // just not
		of("offered", 2, 0, "callId", "c"), of("abandoned", 5_002, 5, "callId", "c"), // gave up at once
		of("offered", 3, 0, "callId", "d"), of("abandoned", 9_000, 5.5, "callId", "d"),
		of("offered", 4, 0, "callId", "e"), // still waiting
	)
	s, f := b.total(0, 60_000)
	got, err := json.Marshal(f)
	want := `{"offered":5,"answered":2,"answeredWithin":1,"abandoned":2,"shortAbandoned":1,"abandonRate":0.4,"averageSpeedOfAnswer":20,` +
		`"waits":{"n":2,"p50":20,"p90":20},"unmatched":0,"repeated":0,"invalid":0,"partial":false}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
	if s.Value != .25 || s.N != 4 || s.Interval == nil || s.Verdict != "" {
		t.Errorf("%+v", s)
	}
}

func TestACallCountsWhereItWasOffered(t *testing.T) {
	b := newBench(New())
	b.apply(of("answered", 110, 15, "callId", "a"), of("offered", 95, 0, "callId", "a"))
	for _, v := range []struct {
		from, at          int64
		n                 int64
		value             float64
		answered, waitedN int64
	}{
		{0, 100, 1, 0, 0, 0}, // not answered yet
		{0, 110, 1, 0, 0, 0},
		{0, 111, 1, 1, 1, 1},
		{100, 200, 0, math.NaN(), 0, 1}, // answered here, but offered before
	} {
		s, f := b.total(v.from, v.at)
		if s.N != v.n || s.Value != v.value && !(math.IsNaN(s.Value) && math.IsNaN(v.value)) || f.Answered != v.answered || f.Waits.N != v.waitedN {
			t.Errorf("[%d, %d): %+v %+v", v.from, v.at, s, f)
		}
	}
	if !b.Changes(105, 111, 5) || !b.Changes(105, 111, 50) || b.Changes(111, 112, 10) {
		t.Error("changes")
	}
}

func TestEachOfferIsACallOfItsQueue(t *testing.T) {
	b := newBench(New(), "queue")
	b.apply(
		of("offered", 1, 0, "callId", "a", "queue", "first"),
		of("offered", 2, 0, "callId", "a", "queue", "second"), // passed on
		of("answered", 3, 9, "callId", "a"), of("answered", 4, 9, "callId", "a"), of("abandoned", 5, 9, "callId", "a"),
		of("answered", 6, 9, "callId", "never offered", "queue", "second"),
	)
	for i, s := range b.Value(kpi.Query{At: 10, By: []int{0}}) {
		f := s.Figures.(Figures)
		want := []struct {
			offered, answered, repeated, unmatched int64
		}{{3, 2, 2, 1}, {1, 0, 0, 0}, {2, 2, 2, 1}}[i]
		if f.Offered != want.offered || f.Answered != want.answered || f.Repeated != want.repeated || f.Unmatched != want.unmatched || f.Abandoned != 0 || f.Partial != true {
			t.Errorf("%v: %+v, want %+v", s.Tags, f, want)
		}
	}
}

func TestWithoutKeysEventsCountAtTheirOwnTime(t *testing.T) {
	b := newBench(New())
	b.apply(of("offered", 10, 0), of("offered", 20, 0, "callId", ""), of("answered", 30, 1), of("abandoned", 40, 1), of("answered", 50, 3))
	if s, f := b.total(0, 45); s.Value != 1 || s.N != 1 || f.Answered != 1 || f.Abandoned != 1 || f.Unmatched != 0 {
		t.Errorf("%+v %+v", s, f)
	}
	// More answers than calls: no interval can be said of that.
	if s, f := b.total(0, 55); s.Value != 2 || s.Interval != nil || *f.AverageSpeedOfAnswer != 2 {
		t.Errorf("%+v %+v", s, f)
	}
	// A window without offers has no value, one with fewer than given up neither.
	for _, from := range []int64{25, 35} {
		if s, f := b.total(from, 55); !math.IsNaN(s.Value) || s.N != 0 || f.AbandonRate != nil {
			t.Errorf("from %d: %+v %+v", from, s, f)
		}
	}
}

func TestAWaitThatIsNone(t *testing.T) {
	b := newBench(New())
	b.apply(of("offered", 1, 0, "callId", "a"), of("answered", 2, -3, "callId", "a"), of("offered", 1, 0), of("abandoned", 2, 1e300), of("offered", -4, -9))
	if s, f := b.total(0, 9); s.Value != 0 || s.N != 2 || f.Answered != 1 || f.Abandoned != 1 || f.Invalid != 2 || f.Waits.N != 0 || f.AverageSpeedOfAnswer != nil {
		t.Errorf("%+v %+v", s, f)
	}
}

func TestVerdict(t *testing.T) {
	spec := New()
	spec.Objective = new(.9)
	b := newBench(spec)
	for i, want := range []kpi.Verdict{kpi.Undetermined, kpi.Undetermined, kpi.Met} {
		if s, f := b.total(0, 9); s.Verdict != want || (f.Needed == nil) != (i == 0) || i > 0 && *f.Needed != int64(2-i) {
			t.Errorf("%d: %+v %+v", i, s, f)
		}
		for range []int{34, 1, 0}[i] {
			b.apply(of("offered", 1, 0), of("answered", 1, 2))
		}
	}
}

func TestFaultsOfDefinitions(t *testing.T) {
	env := &kpi.Env{KnownMetric: func(name string) bool { return strings.HasPrefix(name, "call.") }, Metrics: []string{"call.offered"}}
	for want, change := range map[string]func(s *Spec){
		`offered: is empty: name an event`:             func(s *Spec) { s.Offered = "" },
		`did you mean "call.offered"?`:                 func(s *Spec) { s.Offered = "cal.offered" },
		`abandoned: is what answered is, too`:          func(s *Spec) { s.Abandoned = s.Answered },
		`answer_within: is 0s: write how long`:         func(s *Spec) { s.AnswerWithin = 0 },
		`abandon_within: is -5s: write after how long`: func(s *Spec) { s.AbandonWithin = -units.Duration(5 * time.Second) },
		`objective: is 80: write a share`:              func(s *Spec) { s.Objective = new(80.) },
	} {
		s := New()
		change(s)
		if err := s.Validate(&kpi.Common{}, env).Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	s := New()
	s.Abandoned, s.Key = "", ""
	if err := s.Validate(&kpi.Common{}, env).Err(); err != nil {
		t.Error(err)
	}
	if r := s.Reads(&kpi.Common{By: []string{"queue"}}); len(r.Metrics) != 2 || len(r.Tags) != 1 {
		t.Errorf("%+v", r)
	}
}

package satisfaction

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
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

func anyOf(name string) *Spec {
	s := New()
	s.Instrument = name
	return s
}

// stream draws events with many ties in time, few surveys and every fault.
func stream(t *rapid.T) []event.Event {
	tags := []struct {
		key    string
		values []string
	}{
		{"surveyId", []string{"", "s1", "s2", "s3"}},
		{"instrument", []string{"", "nps", "csat5", "stars5", "ces7"}},
		{"office", []string{"north", "south"}},
		{"agentId", []string{"a", "b", ""}},
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
		e := event.Event{
			Metric: rapid.SampledFrom([]string{"survey.sent", "survey.answered", "survey.answered", "case.opened"}).Draw(t, "metric"),
			Time:   rapid.Int64Range(0, 40).Draw(t, "time"),
			Value:  rapid.SampledFrom([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1, 2.5, 1e300}).Draw(t, "value"),
		}
		for _, tag := range tags {
			if rapid.IntRange(0, 2).Draw(t, "has "+tag.key) > 0 {
				e.Tags = append(e.Tags, event.Tag{Key: tag.key, Value: rapid.SampledFrom(tag.values).Draw(t, tag.key)})
			}
		}
		return e
	}), 0, 60).Draw(t, "events")
}

func query(t *rapid.T) kpi.Query {
	return kpi.Query{
		From: rapid.Int64Range(-5, 45).Draw(t, "from"), At: rapid.Int64Range(-5, 45).Draw(t, "at"),
		By: rapid.SampledFrom([][]int{nil, {0}, {1}, {0, 1}, {1, 0}}).Draw(t, "by"),
	}
}

func blocks(t *rapid.T, events []event.Event, each func([]event.Event)) {
	for len(events) > 0 {
		n := rapid.IntRange(1, len(events)).Draw(t, "block")
		each(events[:n])
		events = events[n:]
	}
}

func TestAgreesWithTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(anyOf(rapid.SampledFrom(instrumentNames()).Draw(t, "instrument")), "office", "agentId")
		b.spec.MinN = new(int64(0))
		events := stream(t)
		blocks(t, events, func(part []event.Event) { b.apply(part...) })
		if b.index.Missing() > 0 {
			t.Fatal("facts that were to be taken out were missing")
		}
		for range 5 {
			compare(t, b, events, query(t))
		}
	})
}

func compare(t *rapid.T, b *bench, events []event.Event, q kpi.Query) {
	want := reference(events, b.by, q, b.in, b.spec.Instrument)
	for i, s := range b.Value(q) {
		group := "total"
		if i > 0 {
			group = "group"
			for _, tag := range s.Tags {
				group += "/" + tag.Value
			}
		}
		w := want[group]
		delete(want, group)
		if w == nil {
			w = &counted{}
		}
		f := s.Figures.(Figures)
		var n int64
		for score := b.in.low; score <= b.in.high; score++ {
			if got := f.Distribution.Of(score); got != w.scores[score] {
				t.Fatalf("%s: %d answers of %d, want %d", group, got, score, w.scores[score])
			}
			n += w.scores[score]
		}
		if s.N != n || f.Responses != n || f.Sent != w.sent || f.Invalid != w.invalid {
			t.Fatalf("%s: %+v (n %d), want %+v", group, f, s.N, *w)
		}
		if (f.ResponseRate != nil) != (w.keyed > 0) || w.keyed > 0 && *f.ResponseRate != float64(w.responded)/float64(w.keyed) {
			t.Fatalf("%s: response rate %v, want %d of %d", group, f.ResponseRate, w.responded, w.keyed)
		}
		if got := value(b.spec.Instrument, w.scores); s.Value != got && math.Abs(s.Value-got) > 1e-12 || math.IsNaN(s.Value) != (n == 0) {
			t.Fatalf("%s: %v, want %v", group, s.Value, got)
		}
	}
	if len(want) > 0 && len(q.By) > 0 {
		t.Fatalf("groups without an answer: %v", want)
	}
}

// value is the formula of kpi-definitions.md.
func value(instrument string, scores map[int]int64) float64 {
	var n, sum, content, promoters, detractors float64
	for score, count := range scores {
		c := float64(count)
		n += c
		sum += c * float64(score)
		if score >= 4 {
			content += c
		}
		switch {
		case score >= 9:
			promoters += c
		case score <= 6:
			detractors += c
		}
	}
	switch instrument {
	case "csat5":
		return content / n
	case "nps":
		return 100 * (promoters - detractors) / n
	}
	return sum / n
}

func TestOrderAndRestartsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := anyOf(rapid.SampledFrom(instrumentNames()).Draw(t, "instrument"))
		a, b := newBench(spec, "office", "agentId"), newBench(spec, "office", "agentId")
		events := stream(t)
		blocks(t, events, func(part []event.Event) { a.apply(part...) })
		shuffled := slices.Clone(events)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		blocks(t, shuffled, func(part []event.Event) {
			b.apply(part...)
			if rapid.IntRange(0, 2).Draw(t, "restart") == 0 {
				var err error
				if b, err = b.again(); err != nil {
					t.Fatal(err)
				}
			}
		})
		if a.index.Missing()+b.index.Missing() > 0 {
			t.Fatal("facts that were to be taken out were missing")
		}
		for range 3 {
			q := query(t)
			if x, y := text(a.Value(q)), text(b.Value(q)); x != y {
				t.Fatalf("%+v:\n%s\n%s", q, x, y)
			}
			if x, y := a.Changes(q.From, q.At, 7), b.Changes(q.From, q.At, 7); x != y {
				t.Fatalf("changes: %v, %v", x, y)
			}
		}
	})
}

// An answer that differs from one instant to another was announced by Changes.
func TestChangesTellsWhenTimeAloneDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(anyOf("nps"), "office", "agentId")
		b.apply(stream(t)...)
		window := rapid.Int64Range(1, 30).Draw(t, "window")
		from := rapid.Int64Range(-5, 45).Draw(t, "from")
		to := rapid.Int64Range(from, 50).Draw(t, "to")
		x := text(b.Value(kpi.Query{From: from - window, At: from, By: []int{0, 1}}))
		y := text(b.Value(kpi.Query{From: to - window, At: to, By: []int{0, 1}}))
		if x != y && !b.Changes(from, to, window) {
			t.Fatalf("from %d to %d over %d:\n%s\n%s", from, to, window, x, y)
		}
	})
}

// text is an answer to compare by, pointers followed and NaN equal to itself.
func text(all []kpi.Series) string {
	var out string
	for _, s := range all {
		out += fmt.Sprintf("%v %v %d %v %s", s.Tags, s.Value, s.N, s.Interval, s.Verdict)
		for _, v := range reflect.ValueOf(s.Figures).Fields() {
			if v.Kind() == reflect.Pointer && !v.IsNil() {
				v = v.Elem()
			}
			out += fmt.Sprintf(" %v", v)
		}
		out += "\n"
	}
	return out
}

func FuzzRestore(f *testing.F) {
	b := newBench(anyOf("csat5"), "office")
	b.apply(
		event.Event{Metric: "survey.sent", Time: 1, Tags: []event.Tag{{Key: "surveyId", Value: "s"}, {Key: "office", Value: "north"}}},
		event.Event{Metric: "survey.answered", Time: 2, Value: 5, Tags: []event.Tag{{Key: "surveyId", Value: "s"}}},
		event.Event{Metric: "survey.answered", Time: 3, Value: 4, Tags: []event.Tag{{Key: "surveyId", Value: "s"}}},
		event.Event{Metric: "survey.answered", Time: 3, Value: 40},
	)
	f.Add(b.AppendBinary(b.keys.AppendBinary(nil)))
	f.Fuzz(func(_ *testing.T, data []byte) {
		b := newBench(anyOf("csat5"), "office")
		r := bin.NewReader(data)
		b.keys.Restore(r)
		b.Restore(r)
		if r.End() != nil {
			return
		}
		b.apply(event.Event{Metric: "survey.answered", Time: 2, Value: 3, Tags: []event.Tag{{Key: "surveyId", Value: "s"}}})
		b.Value(kpi.Query{From: 0, At: 10, By: []int{0}})
	})
}

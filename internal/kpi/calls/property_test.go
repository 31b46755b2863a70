package calls

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

func stream(t *rapid.T) []event.Event {
	keys := []struct {
		key    string
		values []string
	}{{"callId", []string{"", "a", "b", "c"}}, {"queue", []string{"north", "south"}}, {"agentId", []string{"x", "y"}}}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
		e := event.Event{
			Metric: rapid.SampledFrom([]string{"call.offered", "call.offered", "call.answered", "call.abandoned", "case.opened"}).Draw(t, "metric"),
			Time:   rapid.Int64Range(0, 40).Draw(t, "time"),
			Value:  rapid.SampledFrom([]float64{0, 1, 5, 5.001, 20, 20.5, 300, -1}).Draw(t, "value"),
		}
		for _, k := range keys {
			if rapid.IntRange(0, 3).Draw(t, "has "+k.key) > 0 {
				e.Tags = append(e.Tags, event.Tag{Key: k.key, Value: rapid.SampledFrom(k.values).Draw(t, k.key)})
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
		b := newBench(New(), "queue", "agentId")
		events := stream(t)
		blocks(t, events, func(part []event.Event) { b.apply(part...) })
		if b.index.Missing() > 0 {
			t.Fatal("facts that were to be taken out were missing")
		}
		for range 5 {
			q := query(t)
			want := reference(events, q)
			for i, s := range b.Value(q) {
				group := "total"
				if i > 0 {
					group = "group"
					for _, tag := range s.Tags {
						group += "/" + tag.Value
					}
				}
				compare(t, group, s, want[group])
				delete(want, group)
			}
			if len(want) > 0 && len(q.By) > 0 {
				t.Fatalf("groups without an answer: %v", want)
			}
		}
	})
}

// compare takes the sum of waits of the reference, in ms, from its Waits.N.
func compare(t *rapid.T, group string, s kpi.Series, want *Figures) {
	if want == nil {
		want = &Figures{}
	}
	got := s.Figures.(Figures)
	sum := 0.0
	if got.AverageSpeedOfAnswer != nil {
		sum = *got.AverageSpeedOfAnswer * float64(got.Waits.N) * 1000
	}
	if math.Abs(sum-float64(want.Waits.N)) > 1e-6 {
		t.Fatalf("%s: waits of %v ms, want %d", group, sum, want.Waits.N)
	}
	if want.Offered > 0 && *got.AbandonRate != float64(want.Abandoned)/float64(want.Offered) {
		t.Fatalf("%s: abandon rate %v, want %d of %d", group, *got.AbandonRate, want.Abandoned, want.Offered)
	}
	got.AverageSpeedOfAnswer, got.AbandonRate, got.Waits, got.Partial = nil, nil, want.Waits, false
	if got != *want {
		t.Fatalf("%s: %+v, want %+v", group, got, *want)
	}
	n := want.Offered - want.ShortAbandoned
	if n <= 0 && !math.IsNaN(s.Value) || n > 0 && s.Value != float64(want.AnsweredWithin)/float64(n) || s.N != max(0, n) {
		t.Fatalf("%s: %v of %d, want %+v", group, s.Value, s.N, *want)
	}
}

func TestOrderAndRestartsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := newBench(New(), "queue", "agentId"), newBench(New(), "queue", "agentId")
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
		b := newBench(New(), "queue", "agentId")
		b.apply(stream(t)...)
		window := rapid.Int64Range(1, 30).Draw(t, "window")
		from := rapid.Int64Range(-5, 45).Draw(t, "from")
		to := rapid.Int64Range(from, 50).Draw(t, "to")
		x := text(b.Value(kpi.Query{From: from - window, At: from, Now: 99, By: []int{0, 1}}))
		y := text(b.Value(kpi.Query{From: to - window, At: to, Now: 99, By: []int{0, 1}}))
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
		f := s.Figures.(Figures)
		for _, v := range []any{f, f.Waits} {
			for _, v := range reflect.ValueOf(v).Fields() {
				if v.Kind() == reflect.Pointer && !v.IsNil() {
					v = v.Elem()
				}
				if v.Kind() != reflect.Struct {
					out += fmt.Sprintf(" %v", v)
				}
			}
		}
		out += "\n"
	}
	return out
}

func FuzzRestore(f *testing.F) {
	b := newBench(New(), "queue")
	b.apply(
		of("offered", 1, 0, "callId", "a", "queue", "north"), of("answered", 2, 3, "callId", "a"), of("abandoned", 2, 3, "callId", "a"),
		of("answered", 2, 3), of("abandoned", 7, 3, "callId", "b"),
	)
	f.Add(b.AppendBinary(b.keys.AppendBinary(nil)))
	f.Fuzz(func(_ *testing.T, data []byte) {
		b := newBench(New(), "queue")
		r := bin.NewReader(data)
		b.keys.Restore(r)
		b.Restore(r)
		if r.End() != nil {
			return
		}
		b.apply(of("answered", 1, 3, "callId", "a"), of("offered", 0, 3, "callId", "b"))
		b.Value(kpi.Query{From: 0, At: 10, By: []int{0}})
		b.Changes(0, 10, 5)
	})
}

package lifecycle

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
	"github.com/hms-ops/hms-monitor/internal/units"
)

const hour = 3_600_000

var within = 20 * time.Hour

var times = []int64{0, 5, 10, 15, 20, 25, 30, 31, 32, 40, 50, 51, 60}

// genEvent draws events that are often equal in time, and few cases.
func genEvent(t *rapid.T) event.Event {
	e := event.Event{
		Metric: rapid.SampledFrom([]string{
			"case.opened", "case.resolved", "case.reopened", "case.responded", "case.cancelled", "backlog.reported", "case.opened", "case.resolved", "case.reopened", "case.edited",
		}).Draw(t, "metric"),
		Time:  hour * rapid.SampledFrom(times).Draw(t, "t"),
		Value: float64(rapid.IntRange(0, 5).Draw(t, "value")),
	}
	for _, tag := range []struct {
		key   string
		texts []string
	}{
		{"actorKind", []string{"-", "-", "-", "bot", "agent"}}, {"caseId", []string{"1", "2", "1", "2", "3", "", "-"}},
		{"office", []string{"-", "-", "", "n", "s"}}, {"public", []string{"-", "-", "true", "false"}}, {"queue", []string{"-", "-", "x", "y"}},
	} {
		if text := rapid.SampledFrom(tag.texts).Draw(t, tag.key); text != "-" {
			e.Tags = append(e.Tags, event.Tag{Key: tag.key, Value: text})
		}
	}
	return e
}

// genQuery draws windows that begin and end where something happens, or may.
func genQuery(by []string, events []event.Event) *rapid.Generator[kpi.Query] {
	return rapid.Custom(func(t *rapid.T) kpi.Query {
		at := rapid.SampledFrom(events).Draw(t, "event").Time + rapid.SampledFrom([]int64{0, 1, within.Milliseconds(), within.Milliseconds() - 1, 100 * hour}).Draw(t, "after")
		q := kpi.Query{From: at - rapid.SampledFrom([]int64{1, 7 * hour, 30 * hour, 500 * hour}).Draw(t, "window"), At: at, Now: 40 * hour}
		for i := range by {
			if rapid.Bool().Draw(t, by[i]) {
				q.By = append(q.By, i)
			}
		}
		return q
	})
}

// kind is a type under test.
type kind struct {
	spec   func() kpi.Spec
	expect func([]event.Event, []string, kpi.Query) expectation
	// shown is what the reference says of a group, and what the answer does.
	expected func(*expected) any
	index    func(kpi.Evaluator) *facts.Index
}

var kinds = map[string]kind{
	"backlog": {
		func() kpi.Spec { return NewBacklog() }, expectBacklog,
		func(e *expected) any { return e.backlog }, func(e kpi.Evaluator) *facts.Index { return e.(*backlog).index },
	},
	"first_response": {
		func() kpi.Spec { return NewResponse() }, expectResponse,
		func(e *expected) any { return e.response }, func(e kpi.Evaluator) *facts.Index { return e.(*response).index },
	},
	"reopen_rate": {
		func() kpi.Spec { s := NewReopen(); s.Within = units.Duration(within); return s },
		func(events []event.Event, by []string, q kpi.Query) expectation {
			return expectReopen(events, by, q, within.Milliseconds())
		},
		func(e *expected) any { return e.reopen }, func(e kpi.Evaluator) *facts.Index { return e.(*reopen).index },
	},
}

// bench is an evaluator with the keys it shares with others.
type bench struct {
	kpi.Evaluator
	keys *kpi.Keys
	kind kind
	c    *kpi.Common
}

func newBench(k kind, by []string) *bench {
	c := &kpi.Common{By: by}
	return &bench{k.spec().New(c, nil), kpi.NewKeys(), k, c}
}

func (b *bench) apply(events ...event.Event) {
	b.Apply(kpi.NewBatch(event.Of(events...), b.keys))
}

func (b *bench) restarted(t *rapid.T) *bench {
	data := b.AppendBinary(b.keys.AppendBinary(nil))
	again := newBench(b.kind, b.c.By)
	r := bin.NewReader(data)
	again.keys.Restore(r)
	again.Restore(r)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return again
}

func text(x any) string {
	data, err := json.Marshal(x)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// agree holds that every answer is the reference's.
func (b *bench) agree(t *rapid.T, events []event.Event, q kpi.Query) {
	t.Helper()
	want := b.kind.expect(events, b.c.By, q)
	seen := map[string]bool{}
	for i, s := range b.Value(q) {
		name := "total"
		if i > 0 {
			var texts []string
			for _, tag := range s.Tags {
				texts = append(texts, tag.Value)
			}
			name = "group " + strings.Join(texts, "|")
		}
		seen[name] = true
		w := want[name]
		if w == nil {
			w = &expected{}
			w.backlog.Partial = q.At > q.Now
			w.response.Partial, w.reopen.Partial = w.backlog.Partial, w.backlog.Partial
		}
		if got, want := text(s.Figures), text(b.kind.expected(w)); got != want {
			t.Fatalf("%+v of %s:\n%s, want\n%s", q, name, got, want)
		}
		if v, f := s.Value, value(s.Figures); v != f && !(math.IsNaN(v) && (math.IsNaN(f) || f == 0)) {
			t.Fatalf("%+v of %s: value %v beside %s", q, name, s.Value, text(s.Figures))
		}
		brief := q
		brief.Brief = true
		if again := b.Value(brief)[i]; again.N != s.N || again.Value != s.Value && !math.IsNaN(s.Value) {
			t.Fatalf("%+v of %s: %v in brief, %v in full", q, name, again, s)
		}
	}
	for name, w := range want {
		if len(q.By) > 0 && !seen[name] && text(b.kind.expected(w)) != text(b.kind.expected(&expected{})) {
			t.Fatalf("%+v lacks %s: %s", q, name, text(b.kind.expected(w)))
		}
	}
}

// value is what the figures say the value is.
func value(figures any) float64 {
	switch f := figures.(type) {
	case BacklogFigures:
		return float64(f.Open)
	case ResponseFigures:
		if f.P50 != nil {
			return *f.P50
		}
	case ReopenFigures:
		return float64(f.Reopened) / float64(f.Resolved)
	}
	return math.NaN()
}

func TestAnswersAreTheReference(t *testing.T) {
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				by := rapid.SampledFrom([][]string{nil, {"office"}, {"office", "queue"}, {"queue"}}).Draw(t, "by")
				events := rapid.SliceOfN(rapid.Custom(genEvent), 10, 60).Draw(t, "events")
				b := newBench(k, by)
				restart := rapid.IntRange(0, len(events)).Draw(t, "restart")
				for i := 0; i < len(events); {
					n := min(rapid.IntRange(1, 9).Draw(t, "rows"), len(events)-i)
					b.apply(events[i : i+n]...)
					if i <= restart && restart < i+n {
						b = b.restarted(t)
					}
					i += n
				}
				shuffled := newBench(k, by)
				shuffled.apply(rapid.Permutation(events).Draw(t, "order")...)
				for _, q := range rapid.SliceOfN(genQuery(by, events), 15, 15).Draw(t, "queries") {
					b.agree(t, events, q)
					shuffled.agree(t, events, q)
				}
				if k.index(b.Evaluator).Missing()+k.index(shuffled.Evaluator).Missing() != 0 {
					t.Fatal("facts were not there to be taken out")
				}
			})
		})
	}
}

// Changes is true wherever an answer changes by the passing of time alone.
func TestChangesTellsOfTimeAlone(t *testing.T) {
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				events := rapid.SliceOfN(rapid.Custom(genEvent), 1, 30).Draw(t, "events")
				b := newBench(k, nil)
				b.apply(events...)
				window := rapid.SampledFrom([]int64{hour, 30 * hour, 500 * hour}).Draw(t, "window")
				from := rapid.SampledFrom(events).Draw(t, "event").Time + rapid.SampledFrom([]int64{-1, 0, 1}).Draw(t, "beside") +
					rapid.SampledFrom([]int64{0, window, within.Milliseconds()}).Draw(t, "after")
				to := from + rapid.SampledFrom([]int64{1, 2, hour}).Draw(t, "later")
				ask := func(at int64) string {
					s := b.Value(kpi.Query{From: at - window, At: at, Now: 1 << 50})[0]
					if f, ok := s.Figures.(BacklogFigures); ok {
						f.Age = Ages{}
						s.Figures = f
					}
					return fmt.Sprint(s.Value, s.N, text(s.Figures))
				}
				if was, is := ask(from), ask(to); was != is && !b.Changes(from, to, window) {
					t.Fatalf("from %d to %d: %s, then %s", from, to, was, is)
				}
			})
		})
	}
}

// After a Forget, windows that begin later answer as before.
func TestForgetKeepsLaterWindows(t *testing.T) {
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				by := []string{"office"}
				events := rapid.SliceOfN(rapid.Custom(genEvent), 10, 60).Draw(t, "events")
				slices.SortStableFunc(events, func(a, b event.Event) int { return int(a.Time - b.Time) })
				at := hour * rapid.Int64Range(0, 60).Draw(t, "forget")
				b, all := newBench(k, by), newBench(k, by)
				b.apply(events...)
				all.apply(events...)
				b.Forget(at)
				b = b.restarted(t)
				for range 5 {
					q := genQuery(by, events).Draw(t, "query")
					q.From = max(q.From, at)
					q.At = max(q.At, q.From+1)
					got, want := b.Value(q), all.Value(q)
					if text(got[0].Figures) != text(want[0].Figures) {
						t.Fatalf("%+v after a Forget of %d:\n%s, want\n%s", q, at, text(got[0].Figures), text(want[0].Figures))
					}
				}
			})
		})
	}
}

func FuzzRestore(f *testing.F) {
	for name, k := range kinds {
		b := newBench(k, []string{"office"})
		for i := range 40 {
			b.apply(event.Event{Metric: []string{"case.opened", "case.responded", "case.resolved", "case.reopened", "backlog.reported"}[i%5], Time: int64(i) * hour, Value: 3, Tags: []event.Tag{
				{Key: "caseId", Value: fmt.Sprint(i % 4)}, {Key: "office", Value: fmt.Sprint(i % 3)}}})
		}
		f.Add(name, b.AppendBinary(nil))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		k, ok := kinds[name]
		if !ok {
			return
		}
		b := newBench(k, []string{"office"})
		r := bin.NewReader(data)
		b.Restore(r)
		if r.End() != nil {
			return
		}
		b.Value(kpi.Query{From: 0, At: 30 * hour, By: []int{0}})
		b.Changes(0, hour, hour)
		b.apply(event.Event{Metric: "case.opened", Time: hour, Tags: []event.Tag{{Key: "caseId", Value: "1"}}})
		b.Forget(10 * hour)
	})
}

package conflict

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/units"
	"pgregory.net/rapid"
)

// bench is an evaluator with the keys that an engine would keep for it.
type bench struct {
	*Evaluator
	keys *kpi.Keys
	c    *kpi.Common
}

func newBench(s *Spec, window time.Duration, by ...string) *bench {
	c := &kpi.Common{By: by, Window: units.Duration(window)}
	return &bench{Evaluator: s.New(c, nil).(*Evaluator), keys: kpi.NewKeys(), c: c}
}

func (b *bench) apply(events ...event.Event) {
	b.Apply(kpi.NewBatch(event.Of(events...), b.keys))
}

// again is a copy by way of a checkpoint.
func (b *bench) again() (*bench, error) {
	data := b.AppendBinary(b.keys.AppendBinary(nil))
	fresh := newBench(b.spec, time.Duration(b.c.Window), b.c.By...)
	r := bin.NewReader(data)
	fresh.keys.Restore(r)
	fresh.Restore(r)
	return fresh, r.End()
}

const horizon = 48

// tiny is a spec whose times are of some milliseconds.
func tiny(t *rapid.T) (*Spec, time.Duration) {
	span := func(name string, lo, hi int) units.Duration {
		return units.Duration(time.Duration(rapid.IntRange(lo, hi).Draw(t, name)) * time.Millisecond)
	}
	s := New()
	s.Level = rapid.SampledFrom(levelNames[:]).Draw(t, "level")
	s.ProxyWithin, s.Lease, s.NearMiss, s.EditExpiry = span("within", 1, 9), span("lease", 1, 9), span("near", 0, 4), span("expiry", 1, 14)
	s.Bots = []string{"r"}
	return s, time.Duration(span("window", 1, 30))
}

// stream draws the events of few cases and agents, with many ties in time.
func stream(t *rapid.T) []event.Event {
	all := []string{
		"case.edited", "case.edited", "case.edited", "edit.started", "edit.started", "edit.discarded", "edit.rejected",
		"presence.started", "presence.beat", "presence.ended", "conflict.cleared", "case.assigned", "case.opened",
	}
	// Streams of few kinds reach deeper than those of all.
	metrics := rapid.SampledFrom([][]string{
		all, all, all[:3], {"case.edited", "edit.started", "edit.started", "edit.discarded", "case.assigned"},
		{"presence.beat", "presence.beat", "presence.ended"}, {"case.edited", "case.edited", "conflict.cleared", "edit.rejected", "case.assigned"},
	}).Draw(t, "metrics")
	tags := []struct {
		key    string
		values []string
		often  int // of 4
	}{
		{"agentId", []string{"a", "b", "c", "r", ""}, 4},
		{"sessionId", []string{"s1", "s2"}, 2},
		{"editId", []string{"e1", "e2", "e3"}, 2},
		{"version", []string{"1", "2", "3", "4", "5", "6", "7", "x"}, 3},
		{"baseVersion", []string{"0", "1", "2", "3", "4", "5", "6"}, 3},
		{"fields", []string{"f", "g", "f, g", "", ","}, 2},
		{"fromAgentId", []string{"a", "b"}, 2},
		{"office", []string{"north", "south"}, 1},
		{"actorKind", []string{"human", "bot"}, 1},
	}
	people := rapid.SampledFrom([]int{2, 3, 5}).Draw(t, "people")
	cases := rapid.SampledFrom([][]string{{"1"}, {"1", "2"}, {"1", "2", "3", ""}}).Draw(t, "cases")
	events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
		e := event.Event{Metric: rapid.SampledFrom(metrics).Draw(t, "metric"), Time: rapid.Int64Range(0, horizon-8).Draw(t, "time")}
		if e.Metric == "conflict.cleared" && rapid.Bool().Draw(t, "by conflict") {
			e.Tags = append(e.Tags, event.Tag{Key: "conflictId", Value: rapid.SampledFrom([]string{"1", "1/L3", "2/L3", "1/proxy", ""}).Draw(t, "conflict")})
		} else {
			e.Tags = append(e.Tags, event.Tag{Key: "caseId", Value: rapid.SampledFrom(cases).Draw(t, "case")})
		}
		for i, tag := range tags {
			if rapid.IntRange(1, 4).Draw(t, "has "+tag.key) <= tag.often {
				values := tag.values
				if i == 0 {
					values = values[:people]
				}
				e.Tags = append(e.Tags, event.Tag{Key: tag.key, Value: rapid.SampledFrom(values).Draw(t, tag.key)})
			}
		}
		return e
	}), 0, 28).Draw(t, "events")
	for i := range events { // the reference knows no saveWindow
		if i >= saveWindow {
			events[i].Tags = slices.DeleteFunc(events[i].Tags, func(t event.Tag) bool { return t.Key == "version" || t.Key == "baseVersion" })
		}
	}
	return events
}

func query(t *rapid.T, window time.Duration) kpi.Query {
	q := kpi.Query{
		From: rapid.Int64Range(-5, horizon).Draw(t, "from"), At: rapid.Int64Range(-5, horizon+30).Draw(t, "at"),
		By: rapid.SampledFrom([][]int{nil, {0}}).Draw(t, "by"),
	}
	if rapid.Bool().Draw(t, "own window") {
		q.From = q.At - window.Milliseconds()
	}
	return q
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
		s, window := tiny(t)
		b := newBench(s, window, "office")
		events := stream(t)
		blocks(t, events, func(part []event.Event) { b.apply(part...) })
		if b.index.Missing > 0 {
			t.Fatal("facts that were to be taken out were missing")
		}
		for range 4 {
			q := query(t, window)
			want := expected(s, events, q)
			got := b.Value(q)
			for _, g := range got {
				name := "total"
				if len(g.Tags) > 0 {
					name = "office " + g.Tags[0].Value
				}
				x, y := text([]kpi.Series{{Value: g.Value, N: g.N, Figures: g.Figures}}), text([]kpi.Series{want(g.Tags)})
				if x != y {
					t.Fatalf("%s, %+v:\ngot  %s\nwant %s", name, q, x, y)
				}
			}
		}
	})
}

// expected gives the answer of the reference for the total, or for an office.
func expected(s *Spec, events []event.Event, q kpi.Query) func(tags []event.Tag) kpi.Series {
	stories := map[string]story{}
	for _, key := range []string{"1", "2", "3"} {
		stories[key] = tell(s, events, key, q.At)
	}
	in := func(t int64) bool { return t >= q.From && t < q.At }
	return func(tags []event.Tag) kpi.Series {
		of := func(group string) bool { return len(tags) == 0 || group == tags[0].Value }
		var f Figures
		all := [levels]*Level{&f.L0, &f.L1, &f.L2, &f.L3, &f.Proxy.Level}
		cases := map[string]bool{}
		var ended, censored [levels][]float64
		for key, s := range stories {
			for _, e := range s.edits {
				if of(e.group) && in(e.t) {
					cases[key] = true
				}
			}
			for _, p := range s.pairs {
				if of(p.group) && in(p.t) {
					f.Proxy.Pairs++
				}
			}
			for l, episodes := range s.episodes {
				for _, e := range episodes {
					if !of(e.group) {
						continue
					}
					if e.open {
						all[l].Open++
					}
					if !in(e.start) {
						continue
					}
					all[l].Started++
					if e.open {
						censored[l] = append(censored[l], seconds(q.At-e.start))
					} else {
						ended[l] = append(ended[l], seconds(e.over-e.start))
					}
				}
			}
		}
		f.Cases = len(cases)
		for l, x := range all {
			x.Rate = share(x.Started, f.Cases)
			x.Clearance = Clearance{N: len(ended[l]) + len(censored[l]), Censored: len(censored[l])}
			x.Clearance.Median, x.Clearance.P90 = finite(survival(ended[l], censored[l], 0.5)), finite(survival(ended[l], censored[l], 0.9))
		}
		value := math.NaN()
		if rate := all[slices.Index(levelNames[:], s.Level)].Rate; rate != nil {
			value = *rate
		}
		return kpi.Series{Value: value, N: int64(f.Cases), Figures: f}
	}
}

// text is an answer to compare by.
func text(all []kpi.Series) string {
	var out string
	for _, s := range all {
		figures, err := json.Marshal(s.Figures)
		if err != nil {
			panic(err)
		}
		out += fmt.Sprintf("%v %v %d %s\n", s.Tags, s.Value, s.N, figures)
	}
	return out
}

func shuffled(t *rapid.T, events []event.Event) []event.Event {
	mixed := slices.Clone(events)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed
}

func TestOrderAndRestartsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, window := tiny(t)
		a, b := newBench(s, window, "office", "agentId"), newBench(s, window, "office", "agentId")
		events := stream(t)
		blocks(t, events, func(part []event.Event) { a.apply(part...) })
		blocks(t, shuffled(t, events), func(part []event.Event) {
			b.apply(part...)
			if rapid.IntRange(0, 2).Draw(t, "restart") == 0 {
				var err error
				if b, err = b.again(); err != nil {
					t.Fatal(err)
				}
			}
		})
		if a.index.Missing+b.index.Missing > 0 {
			t.Fatal("facts that were to be taken out were missing")
		}
		for range 3 {
			q := query(t, window)
			if x, y := text(a.Value(q)), text(b.Value(q)); x != y {
				t.Fatalf("%+v:\n%s\n%s", q, x, y)
			}
			if x, y := a.Changes(q.From, q.At, 7), b.Changes(q.From, q.At, 7); x != y {
				t.Fatalf("changes: %v, %v", x, y)
			}
			if x, y := a.conflicts(q.At), b.conflicts(q.At); !slices.Equal(x, y) {
				t.Fatalf("open at %d:\n%v\n%v", q.At, x, y)
			}
		}
	})
}

// conflicts are those that are open, in words.
func (b *bench) conflicts(at int64) (all []string) {
	for _, c := range b.Conflicts(at) {
		all = append(all, fmt.Sprint(c.Since, " ", c.Level, " ", b.keys.Text(c.Key, c.Case), " ", c.Agents))
	}
	slices.Sort(all)
	return all
}

// What is answered as of an instant is what was answered then.
func TestWhatComesLaterDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, window := tiny(t)
		q := query(t, window)
		a, b := newBench(s, window, "office", "agentId"), newBench(s, window, "office", "agentId")
		for _, e := range stream(t) {
			a.apply(e)
			if e.Time < q.At {
				b.apply(e)
			}
		}
		answers := func(b *bench) []kpi.Series { // groups that are to come are there without figures
			return slices.DeleteFunc(b.Value(q), func(s kpi.Series) bool { return len(s.Tags) > 0 && s.N == 0 })
		}
		if x, y := text(answers(a)), text(answers(b)); x != y {
			t.Fatalf("%+v:\n%s\n%s", q, x, y)
		}
		if x, y := a.conflicts(q.At), b.conflicts(q.At); !slices.Equal(x, y) {
			t.Fatalf("open at %d:\n%v\n%v", q.At, x, y)
		}
	})
}

// The radar shows what the figures count, and who is in it.
func TestOpenConflictsAreThoseCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, window := tiny(t)
		b := newBench(s, window)
		events := stream(t)
		b.apply(events...)
		at := rapid.Int64Range(0, horizon+30).Draw(t, "at")
		var want []string
		for _, key := range []string{"1", "2", "3"} {
			for l, episodes := range tell(s, events, key, at).episodes {
				for _, e := range episodes {
					if e.open {
						want = append(want, fmt.Sprint(e.start, levelNames[l], key))
					}
				}
			}
		}
		var got []string
		for _, c := range b.Conflicts(at) {
			got = append(got, fmt.Sprint(c.Since, c.Level, b.keys.Text(c.Key, c.Case)))
			if len(c.Agents) < 2 {
				t.Fatalf("%+v: a conflict of one", c)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("at %d: %v, want %v", at, got, want)
		}
	})
}

// An answer that differs from one instant to another was announced by Changes.
func TestChangesTellsWhenTimeAloneDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, window := tiny(t)
		b := newBench(s, window, "office")
		b.apply(stream(t)...)
		span := rapid.Int64Range(1, 30).Draw(t, "span")
		from := rapid.Int64Range(-5, horizon).Draw(t, "from")
		to := rapid.Int64Range(from, horizon+30).Draw(t, "to")
		x := text(b.Value(kpi.Query{From: from - span, At: from, By: []int{0}}))
		y := text(b.Value(kpi.Query{From: to - span, At: to, By: []int{0}}))
		if x != y && !b.Changes(from, to, span) {
			t.Fatalf("from %d to %d over %d:\n%s\n%s", from, to, span, x, y)
		}
	})
}

func FuzzRestore(f *testing.F) {
	seed := func() *bench { return newBench(New(), 24*time.Hour, "office") }
	b := seed()
	tag := func(pairs ...string) (tags []event.Tag) {
		for i := 0; i < len(pairs); i += 2 {
			tags = append(tags, event.Tag{Key: pairs[i], Value: pairs[i+1]})
		}
		return tags
	}
	later := event.Event{Metric: "case.edited", Time: 9, Tags: tag("caseId", "1", "agentId", "b", "version", "3", "baseVersion", "1", "fields", "f")}
	b.apply(
		event.Event{Metric: "case.edited", Time: 1, Tags: tag("caseId", "1", "agentId", "a", "version", "2", "office", "north")}, later,
		event.Event{Metric: "presence.beat", Time: 1, Tags: tag("caseId", "1", "agentId", "a")},
		event.Event{Metric: "presence.beat", Time: 2, Tags: tag("caseId", "1", "agentId", "b", "sessionId", "s")},
		event.Event{Metric: "edit.started", Time: 2, Tags: tag("caseId", "1", "agentId", "b", "editId", "e")},
		event.Event{Metric: "edit.started", Time: 3, Tags: tag("caseId", "1", "agentId", "c")},
	)
	f.Add(b.AppendBinary(b.keys.AppendBinary(nil)))
	f.Fuzz(func(_ *testing.T, data []byte) {
		b := seed()
		r := bin.NewReader(data)
		b.keys.Restore(r)
		b.Restore(r)
		if r.End() != nil {
			return
		}
		b.apply(later)
		b.Value(kpi.Query{From: 0, At: 10, By: []int{0}})
		b.Conflicts(10)
	})
}

// A case of thousands of events keeps marks of earlier states; late ones begin
// from there.
func TestLongCase(t *testing.T) {
	metrics := []string{"case.edited", "edit.started", "edit.discarded", "presence.beat", "presence.beat", "presence.ended", "case.assigned", "conflict.cleared", "edit.rejected"}
	r := rand.New(rand.NewPCG(3, 4))
	var events []event.Event
	version := 0
	for i := range 3000 {
		e := event.Event{Metric: metrics[r.IntN(len(metrics))], Time: int64(i) * 700, Tags: []event.Tag{
			{Key: "caseId", Value: "1"}, {Key: "agentId", Value: fmt.Sprint("a", r.IntN(5))}, {Key: "baseVersion", Value: fmt.Sprint(max(0, version-r.IntN(2)))},
		}}
		if e.Metric == "case.edited" {
			version++
			e.Tags = append(e.Tags, event.Tag{Key: "version", Value: fmt.Sprint(version)})
		}
		events = append(events, e)
	}
	s := New()
	s.ProxyWithin, s.Lease, s.NearMiss, s.EditExpiry = units.Duration(3*time.Second), units.Duration(2*time.Second), units.Duration(time.Second), units.Duration(4*time.Second)
	inOrder, late := newBench(s, time.Minute), newBench(s, time.Minute)
	inOrder.apply(events...)
	for part := range slices.Chunk(events, 150) { // later than one mark, not than all
		mixed := slices.Clone(part)
		r.Shuffle(len(mixed), func(i, k int) { mixed[i], mixed[k] = mixed[k], mixed[i] })
		late.apply(mixed...)
		if r.IntN(4) == 0 {
			var err error
			if late, err = late.again(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if inOrder.index.Missing+late.index.Missing > 0 {
		t.Fatal("facts that were to be taken out were missing")
	}
	for at := int64(0); at < 3000*700; at += 9_999 {
		q := kpi.Query{From: at - 60_000, At: at}
		if x, y := text(inOrder.Value(q)), text(late.Value(q)); x != y {
			t.Fatalf("%+v:\n%s\n%s", q, x, y)
		}
		if x, y := inOrder.conflicts(at), late.conflicts(at); !slices.Equal(x, y) {
			t.Fatalf("open at %d:\n%v\n%v", at, x, y)
		}
	}
}

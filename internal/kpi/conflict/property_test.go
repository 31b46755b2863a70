package conflict

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
)

func TestAgreesWithTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, window := tiny(t)
		b := newBench(s, window, "office")
		events := stream(t)
		blocks(t, events, func(part []event.Event) { b.apply(part...) })
		if b.index.Missing() > 0 {
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
		if a.index.Missing()+b.index.Missing() > 0 {
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
		b := newBench(s, window, "office") // what comes in one instant is ordered by the tags asked by
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

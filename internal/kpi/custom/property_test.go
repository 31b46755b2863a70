package custom

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
	"github.com/hms-ops/hms-monitor/internal/kpi"
	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
)

// window is the events of one group in one window, ordered by time: the slow and
// obvious way to everything.
type window []event.Event

// of are the events of a name (a beginning, with *) that a filter lets through.
func (w window) of(name string, filter func(e event.Event) bool) (found window) {
	for _, e := range w {
		begin, many := strings.CutSuffix(name, "*")
		if (e.Metric == name || many && strings.HasPrefix(e.Metric, begin)) && (filter == nil || filter(e)) {
			found = append(found, e)
		}
	}
	return found
}

func (w window) count() float64 { return float64(len(w)) }

func (w window) values() (all []float64) {
	for _, e := range w {
		all = append(all, e.Value)
	}
	return slices.Sorted(slices.Values(all))
}

func (w window) sum() float64 {
	if len(w) == 0 {
		return math.NaN()
	}
	sum := new(big.Float).SetPrec(3000)
	for _, e := range w {
		sum.Add(sum, big.NewFloat(e.Value))
	}
	v, _ := sum.Float64()
	return v
}

func (w window) quantile(p float64) float64 {
	for i, x := range w.values() {
		if float64(i+1) >= p*float64(len(w))-1e-6 {
			return x
		}
	}
	return math.NaN()
}

func (w window) last() float64 {
	if len(w) == 0 {
		return math.NaN()
	}
	end := w[len(w)-1].Time
	return w.of("*", func(e event.Event) bool { return e.Time == end }).quantile(1)
}

func (w window) distinct(key string) float64 {
	texts := map[string]bool{}
	for _, e := range w {
		if text := tagOf(e, key); text != "" {
			texts[text] = true
		}
	}
	return float64(len(texts))
}

func tagOf(e event.Event, key string) string {
	text, _ := e.Tag(key)
	return text
}

func divide(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// cases are expressions, each with what it means.
func cases() map[string]func(w window) float64 {
	north := func(e event.Event) bool { return tagOf(e, "office") == "north" }
	small := func(e event.Event) bool { return e.Value <= 1 && tagOf(e, "queue") != "p" }
	return map[string]func(w window) float64{
		`count("a")`:              func(w window) float64 { return w.of("a", nil).count() },
		`count("a.*")`:            func(w window) float64 { return w.of("a.*", nil).count() },
		`count("a") / count("b")`: func(w window) float64 { return divide(w.of("a", nil).count(), w.of("b", nil).count()) },
		`count("a", value <= 1 and queue != "p") / count("a")`: func(w window) float64 {
			return divide(w.of("a", small).count(), w.of("a", nil).count())
		},
		`sum("*")`: func(w window) float64 { return w.sum() },
		`avg("a") - sum("b", value <= 1 and queue != "p")`: func(w window) float64 {
			a := w.of("a", nil)
			return a.sum()/a.count() - w.of("b", small).sum()
		},
		`min("a") + max("a")`:                   func(w window) float64 { a := w.of("a", nil); return a.quantile(0) + a.quantile(1) },
		`last("a")`:                             func(w window) float64 { return w.of("a", nil).last() },
		`quantile(0.5, "*", office == "north")`: func(w window) float64 { return w.of("*", north).quantile(.5) },
		`distinct(agent, "*")`:                  func(w window) float64 { return w.distinct("agent") },
		`distinct(agent, "a", value <= 1 and queue != "p") / distinct(queue, "a") * hours`: func(w window) float64 {
			return divide(w.of("a", small).distinct("agent"), w.of("a", nil).distinct("queue")) * (100. / hour)
		},
		`default(sum("a"), 0) > 1 ? count("b") : -1`: func(w window) float64 {
			if s := w.of("a", nil).sum(); s > 1 {
				return w.of("b", nil).count()
			}
			return -1
		},
		`kpi("other") + count("a")`:   func(w window) float64 { return w.of("b", nil).sum() + w.of("a", nil).count() },
		`kpi("other") / kpi("other")`: func(w window) float64 { s := w.of("b", nil).sum(); return divide(s, s) },
	}
}

func drawEvents(t *rapid.T) (all []event.Event) {
	values := rapid.SampledFrom([]float64{-1, 0, .1, .2, 1, 3, 1e16, 1e300})
	for range rapid.IntRange(0, 80).Draw(t, "events") {
		e := event.Event{
			Metric: rapid.SampledFrom([]string{"a", "b", "a.x", "c"}).Draw(t, "name"),
			Value:  values.Draw(t, "value"), Time: rapid.Int64Range(0, 200).Draw(t, "time"),
		}
		for _, key := range []string{"office", "queue", "agent"} {
			if text := rapid.SampledFrom([]string{"absent", "", "north", "p", "q"}).Draw(t, key); text != "absent" {
				e.Tags = append(e.Tags, event.Tag{Key: key, Value: text})
			}
		}
		all = append(all, e)
	}
	return all
}

// pair is the KPI under test and the other one that it may refer to.
type pair struct {
	keys       *kpi.Keys
	eval       *Evaluator
	other      *Evaluator
	definition *kpi.Common
}

func newPair(t testing.TB, expr string) *pair {
	p := &pair{keys: kpi.NewKeys(), definition: &kpi.Common{Name: "one", By: []string{"office", "queue"}}}
	env := &kpi.Env{KPIs: map[string]*kpi.Definition{"other": {Common: *p.definition, Spec: &Spec{Expr: "1"}}}}
	p.other = define(t, &kpi.Common{Name: "other", By: p.definition.By}, env, `sum("b")`)
	env.Value = func(_ string, from, at int64, by []string) []kpi.Series {
		var places []int
		for _, key := range by {
			places = append(places, slices.Index(p.definition.By, key))
		}
		return p.other.Value(kpi.Query{From: from, At: at, By: places, Brief: true})
	}
	p.eval = define(t, p.definition, env, expr)
	return p
}

func (p *pair) apply(events []event.Event) {
	b := kpi.NewBatch(event.Of(events...), p.keys)
	p.eval.Apply(b)
	p.other.Apply(b)
}

// again is a new pair that goes on from a checkpoint.
func (p *pair) again(t *rapid.T, tb testing.TB, expr string) *pair {
	next := newPair(tb, expr)
	for _, v := range []struct {
		old, fresh interface {
			AppendBinary(dst []byte) []byte
			Restore(r *bin.Reader)
		}
	}{{p.keys, next.keys}, {p.eval, next.eval}, {p.other, next.other}} {
		r := bin.NewReader(v.old.AppendBinary(nil))
		v.fresh.Restore(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
	}
	return next
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// Whatever the order of events, batches and restarts: every answer is that of
// the slow reference.
func TestAnswersAreThoseOfTheReference(t *testing.T) {
	for expr, meaning := range cases() {
		t.Run(expr, func(tb *testing.T) {
			rapid.Check(tb, func(t *rapid.T) {
				events := drawEvents(t)
				arrival := slices.Clone(events)
				if rapid.Bool().Draw(t, "shuffled") {
					arrival = rapid.Permutation(events).Draw(t, "arrival")
				}
				p := newPair(tb, expr)
				for len(arrival) > 0 {
					n := rapid.IntRange(1, len(arrival)).Draw(t, "batch")
					p.apply(arrival[:n])
					arrival = arrival[n:]
					if rapid.IntRange(0, 3).Draw(t, "restart") == 0 {
						p = p.again(t, tb, expr)
					}
					if rapid.Bool().Draw(t, "asked in between") {
						p.eval.Value(kpi.Query{From: 0, At: 100, By: []int{0}})
					}
				}
				slices.SortStableFunc(events, func(a, b event.Event) int { return int(a.Time - b.Time) })
				for range 3 {
					from := rapid.Int64Range(-10, 110).Draw(t, "from")
					by := rapid.SampledFrom([][]int{nil, {0}, {1}, {0, 1}, {1, 0}}).Draw(t, "by")
					compare(t, p, kpi.Query{From: from, At: from + 100, By: by}, events, meaning)
				}
				if p.eval.index.Missing() != 0 {
					t.Fatal("facts are missing")
				}
			})
		})
	}
}

func compare(t *rapid.T, p *pair, q kpi.Query, events []event.Event, meaning func(w window) float64) {
	groups := map[string]window{"": nil}
	for _, e := range events {
		inside := e.Time >= q.From && e.Time < q.At
		key := ""
		for _, i := range q.By {
			key += p.definition.By[i] + "=" + tagOf(e, p.definition.By[i]) + ";"
		}
		if inside {
			groups[""] = append(groups[""], e)
		}
		if key != "" && inside {
			groups[key] = append(groups[key], e)
		}
	}
	got := map[string]float64{}
	var order []string
	for i, s := range p.eval.Value(q) {
		key := ""
		for _, tag := range s.Tags {
			key += tag.Key + "=" + tag.Value + ";"
		}
		if (i == 0) != (key == "") {
			t.Fatalf("series %d is %q", i, key)
		}
		if _, twice := got[key]; twice {
			t.Fatalf("%q is there twice", key)
		}
		got[key] = s.Value
		if i > 0 {
			order = append(order, groupKey(s.Tags))
		}
		if want := meaning(groups[key]); !same(s.Value, want) && !(math.IsInf(want, 0) && math.IsNaN(s.Value)) {
			t.Fatalf("%q in [%d, %d): %v, want %v", key, q.From, q.At, s.Value, want)
		}
	}
	if !slices.IsSorted(order) {
		t.Fatalf("groups in disorder: %q", order)
	}
	// A group that is not there has nothing to tell.
	for key, w := range groups {
		if _, ok := got[key]; !ok && !same(meaning(w), meaning(nil)) {
			t.Fatalf("%q is not there, want %v; there are %v", key, meaning(w), slices.Collect(maps.Keys(got)))
		}
	}
}

// What is forgotten changes no answer about later windows.
func TestForgets(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		events := drawEvents(r)
		at := rapid.Int64Range(0, 100).Draw(r, "horizon")
		const expr = `sum("a") + count("b") * distinct(agent, "*")`
		kept, forgot := newPair(t, expr), newPair(t, expr)
		half := len(events) / 2
		for i, p := range []*pair{kept, forgot} {
			p.apply(events[:half])
			if i == 1 {
				p.eval.Forget(at)
			}
			p.apply(events[half:])
		}
		q := kpi.Query{From: at, At: at + 100, By: []int{0}}
		a := kept.eval.Value(q)
		for _, s := range forgot.eval.Value(q) {
			i := slices.IndexFunc(a, func(o kpi.Series) bool { return slices.Equal(o.Tags, s.Tags) })
			if i < 0 || !same(a[i].Value, s.Value) || a[i].N != s.N {
				r.Fatalf("%v, want %v", s, a)
			}
		}
	})
}

// Damaged checkpoints are refused or give answers, and never end the program.
func FuzzRestore(f *testing.F) {
	const expr = `sum("a") + count("b") * distinct(agent, "*", office != "x")`
	p := newPair(f, expr)
	r := rand.New(rand.NewPCG(1, 2))
	var events []event.Event
	for i := range 50 {
		events = append(events, event.Event{Metric: []string{"a", "b"}[i%2], Time: r.Int64N(1000), Value: r.Float64(), Tags: tags("office", fmt.Sprint(i%3), "agent", fmt.Sprint(i%7))})
	}
	p.apply(events)
	f.Add(p.eval.AppendBinary(nil))
	f.Add(newPair(f, expr).eval.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := newPair(t, expr)
		r := bin.NewReader(data)
		p.eval.Restore(r)
		if r.End() != nil {
			return
		}
		p.apply(events)
		p.eval.Value(kpi.Query{From: 0, At: 1000, By: []int{0, 1}})
		p.eval.Forget(500)
		p.eval.AppendBinary(nil)
	})
}

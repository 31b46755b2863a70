package fold

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/kpi/bin"
	"github.com/hms-ops/hms-monitor/internal/kpi/facts"
)

// A machine for tests: work on a thing begins and ends, by people; work that is
// not ended in time is late.
const (
	begin uint8 = iota
	end
	note
	kinds
)

const (
	began facts.Kind = iota
	took
	late
	notes
)

type work struct {
	since int64
	label uint32
	who   uint32
	n     int32
	open  bool
}

type machine struct {
	labels *facts.Labels
	people *facts.Dict
}

func (m *machine) Labels() *facts.Labels { return m.labels }
func (m *machine) People() *facts.Dict   { return m.people }
func (m *machine) Rank(kind uint8) int   { return [kinds]int{begin: 1, end: 0, note: 0}[kind] }
func (m *machine) Resting(w *work) bool  { return !w.open }

func (m *machine) Step(w *work, e Event, found []facts.Fact) []facts.Fact {
	switch e.Kind {
	case begin:
		if !w.open {
			*w = work{since: e.T, label: m.labels.Fill(e.Label, w.label), who: e.Who, n: w.n + 1, open: true}
			found = append(found, facts.Fact{Kind: began, Group: w.label, T: e.T})
		}
	case end:
		if w.open {
			w.open = false
			found = append(found, facts.Fact{Kind: took, Group: w.label, T: e.T, X: float64(e.T - w.since + e.A)})
			if e.T > w.since+50 {
				found = append(found, facts.Fact{Kind: late, Group: w.label, T: w.since + 50})
			}
		}
	case note:
		if e.Who != w.who {
			found = append(found, facts.Fact{Kind: notes, Group: e.Label, T: e.T, X: float64(w.n) + float64(e.B)/4})
		}
		w.who = e.Who
	}
	return found
}

func (m *machine) Pending(w *work, found []facts.Fact) []facts.Fact {
	if w.open {
		found = append(found, facts.Fact{Kind: late, Group: w.label, T: w.since + 50})
	}
	return found
}

// bench is a machine at work, with its dictionaries and its index.
type bench struct {
	*machine
	index *facts.Index
	keyed *Keyed[work]
}

func newBench() *bench {
	m := &machine{facts.NewLabels([]string{"office"}), &facts.Dict{}}
	x := facts.NewIndex([]bool{began: false, took: true, late: false, notes: true}, true)
	return &bench{m, x, NewKeyed(m, x)}
}

func (b *bench) append(dst []byte) []byte {
	dst = b.labels.AppendBinary(dst)
	dst = b.people.AppendBinary(dst)
	dst = b.keyed.AppendBinary(dst)
	return b.index.AppendBinary(dst)
}

func (b *bench) restore(data []byte) error {
	r := bin.NewReader(data)
	b.labels.Restore(r)
	b.people.Restore(r)
	b.keyed.Restore(r)
	b.index.Restore(r)
	return r.End()
}

// happening is an event of a thing, its tags as text.
type happening struct {
	key          uint32
	t, a, b      int64
	office, name string
	kind         uint8
}

func (b *bench) add(h happening) { b.keyed.Add(h.key, b.event(h)) }

func (b *bench) event(h happening) Event {
	return Event{T: h.t, A: h.a, B: h.b, Kind: h.kind, Label: b.labels.Of([]string{h.office}, []bool{h.office != ""}), Who: b.who(h.name)}
}

func (b *bench) who(name string) uint32 {
	if name == "" {
		return 0
	}
	return b.people.Code(name)
}

// expect runs everything anew, in order, and writes down all facts there are.
func expect(all []happening) []string {
	b := newBench()
	byKey := map[uint32][]Event{}
	for _, h := range all {
		byKey[h.key] = append(byKey[h.key], Event{T: h.t, A: h.a, B: h.b, Kind: h.kind, Label: b.labels.Of([]string{h.office}, []bool{h.office != ""}), Who: b.who(h.name)})
	}
	var found []facts.Fact
	for _, events := range byKey {
		slices.SortFunc(events, b.keyed.compare)
		var w work
		for _, e := range events {
			found = b.Step(&w, e, found)
		}
		found = b.Pending(&w, found)
	}
	var lines []string
	for _, f := range found {
		office, _ := b.labels.Text(f.Group, 0)
		lines = append(lines, fmt.Sprintf("%d %s %d %g", f.Kind, office, f.T, f.X))
	}
	slices.Sort(lines)
	return lines
}

// holds writes down all facts that the index holds.
func (b *bench) holds() (lines []string) {
	for code := range uint32(b.labels.Len()) {
		office, _ := b.labels.Text(code, 0)
		c := b.index.Groups([]uint32{code})
		for _, k := range []facts.Kind{began, took, late, notes} {
			for t, x := range c.Range(k, math.MinInt64, math.MaxInt64) {
				lines = append(lines, fmt.Sprintf("%d %s %d %g", k, office, t, x))
			}
		}
	}
	slices.Sort(lines)
	return lines
}

func genHappening(keys uint32, span int64) *rapid.Generator[happening] {
	return rapid.Custom(func(t *rapid.T) happening {
		return happening{
			key: rapid.Uint32Range(0, keys-1).Draw(t, "key"), t: 1_000_000 + rapid.Int64Range(0, span).Draw(t, "t"),
			a: rapid.Int64Range(-2, 2).Draw(t, "a"), b: rapid.Int64Range(0, 3).Draw(t, "b"),
			office: rapid.SampledFrom([]string{"", "n", "s", "w"}).Draw(t, "office"), name: rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "name"),
			kind: rapid.Uint8Range(0, kinds-1).Draw(t, "kind"),
		}
	})
}

// equal holds that a bench knows exactly what a fresh run over the events does.
func equal(t *rapid.T, b *bench, all []happening) {
	t.Helper()
	if b.index.Missing() != 0 {
		t.Fatalf("%d facts were not there to be taken out", b.index.Missing())
	}
	if got, want := b.holds(), expect(all); !slices.Equal(got, want) {
		t.Fatalf("facts\n%v\nwant\n%v", got, want)
	}
}

func TestFactsDependOnTheEventsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SampledFrom([]uint32{1, 3}).Draw(t, "keys")
		all := rapid.SliceOfN(genHappening(keys, rapid.SampledFrom([]int64{5, 300, 1e9}).Draw(t, "span")), 1, 80).Draw(t, "events")
		restart := rapid.IntRange(0, len(all)).Draw(t, "restart")
		b := newBench()
		for i, h := range all {
			if i == restart {
				again := newBench()
				if err := again.restore(b.append(nil)); err != nil {
					t.Fatal(err)
				}
				b = again
			}
			b.add(h)
			if last := *b.keyed.Last(); last != b.run(h.key) {
				t.Fatalf("the last state is %+v, want %+v", last, b.run(h.key))
			}
			if i%10 == 0 {
				equal(t, b, all[:i+1])
			}
		}
		equal(t, b, all)
		shuffled := newBench()
		for _, h := range rapid.Permutation(all).Draw(t, "order") {
			shuffled.add(h)
		}
		equal(t, shuffled, all)
		b.statesAgree(t, all)
		many := newBench()
		for left := rapid.Permutation(all).Draw(t, "order of many"); len(left) > 0; {
			n := rapid.IntRange(1, len(left)).Draw(t, "at once")
			many.addAll(t, left[:n])
			left = left[n:]
		}
		equal(t, many, all)
		many.statesAgree(t, all)
	})
}

// addAll takes many in, and holds that it is told how each thing then stands.
func (b *bench) addAll(t *rapid.T, some []happening) {
	var all []Arrival
	keys := map[uint32]bool{}
	for _, h := range some {
		all = append(all, Arrival{h.key, b.event(h)})
		keys[h.key] = true
	}
	b.keyed.runs.of(all)
	b.keyed.addRuns(all, func(key uint32, w *work) {
		if !keys[key] || *w != b.run(key) {
			t.Fatalf("told that %d is %+v, want %+v", key, *w, b.run(key))
		}
		delete(keys, key)
	})
	if len(keys) > 0 {
		t.Fatalf("not told of %v", keys)
	}
}

// run is the state that a thing's events lead to.
func (b *bench) run(key uint32) (w work) {
	for _, e := range b.keyed.Events(key) {
		b.Step(&w, e, nil)
	}
	return w
}

// statesAgree holds that states and events read back as those of a fresh run.
func (b *bench) statesAgree(t *rapid.T, all []happening) {
	active := map[uint32]work{}
	for key, w := range b.keyed.Active {
		active[key] = *w
	}
	for key := range uint32(4) {
		var events []Event
		for _, h := range all {
			if h.key == key {
				events = append(events, Event{T: h.t, A: h.a, B: h.b, Kind: h.kind, Label: b.labels.Of([]string{h.office}, []bool{h.office != ""}), Who: b.who(h.name)})
			}
		}
		slices.SortFunc(events, b.keyed.compare)
		if got := b.keyed.Events(key); !slices.Equal(got, events) {
			t.Fatalf("events of %d: %v, want %v", key, got, events)
		}
		var w work
		for _, e := range events {
			b.Step(&w, e, nil)
		}
		got, ok := active[key]
		if ok != w.open || ok && got != w {
			t.Fatalf("state of %d: %+v, want %+v", key, got, w)
		}
		if s := b.keyed.State(key); (s != nil) != ok || ok && *s != w {
			t.Fatalf("state of %d: %+v, want %+v", key, s, w)
		}
	}
}

// A thing of thousands of events has marks to begin from.
func TestManyEventsOfOneThing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := genHappening(2, 40)
		var all []happening
		n, spread := rapid.IntRange(1, 900).Draw(t, "n"), rapid.SampledFrom([]int64{0, 3, 200, 5000}).Draw(t, "spread")
		proto := rapid.SliceOfN(gen, 10, 10).Draw(t, "proto")
		jitter := rapid.SliceOfN(rapid.Int64Range(0, 1000), 37, 37).Draw(t, "jitter")
		for i := range n {
			h := proto[i%10]
			h.t += int64(i) + jitter[i%37]*spread/1000
			all = append(all, h)
		}
		restart := rapid.IntRange(0, 2*n).Draw(t, "restart")
		b := newBench()
		for i, h := range all {
			if i == restart {
				again := newBench()
				if err := again.restore(b.append(nil)); err != nil {
					t.Fatal(err)
				}
				b = again
			}
			b.add(h)
		}
		equal(t, b, all)
		for range rapid.IntRange(0, 20).Draw(t, "late") {
			h := gen.Draw(t, "h")
			h.t += rapid.Int64Range(0, int64(n)).Draw(t, "back")
			all = append(all, h)
			b.add(h)
		}
		equal(t, b, all)
		b.statesAgree(t, all)
	})
}

// After a Forget ranks from there on are right, whatever is corrected, as long
// as no event of a thing that was dropped comes.
func TestForgetDropsWhatIsOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(genHappening(6, 300), 1, 200).Draw(t, "events")
		b := newBench()
		for _, h := range all {
			b.add(h)
		}
		at := 1_000_000 + rapid.Int64Range(0, 400).Draw(t, "at")
		b.index.Forget(at)
		b.keyed.Forget(at)
		for range rapid.IntRange(0, 20).Draw(t, "more") {
			h := genHappening(6, 400).Draw(t, "event")
			if b.keyed.Events(h.key) != nil {
				all = append(all, h)
				b.add(h)
			}
		}
		fresh := newBench()
		for _, h := range all {
			fresh.add(h)
		}
		for ; at < 1_000_500; at += 7 {
			for _, k := range []facts.Kind{began, took, late, notes} {
				if got, want := b.index.Total().Rank(k, at), fresh.index.Total().Rank(k, at); got != want {
					t.Fatalf("kind %d before %d: %d, want %d", k, at, got, want)
				}
			}
		}
		if b.index.Missing() != 0 {
			t.Fatal("facts are missing")
		}
		for key := range uint32(6) {
			if s := b.keyed.State(key); (s == nil) != (fresh.keyed.State(key) == nil) {
				t.Fatalf("thing %d is dropped while it goes on", key)
			}
		}
	})
}

func FuzzRestore(f *testing.F) {
	b := newBench()
	for i := range 300 {
		b.add(happening{key: uint32(i*i) % 5, t: int64(i) * 7, a: int64(i % 3), office: []string{"", "n"}[i%2], name: "x", kind: uint8(i % 3)})
	}
	f.Add(b.append(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench()
		if b.restore(data) != nil {
			return
		}
		for key, w := range b.keyed.Active {
			_, _ = key, w
		}
		for key := range uint32(6) {
			for _, e := range b.keyed.Events(key) {
				if e.Kind >= kinds {
					return // another machine's
				}
			}
			b.add(happening{key: key, t: 5, kind: end, office: "q"})
			b.add(happening{key: key, t: 5000, kind: begin})
		}
	})
}

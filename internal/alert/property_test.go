package alert

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hms-ops/hms-monitor/internal/event"
)

// plain judges in the most obvious way: every series in a map, everything
// looked through each time, and no time but that of the blocks.
type plain struct {
	rules  []Rule
	series map[string]*plainSeries
	last   Position
	out    []Transition
}

type plainSeries struct {
	rule        *Rule
	key         string
	tags        []event.Tag
	state       State
	value       float64
	time, since int64
	// held says since when, by event time and by arrival, a condition holds.
	held map[State][2]int64
	// better is the recovery that has not lasted yet, and since when.
	better      State
	betterSince [2]int64
	heard       int64
	silent      bool
}

var worse = map[State][]State{OK: {Critical, Warning}, Warning: {Critical}, Critical: {}}

// meets says whether v is in the state or worse, given the state it is in.
func (s *plainSeries) meets(want State, v float64) bool {
	for _, level := range []State{Critical, Warning} {
		bound := map[State]*Bound{Critical: s.rule.Critical, Warning: s.rule.Warning}[level]
		if bound != nil {
			limit, h := bound.Limit, 0.0
			if s.state == level || s.state == Critical {
				h = s.rule.Hysteresis
			}
			in := map[Op]bool{Below: v < limit+h, AtMost: v <= limit+h, Above: v > limit-h, AtLeast: v >= limit-h}[bound.Op]
			if in {
				return true
			}
		}
		if level == want {
			return false
		}
	}
	return true
}

func (s *plainSeries) level(v float64) State {
	for _, level := range []State{Critical, Warning} {
		if s.meets(level, v) {
			return level
		}
	}
	return OK
}

func (p *plain) change(s *plainSeries, to State, since, at int64) {
	p.last.N++
	p.out = append(p.out, Transition{
		Position: p.last, Rule: s.rule.Name, Metric: s.rule.Metric, Tags: s.tags, State: to, Previous: s.state,
		Value: s.value, Timestamp: s.time, At: at, Since: since,
	})
	s.state, s.since, s.better = to, since, ""
	for level := range s.held {
		if !slices.Contains(worse[to], level) {
			delete(s.held, level)
		}
	}
}

func (p *plain) elapse(now int64) {
	for {
		type due struct {
			at    int64
			s     *plainSeries
			level State
			kind  int
		}
		var all []due
		for _, s := range p.series {
			for _, level := range worse[s.state] { // critical first
				if held, ok := s.held[level]; ok && held[1]+s.rule.For <= now {
					all = append(all, due{held[1] + s.rule.For, s, level, 0})
				}
			}
			if at := s.betterSince[1] + s.rule.KeepFiringFor; s.better != "" && at <= now {
				all = append(all, due{at, s, s.better, 1})
			}
			if at := s.heard + s.rule.NoData; s.rule.NoData > 0 && !s.silent && at <= now {
				all = append(all, due{at, s, "", 2})
			}
		}
		if len(all) == 0 {
			return
		}
		first := slices.MinFunc(all, func(a, b due) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.s.rule.Name, b.s.rule.Name), cmp.Compare(a.s.key, b.s.key), cmp.Compare(a.kind, b.kind), cmp.Compare(a.level, b.level))
		})
		switch s := first.s; first.kind {
		case 0:
			p.change(s, first.level, s.held[first.level][0], first.at)
		case 1:
			p.change(s, first.level, s.betterSince[0], first.at)
		default:
			s.silent, s.better = true, ""
			clear(s.held)
			if to := s.rule.NoDataState.state(); slices.Contains(worse[s.state], to) {
				p.change(s, to, first.at, first.at)
			}
		}
	}
}

func (p *plain) apply(seq uint64, events []event.Event, received int64) {
	p.elapse(received)
	for i := range events {
		e := &events[i]
		p.last = Position{Seq: seq + uint64(i)}
		for r := range p.rules {
			rule := &p.rules[r]
			if rule.Metric != e.Metric || rule.MaxAge > 0 && e.Time < received-rule.MaxAge {
				continue
			}
			if s := p.find(rule, e); s != nil {
				p.judge(s, e, received)
			}
		}
	}
}

func (p *plain) find(rule *Rule, e *event.Event) *plainSeries {
	var tags []event.Tag
	var key []byte
	for _, by := range rule.By {
		if v, ok := e.Tag(by); ok {
			tags = append(tags, event.Tag{Key: by, Value: v})
			key = append(append(key, byte(len(v)+1)), v...)
		} else {
			key = append(key, 0)
		}
	}
	id := rule.Name + "|" + string(key)
	active := 0
	for _, s := range p.series {
		if s.rule == rule && (s.state != OK || len(s.held) > 0 || rule.NoData > 0) {
			active++
		}
	}
	s, ok := p.series[id]
	if !ok || s.state == OK && len(s.held) == 0 && rule.NoData == 0 {
		if active >= rule.MaxSeries {
			return nil
		}
	}
	if !ok {
		s = &plainSeries{rule: rule, key: string(key), tags: tags, state: OK, held: map[State][2]int64{}}
		p.series[id] = s
	}
	return s
}

func (p *plain) judge(s *plainSeries, e *event.Event, received int64) {
	s.value, s.time = e.Value, e.Time
	s.heard = received
	if s.silent {
		s.silent = false
		state := s.state
		s.state = OK
		fresh := s.level(e.Value)
		if s.state = state; slices.Contains(worse[fresh], state) {
			p.change(s, fresh, e.Time, received)
			return
		}
	}
	level := s.level(e.Value)
	if slices.Contains(worse[level], s.state) {
		clear(s.held)
		if s.better == "" {
			s.betterSince = [2]int64{e.Time, received}
		}
		s.better = level
		if e.Time-s.betterSince[0] >= s.rule.KeepFiringFor {
			p.change(s, level, s.betterSince[0], received)
		}
		return
	}
	s.better = ""
	for _, w := range worse[s.state] {
		bound := map[State]*Bound{Critical: s.rule.Critical, Warning: s.rule.Warning}[w]
		if bound == nil || !s.meets(w, e.Value) {
			delete(s.held, w)
		} else if _, ok := s.held[w]; !ok {
			s.held[w] = [2]int64{e.Time, received}
		}
	}
	for _, w := range worse[s.state] {
		if held, ok := s.held[w]; ok && e.Time-held[0] >= s.rule.For {
			p.change(s, w, held[0], received)
			return
		}
	}
}

func genRule(name string) *rapid.Generator[Rule] {
	return rapid.Custom(func(t *rapid.T) Rule {
		ops := rapid.SampledFrom([][]Op{{Below, AtMost}, {Above, AtLeast}}).Draw(t, "ops")
		op := rapid.SampledFrom(ops)
		near, far := 5.0, 2.0
		if ops[0] == Above {
			near, far = 2, 5
		}
		r := Rule{
			Name: name, Metric: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "metric"),
			Warning: &Bound{op.Draw(t, "op"), near}, Critical: &Bound{op.Draw(t, "op"), far},
			By:            rapid.SampledFrom([][]string{nil, {"x"}, {"x", "y"}}).Draw(t, "by"),
			For:           rapid.SampledFrom([]int64{0, 0, 3, 10}).Draw(t, "for"),
			Hysteresis:    rapid.SampledFrom([]float64{0, 1, 4}).Draw(t, "hysteresis"),
			KeepFiringFor: rapid.SampledFrom([]int64{0, 0, 4, 9}).Draw(t, "keep firing"),
			NoData:        rapid.SampledFrom([]int64{0, 0, 5, 15}).Draw(t, "no data"),
			NoDataState:   rapid.SampledFrom([]severity{warn, crit}).Draw(t, "no data state"),
			MaxAge:        rapid.SampledFrom([]int64{0, 0, 5}).Draw(t, "max age"),
			MaxSeries:     rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "max series"),
		}
		switch rapid.IntRange(0, 5).Draw(t, "one only") {
		case 0:
			r.Warning = nil
		case 1:
			r.Critical = nil
		}
		return r
	})
}

func genEvents(t *rapid.T, now int64) []event.Event {
	text := rapid.SampledFrom([]string{"", "1", "2"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
		e := event.Event{
			Metric: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "metric"),
			Value:  float64(rapid.IntRange(0, 8).Draw(t, "value")),
			Time:   now + rapid.Int64Range(-8, 2).Draw(t, "time"),
		}
		for _, key := range []string{"x", "y"} {
			if rapid.Bool().Draw(t, "has "+key) {
				e.Tags = append(e.Tags, event.Tag{Key: key, Value: text.Draw(t, key)})
			}
		}
		return e
	}), 0, 5).Draw(t, "events")
}

func TestEngineIsThePlainOneWhateverRestartsAndTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := []Rule{genRule("r1").Draw(t, "r1"), genRule("r2").Draw(t, "r2")}
		want := &plain{rules: rules, series: map[string]*plainSeries{}}
		e := New(rules, quiet())
		var got []Transition
		now, seq := int64(100), uint64(1)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now += rapid.Int64Range(0, 6).Draw(t, "passes")
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				got = append(got, e.Tick(now)...)
			case 1:
				state, err := e.Snapshot()
				if err != nil {
					t.Fatal(err)
				}
				e = New(rules, quiet())
				if err := e.Restore(state); err != nil {
					t.Fatal(err)
				}
			default:
				events := genEvents(t, now)
				got = append(got, e.Apply(seq, event.Of(events...), now)...)
				want.apply(seq, events, now)
				seq += uint64(len(events))
			}
		}
		got = append(got, e.Tick(now+20)...)
		want.elapse(now + 20)
		if _, waits := e.NextDeadline(); waits {
			t.Error("something waits after every deadline")
		}
		for i := range got {
			got[i].Condition = ""
		}
		if a, b := asText(got), asText(want.out); a != b {
			rulesText, _ := json.Marshal(rules)
			t.Fatalf("rules %s\ngot\n%swant\n%s", rulesText, a, b)
		}
	})
}

func asText(all []Transition) (text string) {
	for _, t := range all {
		text += fmt.Sprintln(t.Position, t.Rule, t.Metric, t.Tags, t.Previous, t.State, t.Value, t.Timestamp, t.At, t.Since)
	}
	return text
}
